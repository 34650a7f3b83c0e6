"""Applications by the thousand: one is filled in and sent as people do it, the others are rows made from its rows."""

import json
import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from flask import Flask

from clock import in_helsinki
from forms.answers import Answers, answers_from_json
from forms.definition import Call
from forms.kinds.amounts import AmountsQuestion
from forms.kinds.text import TextQuestion
from forms.summary import totals_of
from models.application import Application
from models.handling import CompletionRequest, Handling
from models.officer import Officer
from models.submission import Submission
from services.submissions import canonical, content, fingerprint_of
from tests.applicant import Applicant
from tests.conftest import SAMPLE, with_provider

RARE_WORD = "kaarnikka"
"""Stands in one of 500 applications."""


class Pattern:
    """The sample application, all areas and texts at their limits, with its document; and rows made from its rows."""

    def __init__(self, app: Flask) -> None:
        applicant = Applicant(app).begin().fill(with_provider(json.loads(SAMPLE.read_text()))).send()
        assert applicant.get(f"/hakemus/{applicant.reference}/yhteenveto.pdf").status == 200
        with app.app_context():
            self._application, self._submission = Application.get().__data__, Submission.get().__data__
        self.record: dict[str, Any] = json.loads(self._submission["record"])
        self._numbers = count(2)

    def application(self, **changes: Any) -> Application:
        reference = f"SR21-{next(self._numbers):07}"
        created: Application = Application.create(
            **{**self._application, **changes, "id": None, "reference": reference}
        )
        return created

    def version(self, application: Application, record: Mapping[str, Any] | None = None, **changes: Any) -> Submission:
        """A version of an application; ``record`` and ``changes`` have what is different in it."""
        changed = {**self.record, **(record or {}), "reference": application.reference}
        columns = {"record": canonical(changed), "fingerprint": fingerprint_of(changed), **changes}
        created: Submission = Submission.create(
            **{**self._submission, **columns, "id": None, "application": application}
        )
        return created


class Varied:
    """Applications that differ as those of a call do, the same ones at each run."""

    def __init__(self, pattern: Pattern, call: Call, handlers: list[Officer], number: int) -> None:
        self._pattern, self._call, self._handlers = pattern, call, handlers
        self._chance = random.Random(2021)
        assert call.provider_question
        listed = [provider.business_id for provider in call.provider_question.providers.find("", "fi")]
        self._listed = self._chance.sample(listed, len(listed) - 10)
        self._others = number // 2

    def add(self) -> None:
        """One that was sent: some in several versions, some late, withdrawn, edited since, with a signed letter."""
        call, chance = self._call, self._chance
        before = timedelta(days=min(chance.expovariate(1 / 6), (call.closes - call.opens).days))
        late = timedelta(hours=chance.uniform(1, 120)) if chance.random() < 0.05 else None
        first = call.closes + late if late else call.closes - before
        times = [
            first + timedelta(hours=hours) for hours in sorted((0, 1, 2)[: chance.choice((1,) * 15 + (2,) * 4 + (3,))])
        ]
        application = self._pattern.application(
            created_at=call.opens,
            touched_at=times[-1] + timedelta(hours=1) if chance.random() < 0.1 else times[-1],
            sending_until=call.closes + timedelta(days=7) if late else None,
            language=chance.choice(("fi",) * 11 + ("sv",)),
        )
        provider = chance.choice(self._listed) if chance.random() < 0.45 else self._name()
        sent = [self._version(application, provider, number, at) for number, at in enumerate(times, 1)]
        self._handle(application, sent[-1])

    def draft(self) -> None:
        self._pattern.application()

    def _name(self) -> dict[str, str]:
        number = self._chance.randrange(self._others)
        return {"valittu": "", "muu": f"Ammattiopisto {number} Oy"}

    def _version(self, application: Application, provider: Any, version: int, at: datetime) -> Submission:
        call, answers = self._call, self._answers(provider)
        totals = totals_of(answers)
        assert call.provider_question
        assert totals
        values = content(answers)
        sealed = {key: self._pattern.record["answers"][key] for key in call.personal_keys}
        record = {
            "version": version,
            "sent_at": at.isoformat(timespec="milliseconds"),
            "language": application.language,
            "answers": {**values, **sealed},
            "totals": {"requested": totals.requested.amount, "costs": totals.costs.amount},
        }
        return self._pattern.version(
            application,
            record,
            version=version,
            sent_at=at,
            recorded_at=at,
            language=application.language,
            provider=call.provider_question.identity(answers.typed(call.provider_question.key)),
            sending_key=f"{application.reference}-{version}",
        )

    def _answers(self, provider: Any) -> Answers:
        """Those of the pattern: of some areas, with texts cut short and amounts of another size."""
        call, chance = self._call, self._chance
        assert call.provider_question
        assert call.areas_question
        values = {**self._pattern.record["answers"], call.provider_question.key: provider}
        areas: list[str] = values[call.areas_question.key]
        values[call.areas_question.key] = sorted(chance.sample(areas, chance.randint(1, len(areas))), key=areas.index)
        size = chance.uniform(0.02, 1.5)
        for question in call.questions:
            match question, values.get(question.key):
                case TextQuestion(), str(text):
                    values[question.key] = text[: chance.randint(200, 2500)]
                case AmountsQuestion(), dict(rows):
                    amounts = {key: question.amount(rows, key) for key in rows}
                    values[question.key] = {key: str(round((amounts[key] or 0) * size)) for key in rows}
        if chance.random() < 0.002:
            key = next(
                question.key
                for question in call.questions
                if question.key in values and isinstance(question, TextQuestion)
            )
            values[key] = f"{values[key]} {RARE_WORD}"
        values.update({key: {} for key in call.personal_keys})
        return answers_from_json(call, values)

    def _handle(self, application: Application, newest: Submission) -> None:
        chance = self._chance
        if chance.random() < 0.03:
            until = newest.sent_at + timedelta(days=1)
            CompletionRequest.create(
                application=application, at=newest.sent_at, text="?", questions=["q4"], until=until, answered_by=newest
            )
        if chance.random() < 0.8:
            has_come = chance.random() < 0.7
            Handling.create(
                application=application,
                case_number=f"VN/{application.id}/2021",
                handler=chance.choice([*self._handlers, None]),
                document_on=in_helsinki(newest.sent_at).date() if has_come else None,
                document_version=chance.randint(1, newest.version) if has_come else None,
                withdrawn_at=newest.sent_at if chance.random() < 0.04 else None,
            )
