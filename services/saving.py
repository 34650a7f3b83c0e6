"""Saving what a form holds. A save never says no and never overwrites text that its page did not show (design 4)."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from peewee import fn
from werkzeug.datastructures import MultiDict

import clock
import logs
from forms.answers import NOTHING
from forms.definition import Call
from forms.moves import read_aside
from forms.question import Question, Typed
from models.application import Answer, Application
from models.database import database, hold
from models.prepared import Prepared, gap
from services import earlier, figures
from services.drafts import NEVER_SAVED, Stored, stored_answers
from services.figures import Event

log = logs.get(__name__)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


_BLANK = _digest("")


@dataclass(frozen=True)
class Rendered:
    """What a page showed of an answer: its revision and a digest of each field. Travels as ``<key>.rev``."""

    revision: int
    digests: Mapping[str, str]

    @classmethod
    def of(cls, stored: Stored) -> "Rendered":
        return cls(stored.revision, {suffix: _digest(text) for suffix, text in stored.typed.items()})

    def __str__(self) -> str:
        return " ".join([str(self.revision), *(f"{suffix}={digest}" for suffix, digest in self.digests.items())])

    @classmethod
    def parse(cls, token: str) -> "Rendered":
        """The opposite of str. A token that we did not make reads as a page that showed nothing."""
        revision, *digests = token.split(" ")
        if not (revision.isascii() and revision.isdigit() and len(revision) < 10):
            return cls(0, {})
        pairs = (digest.partition("=") for digest in digests)
        return cls(int(revision), {suffix: digest for suffix, _, digest in pairs})

    def after(self, mine: Mapping[str, str], stored: Stored) -> "Rendered":
        """What the same page shows once it has posted ``mine`` and ``stored`` is what was kept.

        Where another's change was left alone because this page did not touch the field, the page still shows the
        older text, and must go on saying so.
        """
        digests = {**self.digests, **{suffix: _digest(text) for suffix, text in mine.items()}}
        shows_all = all(digests.get(suffix, _BLANK) == _digest(text) for suffix, text in stored.typed.items()) and all(
            digest == _BLANK or suffix in stored.typed for suffix, digest in digests.items()
        )
        return Rendered.of(stored) if shows_all else Rendered(self.revision, digests)

    def showed(self, suffix: str, text: str) -> bool:
        return self.digests.get(suffix, _BLANK) == _digest(text)


@dataclass(frozen=True)
class Clash:
    """Somebody else changed fields that this person changed too; both texts are here, the stored one stays stored."""

    question: Question
    mine: dict[str, str]
    """The fields that were refused, as this person typed them."""
    stored: Stored
    shows: Rendered
    """What a page shows that has the stored answer with ``mine`` in it: a stale ``.rev`` for the refused fields."""

    @property
    def typed(self) -> Typed:
        """The stored answer with this person's own texts where they clash."""
        return without_blanks({**self.stored.typed, **self.mine})


@dataclass(frozen=True)
class Saved:
    """The outcome of a save: which questions took part, and which clashed."""

    posted: list[Question]
    clashes: list[Clash]
    shows: dict[str, Rendered]
    """What the posting page shows now of each posted question: the new ``.rev``."""
    stored: dict[str, Stored]
    """All of the application's answers, as they stand now."""
    news: list[Question] = field(default_factory=list)
    """Those of which the posting page showed something else than what is stored now."""
    written: list[Question] = field(default_factory=list)
    """Those of which something was saved."""

    def clash_of(self, question: Question) -> Clash | None:
        return next((clash for clash in self.clashes if clash.question.key == question.key), None)


def rev_name(question: Question) -> str:
    """The hidden field by which a question takes part in a post."""
    return f"{question.key}.rev"


def seen_name(question: Question) -> str:
    """The hidden field that says which other text a person has seen in a clash."""
    return f"{question.key}.nahty"


KEEP, TAKE, COMBINE = "pida", "ota", "yhdista"
"""The buttons of a clash, the question's key as their value: keep mine, take theirs, edit both together."""

COUNT = "laskuri"
"""Hidden field: which of the page's posts this is; only scripts send one."""

RESTORE = "palauta"
"""The button that brings an earlier answer back; its value is ``<key>:<revision>``."""


def typed_from(call: Call, form: MultiDict[str, str]) -> dict[str, Typed]:
    """The answers that a form holds, saved or not: what a page shows again when it could not be saved."""
    return {
        question.key: without_blanks(question.posted(form))
        for question in call.questions
        if question.has_fields and rev_name(question) in form
    }


class MovedError(Exception):
    """The application has come into another version of its call, or is gone, since it was opened: open it again."""


def save(
    application: Application, call: Call, form: MultiDict[str, str], page: str, earlier_ones: Sequence[Question] = ()
) -> Saved:
    """Save what a form holds, whole or in part, in one transaction.

    A question takes part when its ``.rev`` is in the form, a field when it is there itself. ``page`` is the page
    load that posts. Writes field by field: what the page showed and the person did not touch is left alone; what is
    stored as the page showed it, or as posted, is written; the rest is a clash, unless all that happened in between
    came from this very page. ``earlier_ones`` are questions beside those of the call that may take part too.
    Raises MovedError.
    """
    with database.atomic():
        hold(application)
        count = form.get(COUNT, "")
        order = int(count) if count.isascii() and count.isdigit() and len(count) < 10 else 0
        saved = _Saving(application, page, order, clock.now()).save([*call.questions, *earlier_ones], form)
    figures.count(Event.SAVE, times=int(bool(saved.written) and application.tried_by_id is None))
    if saved.clashes:
        figures.count(Event.CLASH, times=len(saved.clashes))
        questions = [clash.question.key for clash in saved.clashes]
        log.info("clashed", reference=application.reference, questions=questions)
    return saved


def restore(application: Application, question: Question, revision: int, page: str, seen: int) -> bool:
    """Bring an earlier value of an answer back, as a save of its own; what it replaces is kept.

    Returns False, with nothing changed, where there is no such value, and where somebody else has saved the answer
    since its revision ``seen``, which the person looked at.
    """
    with database.atomic():
        hold(application)
        saving = _Saving(application, page, 0, clock.now())
        saving.touch()
        value = earlier.find(application, question, revision)
        now = stored_answers(application).get(question.key, NEVER_SAVED)
        if value is None or (now.revision != seen and now.writer != page):
            return False
        saving.replace(question, value.typed)
        return True


def without_blanks(fields: Mapping[str, str]) -> Typed:
    """Fields as an answer: an empty one is none."""
    return {suffix: text for suffix, text in fields.items() if text} or NOTHING


def _merge(
    mine: Mapping[str, str], rendered: Rendered, now: Stored, seen: Rendered | None = None
) -> tuple[dict[str, str], dict[str, str]]:
    """The stored fields with those of ``mine`` that may be written, and those that may not.

    ``seen`` is what a person has looked at in a clash; it allows what the page itself, which shows an older answer,
    would not.
    """
    merged, refused = dict(now.typed), {}
    for suffix, text in mine.items():
        stored = now.typed.get(suffix, "")
        if rendered.showed(suffix, text) or text == stored:
            continue
        if rendered.showed(suffix, stored) or (seen is not None and seen.showed(suffix, stored)):
            merged[suffix] = text
        else:
            refused[suffix] = text
    return merged, refused


_TOUCH = Prepared(
    lambda: Application.update(touched_at=gap("at", Application.touched_at)).where(
        Application.id == gap("id", Application.id),
        fn.COALESCE(Application.call_version, 0) == gap("version", Application.id),
    )
)
_REPLACE = Prepared(
    lambda: Answer.update(
        {
            field: gap(field.name, field)
            for field in (Answer.value, Answer.revision, Answer.writer, Answer.writer_count, Answer.saved_at)
        }
    ).where(
        Answer.application == gap("application", Answer.application),
        Answer.question == gap("question", Answer.question),
        Answer.revision == gap("seen", Answer.revision),
    )
)


@dataclass(frozen=True)
class _Saving:
    """One save of one page, inside its transaction."""

    application: Application
    page: str
    count: int
    at: datetime

    def touch(self) -> None:
        known = self.application.call_version_id or 0
        if not _TOUCH.changed(at=self.at, id=self.application.id, version=known):
            raise MovedError

    def replace(self, question: Question, typed: Typed) -> None:
        """Write an answer whatever stands there; what stood there stays among the earlier ones."""
        now = stored_answers(self.application).get(question.key, NEVER_SAVED)
        if typed != now.typed:
            self._write(question, typed, now, always_keep=True)

    def save(self, questions: Sequence[Question], form: MultiDict[str, str]) -> Saved:
        self.touch()
        posted: list[Question] = [q for q in questions if q.has_fields and rev_name(q) in form]
        saved = Saved(posted, [], {}, stored_answers(self.application))
        for question in posted:
            self._save_question(question, form, saved)
            if form[rev_name(question)] != str(Rendered.of(saved.stored.get(question.key, NEVER_SAVED))):
                saved.news.append(question)
        return saved

    def _save_question(self, question: Question, form: MultiDict[str, str], saved: Saved) -> None:
        now = saved.stored.get(question.key, NEVER_SAVED)
        if question.key in form.getlist(TAKE) + form.getlist(COMBINE):
            # The person has seen the stored text and goes on from it.
            saved.shows[question.key] = Rendered.of(now)
            return
        rendered = Rendered.parse(form[rev_name(question)])
        is_kept = question.key in form.getlist(KEEP)
        seen = Rendered.parse(form.get(seen_name(question), "")) if is_kept else None
        mine = question.posted(form)
        merged, refused = _merge(mine, rendered, now, seen)
        if refused and read_aside(question.key):
            # No field shows it any more, where two texts could stand side by side. What it replaces is kept.
            merged, refused = {**merged, **refused}, {}
        if refused and self._is_alone(question, rendered.revision, now):
            # A post of this very page that was overtaken by a later one has nothing to say any more.
            is_stale = 0 < self.count < now.writer_count
            merged, refused = (merged if is_stale else {**merged, **refused}), {}
        changed = without_blanks(merged)
        if changed != now.typed:
            self._write(question, changed, now)
            saved.written.append(question)
            now = saved.stored[question.key] = Stored(changed, now.revision + 1, self.page, self.count, self.at)
        if refused:
            stale = {suffix: rendered.digests.get(suffix, _BLANK) for suffix in refused}
            shows = Rendered(rendered.revision, {**Rendered.of(now).digests, **stale})
            clash = Clash(question, refused, now, shows)
            saved.clashes.append(clash)
            earlier.keep_refused(self.application, question, clash.typed, self.page, self.at)
        saved.shows[question.key] = rendered if refused else rendered.after(mine, now)

    def _is_alone(self, question: Question, since: int, now: Stored) -> bool:
        """Whether every save of a question after revision ``since`` came from this very page."""
        return now.writer == self.page and not earlier.has_others(self.application, question, since, self.page)

    def _write(self, question: Question, typed: Typed, now: Stored, always_keep: bool = False) -> None:
        fields = {
            "value": typed,
            "revision": now.revision + 1,
            "writer": self.page,
            "writer_count": self.count,
            "saved_at": self.at,
        }
        if now.revision == 0:
            Answer.create(application=self.application, question=question.key, **fields)
        else:
            if (
                always_keep
                or now.writer != self.page
                or earlier.is_worth_keeping(self.application, question, typed, now, self.at)
            ):
                earlier.keep(self.application, question, now)
            updated = _REPLACE.changed(
                **fields, application=self.application.id, question=question.key, seen=now.revision
            )
            # The application is held: everybody else waits until this transaction ends.
            assert updated == 1
        if question.is_personal and not read_aside(question.key):
            email = question.email(typed)
            Application.update(contact_email=email.lower() if email else None).where(
                Application.id == self.application.id
            ).execute()
