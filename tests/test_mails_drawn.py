"""docs/mails.md draws every mail. ``make mails`` writes its second part anew."""

import os
import re
from collections.abc import Callable
from typing import Any

from flask import Flask

from forms.texts import LANGUAGES
from models.application import Application
from models.outbox import OutboxMail
from models.submission import Submission
from services import outbox
from services.mail_kinds import KINDS, compose, contents_of
from tests.applicant import Applicant
from tests.conftest import ROOT

PAGE = ROOT / "docs/mails.md"
MARK = "`make mails` writes this part, a test compares it.\n"
# What differs each time, by what stands in its place in the drawing.
RANDOM = {r"SR21-[2-9A-Z]{7}": "SR21-2345678", r"/jatka/\S+": "/jatka/…", r"\b[0-9a-f]{64}\b": "0123456789abcdef" * 4}


def drawn(mail: OutboxMail) -> str:
    """A mail's subject in every language and its text in the first."""
    texts = []
    for language in LANGUAGES:
        mail.language = language
        contents = contents_of(mail)
        assert contents is not None, mail.kind
        message: Any = compose(mail, contents)
        texts.append((language, message["Subject"], message.get_body(("plain",)).get_content()))
    subjects = "\n".join(f"- {language}: **{subject}**" for language, subject, _ in texts)
    return f"\n### {mail.kind}\n\n{subjects}\n\n```\n{texts[0][2].strip()}\n```\n"


def test_every_mail_is_drawn(app: Flask, sample: dict[str, Any], at: Callable[[str], None]) -> None:
    at("2021-05-17T15:42:07")
    applicant = Applicant(app).begin().fill(sample).send()
    # Something is unsent, to be reminded of.
    applicant.go("hakija").press("Tallenna", {"q2.nimi": "Toinen Nimi"})
    recipient = sample["2"]["sahkoposti"]
    with app.app_context():
        for kind in KINDS:
            outbox.queue(kind, recipient, "fi", application=Application.get(), submission=Submission.get())
        mails = [OutboxMail.select().where(OutboxMail.kind == kind).get() for kind in KINDS]
        text = "".join(drawn(mail) for mail in mails)
    for pattern, instead in RANDOM.items():
        text = re.sub(pattern, instead, text)
    head = PAGE.read_text().partition(MARK)[0]
    if os.environ.get("MAILS") == "write":
        PAGE.write_text(head + MARK + text)
    assert PAGE.read_text() == head + MARK + text, "run make mails"
    assert [kind for kind in KINDS if not re.search(rf"\b{kind}\b", head)] == [], "missing in the drawing"
