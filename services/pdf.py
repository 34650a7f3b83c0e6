"""The printed summary as a PDF, of a sent version or of a draft."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask import render_template
from flask_babel import gettext

from forms.answers import Answers
from forms.definition import Call
from forms.question import MOST_IN_LINE
from forms.shown import Row, Shown
from forms.summary import summarise
from forms.texts import Message, msg
from language import NBSP, localise, speaking
from models.application import Application
from models.submission import Submission
from services import check, submissions
from services.context import closing_of
from services.glyphs import MARK, font_folders, legible
from services.typesetter import PdfError, typeset

_MOST_PRINTED = 20_000
"""Characters of one answer that are printed."""
_IN_GROUP = 30
"""Lines that are printed as one paragraph."""


class Personal(StrEnum):
    """What a document has of personal details."""

    SHOWN = "shown"
    LEFT_OUT = "left_out"
    """There are some, but not for whoever gets this document."""
    ERASED = "erased"
    """There are none any more."""

    @classmethod
    def of(cls, submission: Submission, is_wanted: bool = True) -> "Personal":
        """What the document of a version has, for somebody who wants them or not."""
        if submission.personal is None:
            return cls.ERASED
        return cls.SHOWN if is_wanted or not submission.personal else cls.LEFT_OUT

    @property
    def mark(self) -> Message | None:
        """What a document says in their place."""
        marks = {self.LEFT_OUT: msg("Yhteystiedot jätetty pois"), self.ERASED: msg("Yhteystiedot poistettu")}
        return marks.get(self)


def kept(application: Application, number: int) -> tuple[bytes, str] | None:
    """The PDF of a version and its name, where it has been made; with as little else as possible."""
    wanted = (Submission.application == application, Submission.version == number, Submission.pdf.is_null(False))
    found = Submission.select(Submission.pdf, Submission.language).where(*wanted).get_or_none()
    if found is None or found.pdf is None:
        return None
    return bytes(found.pdf), _name(application.reference, number, found.language)


def of_submission(submission: Submission) -> bytes:
    """The PDF of a version, made once and kept. Raises PdfError.

    Whoever erases a version's personal details (``personal`` is None from then on) takes its ``pdf`` away too: the next
    one is made without them and says so.
    """
    stored = Submission.select(Submission.pdf).where(Submission.id == submission.id).scalar()
    if stored is not None:
        return bytes(stored)
    personal = Personal.of(submission)
    made = _of_version(submission, personal)
    Submission.update(pdf=made).where(
        Submission.id == submission.id,
        Submission.pdf.is_null(),
        Submission.salt.is_null(personal is Personal.ERASED),
    ).execute()
    # Another process may have been first: there is one document of a version.
    kept_now = Submission.get_by_id(submission.id)
    # Contact details that were erased while this was drawn must not come back with it.
    return bytes(kept_now.pdf) if kept_now.pdf is not None else of_submission(kept_now)


def without_personal(submission: Submission) -> bytes:
    """The PDF of a version without personal details, marked so; made anew each time. Raises PdfError."""
    personal = Personal.of(submission, is_wanted=False)
    return _of_version(submission, personal) if personal == Personal.LEFT_OUT else of_submission(submission)


def of_draft(application: Application, call: Call, answers: Answers, language: str) -> bytes:
    """The PDF of an application as it is saved now, marked as a draft. Raises PdfError."""
    return _render(call, application, answers, language)


def of_example(application: Application, call: Call, answers: Answers, language: str) -> bytes:
    """The PDF of made-up answers to a call that need not be in force; of an application that is kept nowhere. Raises
    PdfError."""
    return _render(call, application, answers, language, closes=call.closes)


def submission_name(submission: Submission) -> str:
    """The file's name, in the language of the document: the reference and what it is."""
    return _name(submission.application.reference, submission.version, submission.language)


def _name(reference: str, number: int, language: str) -> str:
    with speaking(language):
        # TRANSLATORS: the name of a file that people keep; letters, digits and hyphens only.
        return str(gettext("%(reference)s-versio-%(number)s.pdf", reference=reference, number=number))


def draft_name(application: Application, language: str) -> str:
    """The same for a draft."""
    with speaking(language):
        # TRANSLATORS: the name of a file that people keep; letters, digits and hyphens only.
        return str(gettext("%(reference)s-luonnos.pdf", reference=application.reference))


def printable(shown: Shown) -> Shown:
    """An answer cut to what is printed, its text in lines too.

    xhtml2pdf either keeps line breaks or breaks at blanks, but not both.
    Blanks at the beginning of a line and runs of blanks become no-break spaces, so that indented lists stay. Lines go
    in groups, which print several times as fast as each by itself; the first is alone, as headings keep what follows.
    """
    rows = tuple(_in_cells(shown.rows))
    grid = tuple(tuple(_cut(cell) for cell in line) for line in shown.grid)
    if not isinstance(shown.text, str):
        return replace(shown, rows=rows, grid=grid)
    text = _capped(shown.text, _MOST_PRINTED)
    first, *rest = (_kept_blanks(line) for line in text.split("\n"))
    groups = (tuple(rest[start : start + _IN_GROUP]) for start in range(0, len(rest), _IN_GROUP))
    return replace(shown, text=text, rows=rows, lines=((first,), *groups))


def _in_cells(rows: Iterable[Row]) -> Iterator[Row]:
    """A long value in several rows: one that is taller than a page would be shrunk until it fits."""
    left = _MOST_PRINTED
    for row in rows:
        if not isinstance(row.value, str):
            yield row
            continue
        # However much the rows before it hold, a row that can be sent is printed whole.
        text = _capped(row.value, max(left, MOST_IN_LINE))
        left -= len(text)
        for start in range(0, len(text) or 1, MOST_IN_LINE):
            yield replace(row, label="" if start else row.label, value=text[start : start + MOST_IN_LINE])


def _cut(cell: Row) -> Row:
    """A cell beside others has no room for more than can be sent."""
    return replace(cell, value=_capped(cell.value, MOST_IN_LINE)) if isinstance(cell.value, str) else cell


def _capped(text: str, most: int) -> str:
    """What can be sent is far below this; a draft may hold any length, and printing megabytes holds a worker."""
    return text if len(text) <= most else f"{text[:most]} […]"


def _kept_blanks(line: str) -> str:
    line = line.replace("\t", "    ").rstrip(" ")
    indent = len(line) - len(line.lstrip(" "))
    return NBSP * indent + line[indent:].replace("  ", f"{NBSP} ") or NBSP


def _of_version(submission: Submission, personal: Personal) -> bytes:
    answers = submissions.read_answers(submission, with_personal=personal == Personal.SHOWN)
    application, language = submission.application, submission.language
    return _render(answers.call, application, answers, language, submission=submission, personal=personal)


def _render(
    call: Call,
    application: Application,
    answers: Answers,
    language: str,
    *,
    submission: Submission | None = None,
    personal: Personal = Personal.SHOWN,
    closes: datetime | None = None,
) -> bytes:
    return document(
        "pdf/summary.html",
        language,
        call=call,
        application=application,
        closes=closes or closing_of(application),
        summary=summarise(answers),
        submission=submission,
        check=check.code(submission) if submission else None,
        printable=printable,
        personal_mark=personal.mark,
    )


def document(template: str, language: str, *, call: Call, application: Application, **context: Any) -> bytes:
    """A PDF of a template under templates/pdf, in a language. Raises PdfError."""

    def page(mark: str | None) -> str:
        title = f"{localise(call.title)} {application.reference}"
        known = {"call": call, "application": application, "language": language}
        look = {"title": title, "fonts": font_folders(), "mark": mark, "most_in_line": MOST_IN_LINE}
        return legible(render_template(template, **look, **known, **context))

    try:
        with speaking(language):
            html = page(None)
            # What the mark means stands on the first page, where it is used at all.
            if MARK in html:
                html = page(MARK)
        return typeset(html)
    except PdfError as error:
        raise PdfError(f"{error} in {application.reference}") from error
    except Exception as error:
        raise PdfError(f"{type(error).__name__} in {application.reference}") from error
