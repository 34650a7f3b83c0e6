"""What several of these tests need: axe, whole applications in a blink, other ways to see a page."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page

from tests.browser import begin, press

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
AXE = Axe()
OPTIONS = {
    "runOnly": {"type": "tag", "values": list(TAGS)},
    # Off unless it is asked for by name.
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
DEVELOPMENT = "kehittamiskokonaisuudet"
AREAS = ("opetus", "ymparistot", "tieto", "yhdistymiset", "kilpailut")


def violations(page: Page, name: str, within: str | None = None) -> list[str]:
    """What axe finds wrong with the page, or a part of it, as it stands: a line for each rule, with the places."""
    found = AXE.run(page, within, OPTIONS).response["violations"]
    return [
        f"{name} ({page.url}): {rule['id']}: {rule['help']}: "
        + "; ".join(str(node["target"]) + " " + node["html"][:160] for node in rule["nodes"][:5])
        for rule in found
    ]


def put(page: Page, fields: dict[str, Any]) -> None:
    """Put answers into the page's fields, all at once and without the saves that typing would cause."""
    page.evaluate(
        """fields => {
            for (const [name, value] of Object.entries(fields)) {
                const found = document.getElementsByName(name);
                if (name === "q3") { found.forEach(box => { box.checked = value.includes(box.value); }); continue; }
                if (found.length === 1) { found[0].value = value; }
            }
        }""",
        fields,
    )


def open_areas(page: Page, reference: str, areas: list[str] | tuple[str, ...]) -> None:
    """The page of the development areas with these open, and no others."""
    page.goto(f"/hakemus/{reference}/{DEVELOPMENT}")
    put(page, {"q3": list(areas)})
    press(page, "Näytä valitut kysymykset")
    page.locator(f"#alue-{areas[-1]} h2").wait_for()
    # The heading is there before the script is.
    page.wait_for_load_state("domcontentloaded")


def fill(page: Page, fields: dict[str, Any]) -> str:
    """A whole application of the 2021 call, up to the summary; says its reference."""
    reference = begin(page)
    put(page, fields)
    press(page, "Seuraava: Kehittämiskokonaisuudet")
    page.wait_for_url(f"**/{DEVELOPMENT}")
    open_areas(page, reference, fields["q3"])
    put(page, fields)
    press(page, "Seuraava: Yhteenveto ja lähetys")
    page.wait_for_url("**/yhteenveto")
    return reference
