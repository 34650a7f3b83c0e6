"""Saving what a form holds. A save never says no and never overwrites text that its page did not show (design 4)."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from werkzeug.datastructures import MultiDict

import clock
from forms.answers import NOTHING
from forms.definition import Call
from forms.kinds.contact import ContactQuestion
from forms.question import Question, Typed
from models.application import Answer, AnswerVersion, Application
from models.database import database
from services.drafts import NEVER_SAVED, Stored, stored_answers

_BURST = timedelta(minutes=5)


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
    """Somebody else changed what this person changed too; both texts are here, the stored one stays stored."""

    question: Question
    mine: dict[str, str]
    stored: Stored


@dataclass(frozen=True)
class Saved:
    """The outcome of a save: which questions took part, which were written, which clashed."""

    posted: list[Question]
    written: list[Question]
    clashes: list[Clash]
    shows: dict[str, Rendered]
    """What the posting page shows now of each posted question: the new ``.rev``."""

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

RESTORE = "palauta"
"""The button that brings an earlier answer back; its value is ``<key>:<revision>``."""

_LONG = 200
"""Characters whose emptying is worth an offer to take it back."""


def typed_from(call: Call, form: MultiDict[str, str]) -> dict[str, Typed]:
    """The answers that a form holds, saved or not: what a page shows again when it could not be saved."""
    return {
        question.key: {suffix: text for suffix, text in question.posted(form).items() if text} or NOTHING
        for question in call.questions
        if question.has_fields and rev_name(question) in form
    }


def save(application: Application, call: Call, form: MultiDict[str, str], page: str) -> Saved:
    """Save what a form holds, whole or in part, in one transaction.

    A question takes part when its ``.rev`` is in the form, a field when it is there itself. ``page`` is the page
    load that posts. Writes field by field: what the page showed and the person did not touch is left alone; what is
    stored as the page showed it, or as posted, is written; the rest is a clash, unless all that happened in between
    came from this very page.
    """
    with database.atomic():
        return _Saving(application, page, clock.now()).save(call, form)


def restore(application: Application, question: Question, revision: int, page: str) -> bool:
    """Bring an earlier value of an answer back, as a save of its own. Returns whether there is such a value."""
    with database.atomic():
        saving = _Saving(application, page, clock.now())
        saving.touch()
        earlier = AnswerVersion.get_or_none(
            AnswerVersion.application == application,
            AnswerVersion.question == question.key,
            AnswerVersion.revision == revision,
        )
        if earlier is None:
            return False
        saving.replace(question, earlier.value)
        return True


def earlier_values(application: Application, question: Question) -> list[Stored]:
    """The kept earlier values of an answer, the newest first."""
    versions = (
        AnswerVersion.select()
        .where(AnswerVersion.application == application, AnswerVersion.question == question.key)
        .order_by(AnswerVersion.revision.desc())
    )
    return [Stored(version.value, version.revision, version.writer, version.saved_at) for version in versions]


def emptied(application: Application, stored: Mapping[str, Stored]) -> dict[str, int]:
    """The questions whose long answer is empty now, with the revision that brings it back."""
    empty = [key for key, answer in stored.items() if not answer.typed and answer.revision > 1]
    if not empty:
        return {}
    versions = AnswerVersion.select().where(AnswerVersion.application == application, AnswerVersion.question.in_(empty))
    last = {version.question: version for version in versions.order_by(AnswerVersion.revision)}
    return {key: version.revision for key, version in last.items() if _length(version.value) >= _LONG}


def _length(typed: Typed) -> int:
    return sum(len(text) for text in typed.values())


def _merge(mine: Mapping[str, str], rendered: Rendered, now: Stored) -> tuple[dict[str, str], dict[str, str]]:
    """The stored fields with those of ``mine`` that may be written, and those that may not."""
    merged, refused = dict(now.typed), {}
    for suffix, text in mine.items():
        stored = now.typed.get(suffix, "")
        if rendered.showed(suffix, text) or text == stored:
            continue
        if rendered.showed(suffix, stored):
            merged[suffix] = text
        else:
            refused[suffix] = text
    return merged, refused


@dataclass(frozen=True)
class _Saving:
    """One save of one page, inside its transaction."""

    application: Application
    page: str
    at: datetime

    def touch(self) -> None:
        """Written first: it orders the savers and senders of one application on every database."""
        Application.update(touched_at=self.at).where(Application.id == self.application.id).execute()

    def replace(self, question: Question, typed: Typed) -> None:
        """Write an answer whatever stands there; what stood there stays among the earlier ones."""
        now = stored_answers(self.application, [question.key]).get(question.key, NEVER_SAVED)
        if typed != now.typed:
            self._write(question, typed, now)

    def save(self, call: Call, form: MultiDict[str, str]) -> Saved:
        self.touch()
        posted: list[Question] = [q for q in call.questions if q.has_fields and rev_name(q) in form]
        stored = stored_answers(self.application, [question.key for question in posted])
        saved = Saved(posted, [], [], {})
        for question in posted:
            self._save_question(question, form, stored.get(question.key, NEVER_SAVED), saved)
        return saved

    def _save_question(self, question: Question, form: MultiDict[str, str], now: Stored, saved: Saved) -> None:
        if question.key in form.getlist(TAKE) + form.getlist(COMBINE):
            # The person has seen the stored text and goes on from it.
            saved.shows[question.key] = Rendered.of(now)
            return
        rendered = Rendered.parse(form[rev_name(question)])
        if question.key in form.getlist(KEEP):
            rendered = Rendered.parse(form.get(seen_name(question), ""))
        mine = question.posted(form)
        merged, refused = _merge(mine, rendered, now)
        if refused and self._is_alone(question, rendered.revision, now):
            merged, refused = {**merged, **refused}, {}
        changed = {suffix: text for suffix, text in merged.items() if text}
        if changed != now.typed:
            self._write(question, changed, now)
            saved.written.append(question)
            now = Stored(changed, now.revision + 1, self.page, self.at)
        if refused:
            saved.clashes.append(Clash(question, mine, now))
        saved.shows[question.key] = rendered if refused else rendered.after(mine, now)

    def _is_alone(self, question: Question, since: int, now: Stored) -> bool:
        """Whether every save of a question after revision ``since`` came from this very page."""
        if now.writer != self.page:
            return False
        others = AnswerVersion.select().where(
            AnswerVersion.application == self.application,
            AnswerVersion.question == question.key,
            AnswerVersion.revision > since,
            AnswerVersion.writer != self.page,
        )
        return not others.exists()

    def _write(self, question: Question, typed: Typed, now: Stored) -> None:
        fields = {"value": typed, "revision": now.revision + 1, "writer": self.page, "saved_at": self.at}
        if now.revision == 0:
            Answer.create(application=self.application, question=question.key, **fields)
        else:
            if self._is_worth_keeping(question, typed, now):
                AnswerVersion.create(
                    application=self.application,
                    question=question.key,
                    value=now.typed,
                    revision=now.revision,
                    writer=now.writer,
                    saved_at=now.saved_at,
                )
            Answer.update(**fields).where(
                Answer.application == self.application,
                Answer.question == question.key,
                Answer.revision == now.revision,
            ).execute()
        if isinstance(question, ContactQuestion):
            email = question.email(typed)
            Application.update(contact_email=email.lower() if email else None).where(
                Application.id == self.application.id
            ).execute()

    def _is_worth_keeping(self, question: Question, typed: Typed, now: Stored) -> bool:
        """Whether the value that is replaced stays among the earlier ones.

        A burst of saves of one page leaves one in five minutes. Another's value always stays, and so does one of
        which more than half goes at once.
        """
        if now.writer != self.page or _length(typed) < _length(now.typed) / 2:
            return True
        last = (
            AnswerVersion.select(AnswerVersion.saved_at)
            .where(AnswerVersion.application == self.application, AnswerVersion.question == question.key)
            .order_by(AnswerVersion.revision.desc())
            .first()
        )
        return last is None or self.at - last.saved_at > _BURST
