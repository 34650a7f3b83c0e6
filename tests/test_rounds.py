"""Every call of ``calls/`` from the front page to the mails, in Chromium with scripts and without, by what its file
says: the next one needs no test. None of them is named elsewhere."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from playwright.sync_api import Browser, Page, expect

from forms.answers import Answers
from forms.call_file import load_call
from forms.definition import Call
from forms.kinds.multiple_choice import MultipleChoiceQuestion
from forms.question import Question
from tests.answered import PICTURE, Answered
from tests.applicant import CALL
from tests.browser import new_page, press, saved, send
from tests.conftest import ROOT
from tests.service import Service
from tests.test_journey_http import expect_arrival, expect_receipt, pdf_text
from tests.words import Words, compact

FILES = sorted(ROOT.glob("calls/*.toml"))
ROUNDS = [call for call in map(load_call, FILES) if call.key != CALL]
"""Without the call of 2021, which the program is tested with everywhere."""
TELLING = ("calls", "docs", "CHANGELOG.md")
"""Where a call of ``calls/`` may be named."""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One that takes applications in all calls, whatever the day."""
    with Service(tmp_path_factory.mktemp("rounds"), HELD_OPEN=json.dumps([call.key for call in ROUNDS])) as running:
        yield running


def begin(page: Page, call: Call, words: Words) -> str:
    page.goto("/")
    page.get_by_role("link", name=words(call.title), exact=True).click()
    press(page, words("Aloita hakemus"))
    page.wait_for_url("**/hakemus/**")
    return page.url.split("/")[4]


def fill(page: Page, name: str, value: Any) -> None:
    """One field, or several of one name."""
    if isinstance(value, list):
        for ticked in value:
            page.locator(f"[name='{name}'][value='{ticked}']").check()
        return
    field = page.locator(f"[name='{name}']")
    if isinstance(value, Path):
        field.set_input_files(value)
    elif field.evaluate("field => field.tagName") == "SELECT":
        field.select_option(value)
    else:
        field.fill(value)


def answer(page: Page, question: Question, fields: dict[str, Any], save: str, scripts: bool) -> None:
    """Fill in one question, which may be there only after what was answered before is saved."""
    first = page.locator(f"[name='{next(iter(fields))}']").first
    if not scripts and not first.count():
        press(page, save)
    first.wait_for()
    for name, value in fields.items():
        fill(page, name, value)
    if scripts:
        # What is pressed while an answer beside it is being saved may move away from under the mouse.
        page.keyboard.press("Tab")
        expect(page.locator(f"#{question.key}")).to_have_attribute("data-save", "saved")


def expect_refusal(page: Page, call: Call, reference: str, words: Words) -> None:
    """An empty application is not sent, and all that is missing is said."""
    page.goto(f"/hakemus/{reference}/yhteenveto")
    press(page, words("Lähetä"))
    missing = Answers(call, {}).errors
    assert missing
    for problem in missing:
        place = problem.question.field_id(problem.suffix)
        expect(page.locator(f"#este a[href$='#{place}']").first).to_contain_text(f"{problem.question.number}. ")
    assert words.foreign(page.inner_text("main")) == set()


def expect_mending(page: Page, answered: Answered, words: Words) -> None:
    """What can't be read is said first on its page, and no more once it is mended."""
    save = words("Tallenna")
    for question, suffix, typed in answered.wrong():
        page.goto(f"{page.url.rpartition('/')[0]}/{answered.call.page_of(question)}")
        said = page.locator(f"#korjattavat a[href$='#{question.field_id(suffix)}']")
        fill(page, question.field_name(suffix), typed)
        press(page, save)
        expect(said).to_be_visible()
        fill(page, question.field_name(suffix), answered.answers.typed(question.key)[suffix])
        press(page, save)
        expect(said).to_have_count(0)


def expect_answers(text: str, answered: Answered, words: Words) -> None:
    """Every question that is asked with its answer, and nothing of another language."""
    found = compact(text)
    for question in answered.questions:
        for part in [words(question.label), *answered.reads(question, words)]:
            assert compact(part) in found, f"{question.key}: {part}"
    asked = {question.key for question in answered.answers.open_questions}
    for question in answered.call.questions:
        assert question.key in asked or compact(words(question.label)) not in found, question.key
    assert words.foreign(text) == set()


def expect_documents(page: Page, reference: str, answered: Answered, words: Words, folder: Path) -> bytes:
    """The summary and the record of what was sent; returns the former."""
    sent = f"/hakemus/{reference}/versio/1"
    pdf = page.request.get(f"{sent}/yhteenveto.pdf").body()
    expect_answers(pdf_text(pdf, folder), answered, words)
    record = page.request.get(f"{sent}/tietue.json").json()
    asked = [question.key for question in answered.questions]
    assert [key for key in asked if not record["answers"].get(key)] == []
    typed = page.request.get(f"/hakemus/{reference}/hakemus.json").json()
    schema = page.request.get(f"/haku/{answered.call.key}/hakemus.schema.json").json()
    Draft202012Validator(schema).validate(typed)
    return pdf


def expect_mails(service: Service, reference: str, answered: Answered, words: Words, pdf: bytes) -> None:
    call = answered.call
    receipt = service.inbox.expect(1, answered.email, reference)[0]
    registry = service.inbox.expect(1, call.registry.email, reference)[0]
    for mail in (receipt, registry):
        assert reference in mail["Subject"]
        expect_arrival(mail.get_body(("plain",)).get_content(), words)
        assert next(mail.iter_attachments()).get_content() == pdf
    expect_receipt(receipt.get_body(("plain",)).get_content(), reference, call, words)


@pytest.mark.parametrize("call", ROUNDS, ids=lambda call: call.key)
@pytest.mark.parametrize(
    ("language", "scripts", "turn"), [("fi", True, 0), ("sv", False, -1)], ids=["fi-scripts", "sv-no-scripts"]
)
def test_a_round_from_the_front_page_to_the_mails(
    browser: Browser, service: Service, call: Call, words: Words, scripts: bool, turn: int, tmp_path: Path
) -> None:
    answered = Answered(call, turn)
    page = new_page(browser, service, scripts, words.language)
    reference = begin(page, call, words)
    assert reference.startswith(f"{call.reference_prefix}-")
    expect_refusal(page, call, reference, words)

    page.goto(f"/hakemus/{reference}/{call.pages[0].key}")
    for this, following in zip(call.pages, call.pages[1:], strict=False):
        for question in answered.questions:
            if call.page_of(question) == this.key:
                answer(page, question, answered.fields(question), words("Tallenna"), scripts)
        press(page, words.next_button(call, following.key))
        page.wait_for_url(f"**/{following.key}")
    expect_mending(page, answered, words)

    page.goto(f"/hakemus/{reference}/yhteenveto")
    expect(page.get_by_text(words("Mikään ei estä hakemuksen lähettämistä."))).to_be_visible()
    expect_answers(page.inner_text("main"), answered, words)
    send(page, words("Lähetä"))
    expect(page.get_by_text(f"{words('Versio %(number)s', number=1)} ({words('voimassa')})")).to_be_visible()
    expect_receipt(page.inner_text("main"), reference, call, words)
    expect_answers(page.inner_text("main"), answered, words)
    for name in page.get_by_role("link", name=PICTURE.name).all():
        assert page.request.get(name.get_attribute("href") or "").body() == PICTURE.read_bytes()
    expect_mails(service, reference, answered, words, expect_documents(page, reference, answered, words, tmp_path))
    page.context.close()


def files_of_the_program() -> Iterator[Path]:
    """All that is kept of the program, by what the folder says that it keeps not."""
    ignored = set((ROOT / ".gitignore").read_text().replace("/", "").split())
    for path in ROOT.iterdir():
        if path.name not in {".git", *TELLING, *ignored}:
            yield from [path] if path.is_file() else (inner for inner in path.rglob("*") if inner.is_file())


def test_no_other_file_names_a_round() -> None:
    names = re.compile("|".join(rf"\b(?:{call.key}|{call.reference_prefix})\b" for call in ROUNDS).encode())
    assert ROUNDS
    assert [path for path in files_of_the_program() if names.search(path.read_bytes())] == []


def test_a_box_that_a_save_moves_is_ticked(browser: Browser, service: Service) -> None:
    """Leaving a field saves it, and what is said of that moves the box under the mouse."""
    call, choice = next((call, found) for call in ROUNDS for found in call.of_kind(MultipleChoiceQuestion))
    contact = call.contact_question
    assert contact
    page = new_page(browser, service)
    page.set_viewport_size({"width": 1280, "height": 3000})
    begin(page, call, Words("fi"))
    page.locator(f"[name='{contact.field_name('nimi')}']").fill("Aino")
    box = page.locator(f"[name='{choice.key}']").first
    box.hover()
    before = box.bounding_box()
    with saved(page):
        page.mouse.down()
    assert box.bounding_box() != before
    page.mouse.up()
    expect(box).to_be_checked()
    page.context.close()
