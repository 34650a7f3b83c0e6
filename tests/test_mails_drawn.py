"""docs/mails.md draws every mail."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser

import clock
from forms.texts import LANGUAGES
from models.application import Application
from models.outbox import OutboxMail
from models.submission import Submission
from services import accounts, completion, outbox
from services.accounts import Role
from services.mail_kinds import KINDS, compose, contents_of
from tests.applicant import Applicant
from tests.conftest import ROOT
from tests.drawn import BEGIN, expect_drawn

PAGE = ROOT / "docs/mails.md"
# What differs each time, by what stands in its place in the drawing.
RANDOM = {
    r"SR21-[2-9A-Z]{7}": "SR21-2345678",
    r"/jatka/\S+": "/jatka/…",
    r"/kayttoonotto/\S+": "/kayttoonotto/…",
    r"\b[0-9a-f]{64}\b": "0123456789abcdef" * 4,
}


def message_of(mail: OutboxMail) -> Any:
    contents = contents_of(mail)
    assert contents is not None, mail.kind
    return compose(mail, contents)


def drawn(mail: OutboxMail) -> str:
    """A mail's subject in every language and its text in the first."""
    texts = []
    for language in LANGUAGES:
        mail.language = language
        message = message_of(mail)
        texts.append((language, message["Subject"], message.get_body(("plain",)).get_content()))
    subjects = "\n".join(f"- {language}: **{subject}**" for language, subject, _ in texts)
    return f"\n### {mail.kind}\n\n{subjects}\n\n```\n{texts[0][2].strip()}\n```\n"


@pytest.fixture
def every_mail(
    make_app: Callable[..., Flask], sample: dict[str, Any], at: Callable[[str], None]
) -> Iterator[list[OutboxMail]]:
    """A mail of each kind, about one application."""
    at("2021-05-17T15:42:07")
    app = make_app(base_url="https://strategiarahoitus.example.fi")
    applicant = Applicant(app).begin().fill(sample).send()
    # Something is unsent, to be reminded of.
    applicant.go("hakija").press("Tallenna", {"q2.nimi": "Toinen Nimi"})
    recipient = sample["2"]["sahkoposti"]
    with app.app_context():
        officer = accounts.add(recipient, Role.READER, "fi")
        text = "Tarkentakaa kuvausta ja lisätkää tulokset, joita tavoittelette."
        completion.ask(Application.get(), text, ["q4", "q5"], clock.end_of_office_hours(date(2021, 6, 1)), officer)
        for kind in KINDS.keys() - {"officer", "completion"}:
            outbox.queue(kind, recipient, "fi", application=Application.get(), submission=Submission.get())
        yield [OutboxMail.select().where(OutboxMail.kind == kind).get() for kind in KINDS]


def test_every_mail_is_drawn(every_mail: list[OutboxMail]) -> None:
    text = "".join(drawn(mail) for mail in every_mail)
    for pattern, instead in RANDOM.items():
        text = re.sub(pattern, instead, text)
    expect_drawn(PAGE, text)
    head = PAGE.read_text().partition(BEGIN)[0]
    assert [kind for kind in KINDS if not re.search(rf"\b{kind}\b", head)] == [], "missing in the drawing"


def test_every_mail_fits_a_telephone(every_mail: list[OutboxMail], browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 640})
    for mail in every_mail:
        page.set_content(message_of(mail).get_body(("html",)).get_content())
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, mail.kind
    page.close()
