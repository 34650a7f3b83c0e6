"""A text from a word processor: paragraphs, lists and dashes stay, and nothing is lost that can be shown."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.applicant import Applicant
from tests.browser import begin, open_area, saved
from tests.test_journey_http import pdf_text
from tests.words import compact

# What Word lays on the clipboard as plain text: a line broken within a paragraph, lists with bullets of its fonts,
# its own hyphen, dashes and quotes.
COPIED = (
    "Kehitämme ohjausta – yhdessä.\r\n\r\nVaihe 1:\x0bjatkuu samassa kappaleessa\r\n"
    "\uf0b7\tohjaus ja ”tuki”\r\no\talakohta: VR\x1ehanke\r\n\uf0a7\ttaidot…\r\n"
    "1.\taikataulu 1.1.2021\x9631.12.2022\r\n\uf0fc\tvalmis \uf0e0 käyttöön"
)
READ = (
    "Kehitämme ohjausta – yhdessä.\n\nVaihe 1:\njatkuu samassa kappaleessa\n"
    "•\tohjaus ja ”tuki”\no\talakohta: VR\u2011hanke\n•\ttaidot…\n"
    "1.\taikataulu 1.1.2021–31.12.2022\n✓\tvalmis → käyttöön"
)
HTML = "<p class=MsoNormal>Kehitämme ohjausta <b>yhdessä</b>.</p>"


def test_a_text_from_word_stays_the_same_round_after_round(small: Callable[..., Applicant], tmp_path: Path) -> None:
    applicant = small("text")
    for typed in (COPIED, READ, READ):
        applicant.press("Tallenna", {"q1": typed})
        assert applicant.value("q1") == READ
    page = applicant.go("yhteenveto").page
    assert page is not None
    assert [node.text for node in page.iter("div") if node.get("class") == "answer-text"] == [READ]
    own = applicant.client.get(f"/hakemus/{applicant.reference}/hakemus.txt").data.decode("utf-8-sig")
    assert READ.replace("\n", "\r\n") in own
    document = applicant.client.get(f"/hakemus/{applicant.reference}/yhteenveto.pdf").data
    assert compact(READ) in compact(pdf_text(document, tmp_path))


def test_pasting_takes_the_text_and_says_how_much_is_over(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    reference = begin(page)
    page.goto(f"/hakemus/{reference}/kehittamiskokonaisuudet")
    open_area(page, "opetus")
    field = page.locator("[name=q4]")
    field.click()
    over = COPIED + "\r\n" + "x" * (2499 - len(READ) + 12)
    page.evaluate(
        "([plain, html]) => navigator.clipboard.write([new ClipboardItem({"
        "'text/plain': new Blob([plain], {type: 'text/plain'}), 'text/html': new Blob([html], {type: 'text/html'})})])",
        [over, HTML],
    )
    with saved(page):
        page.keyboard.press("Control+V")
    expect(page.locator("#q4-laskuri")).to_contain_text("12 merkkiä liikaa")
    page.reload()
    expect(field).to_have_value(READ + "\n" + over.rpartition("\n")[2])
