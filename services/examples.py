"""A call looked at before it is in force: what comes of it with made-up answers. Nothing of this is kept or sent."""

from email.message import EmailMessage

import clock
from forms.answers import Answers
from forms.definition import Call
from forms.texts import msg
from language import localise, speaking
from models.application import Application
from models.outbox import OutboxMail
from models.submission import Submission
from services import mail_kinds, pdf


def answers_to(call: Call, language: str) -> Answers:
    """An answer to each question, in words that say that they are made up."""
    with speaking(language):
        words = str(localise(msg("Keksitty esimerkkivastaus")))
    return Answers(call, {question.key: question.example(words) for question in call.questions if question.has_fields})


def document(call: Call, language: str) -> bytes:
    """The summary as a PDF. Raises PdfError."""
    return pdf.of_example(_application(call, language), call, answers_to(call, language), language)


def receipt(call: Call, recipient: str, language: str) -> EmailMessage:
    """What the contact person would be mailed, without the document that comes with it."""
    now = clock.now()
    submission = Submission(
        application=_application(call, language),
        call_key=call.key,
        version=1,
        sent_at=min(now, call.closes),
        language=language,
        fingerprint="0" * 64,
    )
    contents = mail_kinds.figures_of(submission, answers_to(call, language), submission, call.closes)
    mail = OutboxMail(id=0, kind="receipt", recipient=recipient, language=language, created_at=now)
    return mail_kinds.compose(mail, contents)


def _application(call: Call, language: str) -> Application:
    with speaking(language):
        # TRANSLATORS: stands in the place of a reference's letters and digits.
        word = localise(msg("ESIMERKKI"))
    reference = f"{call.reference_prefix}-{word}"
    return Application(reference=reference, call_key=call.key, language=language, created_at=clock.now())
