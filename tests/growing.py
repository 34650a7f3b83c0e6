"""What grows with a service: applications by the thousand, and the queries that must not notice."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from models.application import Answer, AnswerVersion, Application, Link
from models.database import Model, database
from models.outbox import OutboxMail
from models.submission import Submission
from tests.applicant import Applicant

Statement = tuple[str, Any]
"""SQL and its parameters."""

_READ_OR_WRITE = {"SELECT", "INSERT", "UPDATE", "DELETE", "WITH"}

_NOW_AND_THEN = {'"figure"', '"call_version"'}
"""The tables that are written and looked at so: figures, and which calls are in force."""

_OWN = {
    Application.reference: "'KOPIO-' || n.i",
    Application.contact_email: "n.i || t.contact_email",
    Answer.application: "copy.id",
    AnswerVersion.application: "copy.id",
    Link.application: "copy.id",
    Link.token_hash: "copy.reference || substr(t.token_hash, 20)",
    Link.email: "copy.id || t.email",
    Submission.application: "copy.id",
    Submission.provider: "copy.reference",
    OutboxMail.application: "copy.id",
    # Sent long ago: mails of the last hour count against caps.
    OutboxMail.created_at: "datetime(t.created_at, '-30 days')",
    OutboxMail.sent_at: "datetime(t.created_at, '-30 days')",
    OutboxMail.submission: "(SELECT s.id FROM submission s WHERE s.application_id = copy.id)",
}
"""What differs from one copy to the next."""


def multiply(application: Application, number: int) -> None:
    """Copy an application with all that belongs to it, each time as another provider's. For SQLite."""
    counting = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
    with database.atomic():
        columns, values = _columns(Application)
        database.execute_sql(
            f"INSERT INTO application ({columns}) {counting} SELECT {values} FROM application t, n WHERE t.id = ?",
            (number, application.id),
        )
        for model in (Answer, AnswerVersion, Link, Submission, OutboxMail):
            columns, values = _columns(model)
            name = model._meta.table_name
            database.execute_sql(
                f"INSERT INTO {name} ({columns}) SELECT {values} FROM {name} t, application copy"
                " WHERE t.application_id = ? AND copy.reference LIKE 'KOPIO-%'",
                (application.id,),
            )


def _columns(model: type[Model]) -> tuple[str, str]:
    fields = [field for field in model._meta.sorted_fields if field.name != "id"]
    values = [_OWN.get(field, f"t.{field.column_name}") for field in fields]
    return ", ".join(field.column_name for field in fields), ", ".join(values)


@contextmanager
def queries() -> Iterator[list[Statement]]:
    """What is read and written meanwhile, but for what is done now and then by whoever comes first."""
    found: list[Statement] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            # The pool's own words come here too.
            if record.name != "peewee":
                return
            statement: Any = record.msg
            if statement[0].split()[0] in _READ_OR_WRITE and not _NOW_AND_THEN & set(statement[0].split()):
                found.append(statement)

    logger, listener = logging.getLogger("peewee"), Listener()
    level, propagates = logger.level, logger.propagate
    logger.addHandler(listener)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    try:
        yield found
    finally:
        logger.removeHandler(listener)
        logger.setLevel(level)
        logger.propagate = propagates


def plan_of(statement: Statement) -> list[str]:
    """How SQLite goes about a statement, a line a step."""
    sql, parameters = statement
    return [row[-1] for row in database.execute_sql(f"EXPLAIN QUERY PLAN {sql}", parameters).fetchall()]


def scans_in(plan: list[str]) -> list[str]:
    """The steps that read a whole table, or a whole index of one."""
    return [step for step in plan if step.startswith("SCAN ") and step != "SCAN CONSTANT ROW"]


def by_htmx(applicant: Applicant, address: str, data: Any = None) -> None:
    answer = applicant.client.open(address, method="POST" if data else "GET", data=data, headers={"HX-Request": "true"})
    assert answer.status_code in (200, 204), answer.status_code


def requests_of(
    applicant: Applicant, answers: dict[str, Any], email: str
) -> Iterator[tuple[str, Callable[[], object]]]:
    """The main requests of an application from beginning to sent version, to be made in this order."""
    yield "front page", lambda: applicant.get("/")
    yield "begin", applicant.begin
    yield "fill in", lambda: applicant.fill(answers)
    home = f"/hakemus/{applicant.reference}"
    page = f"{home}/kehittamiskokonaisuudet"
    yield "form page", lambda: applicant.get(page)
    form = applicant.form("Tallenna").data
    changed = {name: form[name] for name in ("csrf_token", "sivu", "q4.rev")} | {"q4": f"{form['q4']} muutos"}
    yield "save", lambda: by_htmx(applicant, page, changed)
    more = form.copy()
    more.setlist("q3", [*form.getlist("q3"), "kilpailut"])
    yield "tick", lambda: by_htmx(applicant, page, more)
    yield "untick", lambda: by_htmx(applicant, page, form)
    yield "others", lambda: by_htmx(applicant, f"{home}/muut?sivu=x&alkaen=0&nyt=")
    yield "earlier answers", lambda: applicant.get(f"{home}/aiemmat/q4")
    yield "links", lambda: applicant.get(f"{home}/linkit")
    yield "summary", lambda: applicant.get(f"{home}/yhteenveto")
    yield "send", applicant.send
    yield "receipt", lambda: applicant.get(f"{home}/yhteenveto")
    yield "edit what was sent", lambda: applicant.get(page)
    yield "answers as a file", lambda: applicant.get(f"{home}/hakemus.json")
    yield "document", lambda: applicant.get(f"{home}/yhteenveto.pdf")
    yield "ask for a link", lambda: applicant.get("/linkki").press("Lähetä linkki", {"sahkoposti": email})
