"""The cover letter of a sent version, ready to sign, and what goes with it on its way to the registry."""

from io import BytesIO
from urllib.parse import quote

from flask import render_template
from flask_babel import gettext
from pypdf import PdfReader, PdfWriter

from forms.summary import summarise
from language import localise, speaking
from models.submission import Submission
from services import check, pdf, submissions
from services.context import calls


def of(submission: Submission) -> bytes:
    """The letter as a PDF of one page, in the application's language. Raises PdfError.

    It is made anew each time: what counts is the paper that somebody signs.
    """
    answers = submissions.read_answers(submission)
    call = answers.call
    contact = call.contact_question
    return pdf.document(
        "pdf/letter.html",
        submission.language,
        call=call,
        application=submission.application,
        submission=submission,
        summary=summarise(answers),
        # Missing after personal details were erased.
        contact=[row.value for row in contact.show(answers.typed(contact.key), answers).rows if row.value]
        if contact
        else [],
        check=check.code(submission),
    )


def with_summary(submission: Submission) -> bytes:
    """The letter and behind it the summary, page by page as it is filed, in one file. Raises PdfError."""
    # Language, author and subject are those of the letter.
    out = PdfWriter(clone_from=BytesIO(of(submission)))
    out.append(PdfReader(BytesIO(pdf.of_submission(submission))))
    with speaking(submission.language):
        out.add_metadata({"/Title": f"{localise(calls().of(submission).title)} {submission.application.reference}"})
    joined = BytesIO()
    out.write(joined)
    return joined.getvalue()


def file_name(submission: Submission, has_summary: bool) -> str:
    """The file's name, in the language of the document."""
    reference = submission.application.reference
    with speaking(submission.language):
        # TRANSLATORS: names of files that people keep; letters, digits and hyphens only.
        if has_summary:
            return str(
                gettext(
                    "%(reference)s-versio-%(number)s-saatekirje-ja-yhteenveto.pdf",
                    reference=reference,
                    number=submission.version,
                )
            )
        return str(
            gettext("%(reference)s-versio-%(number)s-saatekirje.pdf", reference=reference, number=submission.version)
        )


def mail_to_registry(submission: Submission) -> str:
    """A ``mailto:`` address (RFC 6068) that begins the mail to the registry, in the application's language."""
    call = calls().of(submission)
    with speaking(submission.language):
        text = render_template(
            "summary/to_registry.txt", call=call, reference=submission.application.reference, submission=submission
        )
    subject, _, body = text.strip().partition("\n")
    body = body.strip().replace("\n", "\r\n")
    address = quote(call.registry.email, safe="@")
    return f"mailto:{address}?subject={quote(subject, safe='')}&body={quote(body, safe='')}"
