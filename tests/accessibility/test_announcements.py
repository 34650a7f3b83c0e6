"""What screen readers are told without being asked: each piece of news once, and nothing else (cases 111 and 113)."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.accessibility.looks import AREAS, DEVELOPMENT, open_areas
from tests.browser import begin, new_page, saved
from tests.service import Service

# What a live region says is read when its words change. A change to no words at all is silent; a region that comes
# as a whole is read if it is an alert.
LISTEN = """() => {
    const LIVE = "[role=status], [role=alert], [aria-live]";
    window.heard = [];
    new MutationObserver(changes => {
        const regions = new Set();
        for (const change of changes) {
            const node = change.target.nodeType === Node.TEXT_NODE ? change.target.parentElement : change.target;
            const region = node && node.closest(LIVE);
            if (region) { regions.add(region); }
            for (const added of change.addedNodes) {
                if (added.nodeType !== Node.ELEMENT_NODE) { continue; }
                const inside = added.querySelectorAll(LIVE);
                [...(added.matches(LIVE) ? [added] : []), ...inside].forEach(found => regions.add(found));
            }
        }
        for (const region of regions) {
            const words = region.textContent.trim().replace(/\\s+/g, " ");
            if (words && document.contains(region)) { window.heard.push(words); }
        }
    }).observe(document, {subtree: true, childList: true, characterData: true});
}"""


def listen(page: Page) -> None:
    page.evaluate(LISTEN)


def heard(page: Page) -> list[str]:
    found: list[str] = page.evaluate("() => window.heard")
    return found


def type_and_pause(page: Page, text: str) -> None:
    """Type as people do, without a pause, and wait until that is saved and shown."""
    with saved(page):
        page.keyboard.type(text)
    expect(page.locator("#q4")).to_have_attribute("data-save", "saved")


@pytest.fixture
def form(visitor: Page) -> Page:
    """A page with one area open, listened to."""
    # The first look for others gives this browser its name; without it, it would be one of them itself.
    with visitor.expect_response("**/muut?*"):
        reference = begin(visitor)
    open_areas(visitor, reference, AREAS[:1])
    listen(visitor)
    return visitor


@pytest.fixture
def colleague(form: Page, browser: Browser, service: Service) -> Iterator[Page]:
    """Another browser that has opened the same application by its link; the form is open again, and listened to."""
    address = form.url
    form.goto(f"/hakemus/{address.split('/')[4]}/tallennettu")
    link = form.locator(".personal-link a").get_attribute("href")
    assert link
    other = new_page(browser, service)
    with other.expect_response("**/muut?*"):
        other.goto(link)
    form.goto(address)
    listen(form)
    yield other
    other.context.close()


def test_typing_is_silent_far_from_the_limit_and_counted_near_it(form: Page) -> None:
    text = form.locator("[name=q4]")
    text.focus()
    type_and_pause(form, "Viisikymmentä merkkiä, joista kukaan ei sano mitään.")
    type_and_pause(form, " Eikä näistäkään.")
    assert heard(form) == []
    # The last twentieth of 2 500 characters.
    text.fill("x" * 2400)
    expect(form.locator("#ilmoitus")).to_contain_text("100 merkkiä jäljellä")
    expect(form.locator("#q4")).to_have_attribute("data-save", "saved")
    text.press("Control+End")
    before = len(heard(form))
    type_and_pause(form, "y" * 30)
    assert heard(form)[before:] == ["4. 70 merkkiä jäljellä."]
    type_and_pause(form, "y" * 80)
    assert heard(form)[before + 1 :] == ["4. 10 merkkiä liikaa."]


def test_a_section_is_announced_once_as_it_comes_and_goes(form: Page) -> None:
    box = form.locator("#q3-tieto")
    box.press("Space")
    expect(form.locator("#alue-tieto h2")).to_be_visible()
    expect(form.locator("#q3")).to_have_attribute("data-save", "saved")
    opened = heard(form)
    assert len(opened) == 1
    assert "Avattu: Koulutuksen järjestäjien tieto-osaamisen parantaminen." in opened[0]
    box.press("Space")
    expect(form.locator("#alue-tieto h2")).to_have_count(0)
    expect(form.locator("#q3")).to_have_attribute("data-save", "saved")
    closed = heard(form)[1:]
    assert len(closed) == 1
    assert "Suljettu: Koulutuksen järjestäjien tieto-osaamisen parantaminen." in closed[0]


def test_a_section_that_comes_says_nothing_of_other_questions(form: Page) -> None:
    form.locator("[name=q4]").fill("x" * 2600)
    expect(form.locator("#ilmoitus")).to_contain_text("100 merkkiä liikaa")
    before = len(heard(form))
    form.locator("#q3-tieto").press("Space")
    expect(form.locator("#q3")).to_have_attribute("data-save", "saved")
    assert heard(form)[before:] == ["Avattu: Koulutuksen järjestäjien tieto-osaamisen parantaminen."]


def test_what_becomes_wrong_is_announced_once(form: Page) -> None:
    day = form.locator("[name='q9.alku']")
    for typed in ("31.2.2021", "31.2.2022"):
        with saved(form):
            day.fill(typed)
        expect(form.locator("#q9")).to_have_attribute("data-save", "saved")
    assert heard(form) == ["9. Aloituspäivämäärä: Tätä päivää ei ole kalenterissa. Tarkistakaa päivä ja kuukausi."]
    with saved(form):
        day.fill("1.3.2021")
    expect(form.locator("#kuultava")).to_be_empty()
    assert len(heard(form)) == 1


@pytest.mark.usefixtures("colleague")
def test_a_failed_save_is_seen_beside_the_word_about_others(form: Page) -> None:
    expect(form.locator("#muut-viesti")).to_contain_text("Joku muu on avannut")
    form.route(f"**/{DEVELOPMENT}", lambda route: route.abort())
    form.locator("[name=q4]").press_sequentially("Yhteys on poikki.")
    for place in ("#ilmoitus", "#muut-viesti"):
        expect(form.locator(place)).not_to_be_empty()
        form.wait_for_function(
            """place => {
                const notice = document.querySelector(place), box = notice.getBoundingClientRect();
                return notice.contains(document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2));
            }""",
            arg=place,
        )


def test_a_failing_save_is_announced_once_however_often_it_fails(form: Page) -> None:
    form.route(f"**/{DEVELOPMENT}", lambda route: route.abort())
    failures: list[str] = []
    form.on("requestfailed", lambda request: failures.append(request.url))
    with form.expect_event("requestfailed"):
        form.locator("[name=q4]").press_sequentially("Yhteys on poikki.")
    expect(form.locator("#q4")).to_have_attribute("data-save", "failed")
    form.wait_for_event("requestfailed")
    expect(form.locator("#q4")).to_have_attribute("data-save", "failed")
    assert len(failures) == 2
    assert [words for words in heard(form) if words.startswith("Ei tallennettu")] == heard(form)
    assert len(heard(form)) == 1


def test_a_clash_is_announced_once(form: Page, colleague: Page) -> None:
    colleague.goto(form.url)
    with saved(colleague):
        colleague.fill("[name=q4]", "Toisen teksti")
        colleague.locator("[name=q4]").blur()
    form.locator("[name=q4]").press_sequentially("Minun tekstini")
    expect(form.locator("#q4-ristiriita")).to_contain_text("Toisen teksti")
    expect(form.locator("#q4")).to_have_attribute("data-save", "clash")
    said = [words for words in heard(form) if "sama" in words or "muuttanut" in words]
    assert len(said) == 1
