"""The printed summary as a PDF, of a sent version or of a draft."""

from dataclasses import replace
from functools import cache
from importlib.resources import as_file, files
from io import BytesIO
from pathlib import Path

from flask import render_template
from flask_babel import force_locale, gettext
from xhtml2pdf import pisa
from xhtml2pdf.config.resources import ResourceAccessPolicy

from forms.answers import Answers
from forms.definition import Call
from forms.question import Shown
from forms.summary import summarise
from language import NBSP, localise
from models.application import Application
from models.submission import Submission
from services import submission as submissions

_MOST_PRINTED = 20_000
"""Characters of one answer that are printed."""


class PdfError(Exception):
    """The PDF could not be made; what it would have shown is not touched by that."""


@cache
def font_folder() -> Path:
    """Where the font's files are; they come as ordinary files of the package."""
    with as_file(files("font_source_sans_pro") / "files") as folder:
        return folder


def of_submission(submission: Submission, call: Call) -> bytes:
    """The PDF of a version, made once and kept. Raises PdfError."""
    stored = Submission.select(Submission.pdf).where(Submission.id == submission.id).scalar()
    if stored is not None:
        return bytes(stored)
    answers = submissions.read_answers(submission, call)
    made = _render(call, submission.application, answers, submission, submission.language)
    Submission.update(pdf=made).where(Submission.id == submission.id, Submission.pdf.is_null()).execute()
    # Another process may have been first: there is one document of a version.
    return bytes(Submission.select(Submission.pdf).where(Submission.id == submission.id).scalar())


def of_draft(application: Application, call: Call, answers: Answers, language: str) -> bytes:
    """The PDF of an application as it is saved now, marked as a draft. Raises PdfError."""
    return _render(call, application, answers, None, language)


def submission_name(submission: Submission) -> str:
    """The file's name, in the language of the document: the reference and what it is."""
    reference = submission.application.reference
    with force_locale(submission.language):
        # TRANSLATORS: the name of a file that people keep; letters, digits and hyphens only.
        return str(gettext("%(reference)s-versio-%(number)s.pdf", reference=reference, number=submission.version))


def draft_name(application: Application, language: str) -> str:
    """The same for a draft."""
    with force_locale(language):
        # TRANSLATORS: the name of a file that people keep; letters, digits and hyphens only.
        return str(gettext("%(reference)s-luonnos.pdf", reference=application.reference))


def printable(shown: Shown) -> Shown:
    """An answer with its text in lines: xhtml2pdf either keeps line breaks or breaks at blanks, but not both.

    Blanks at the beginning of a line and runs of blanks become no-break spaces, so that indented lists stay.
    """
    rows = tuple(replace(row, value=_capped(row.value)) if isinstance(row.value, str) else row for row in shown.rows)
    if not isinstance(shown.text, str):
        return replace(shown, rows=rows)
    return replace(shown, lines=tuple(_kept_blanks(line) for line in _capped(shown.text).split("\n")))


def _capped(text: str) -> str:
    """What can be sent is far below this; a draft may hold any length, and printing megabytes holds a worker."""
    return text if len(text) <= _MOST_PRINTED else f"{text[:_MOST_PRINTED]} […]"


def _kept_blanks(line: str) -> str:
    # The font has no hyphen of its own for keeping a word together.
    line = line.replace("\t", "    ").replace("\u2011", "-").rstrip(" ")
    indent = len(line) - len(line.lstrip(" "))
    return NBSP * indent + line[indent:].replace("  ", f"{NBSP} ") or NBSP


def _render(
    call: Call, application: Application, answers: Answers, submission: Submission | None, language: str
) -> bytes:
    with force_locale(language):
        html = render_template(
            "pdf/summary.html",
            call=call,
            application=application,
            summary=summarise(answers),
            submission=submission,
            printable=printable,
            language=language,
            fonts=font_folder(),
            title=f"{localise(call.title)} {application.reference}",
        )
    out = BytesIO()
    # Answers are hostile: nothing is fetched but the font's own files.
    policy = ResourceAccessPolicy(allow_remote=False, base_dir=str(font_folder()))
    try:
        result = pisa.CreatePDF(html, dest=out, resource_policy=policy, path=str(font_folder()))
    except Exception as error:
        raise PdfError(f"{type(error).__name__} in {application.reference}") from error
    if result.err:
        raise PdfError(f"{result.err} errors in {application.reference}")
    return out.getvalue()
