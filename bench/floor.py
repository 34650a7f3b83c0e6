"""The least that the desk's pages can cost: the same rows by peewee, the same tables by Jinja, in plain Flask.

Nobody signs in, nothing is noted, nothing is translated; no navigation, filters or charts. ``bench.desk`` compares.
"""

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from typing import Any

import peewee
from flask import Flask, render_template, request
from peewee import fn

from clock import in_helsinki
from forms.call_file import load_call
from forms.definition import Call
from models.application import Application
from models.database import bind, database
from models.handling import CompletionRequest, Handling, Listed
from models.officer import Officer
from models.submission import Submission
from services import search
from services.call_versions import read_folder
from services.calls import Calls
from settings import read_settings
from tests.applicant import CALL

PER_PAGE = 50
_NBSP = "\u00a0"
_SORTS = {"": [Submission.sent_at.desc(), Listed.id], "-haettu": [Listed.requested.desc(), Listed.id]}


def plain_app() -> Flask:
    """An app on the service's database and nothing else; a connection stays open from one request to the next."""
    settings = read_settings()
    bind(settings.effective_database_url)
    app = Flask(__name__)
    # The web server takes them up before it forks.
    app.extensions["calls"] = Calls(read_folder(settings.calls_dir), frozenset())
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(euros=_euros, moment=_moment)

    @app.before_request
    def open_database() -> None:
        if request.endpoint not in ("bare", "ready"):
            database.connect(reuse_if_open=True)

    @app.teardown_request
    def close_database(error: BaseException | None) -> None:
        if not database.is_closed():
            database.close()

    @app.get("/health/ready")
    def ready() -> str:
        return "ok"

    return app


def create_app() -> Flask:
    """Served as the service is; ``bench.desk`` starts both."""
    app = plain_app()
    call = load_call(read_settings().calls_dir / f"{CALL}.toml")
    titles = {section.key: (section.short or section.title).in_language("fi") for section in call.sections}

    @app.get("/luettelo")
    def applications() -> str:
        found = _found(call)
        [(count, counted, requested)] = found.select(
            fn.COUNT(Listed.id),
            fn.SUM(Listed.is_counted.cast("integer")),
            fn.SUM(peewee.Case(None, [(Listed.is_counted, Listed.requested)], 0)),
        ).tuples()
        page = request.args.get("sivu", 1, int)
        order = _SORTS[request.args.get("jarjestys", "")]
        ids = [listed for (listed,) in found.select(Listed.id).order_by(*order).paginate(page, PER_PAGE).tuples()]
        rows = found.where(Listed.id.in_(ids)).order_by(*order).tuples()
        return render_template(
            "list.html",
            rows=list(rows),
            figures=(count, counted or 0, requested or 0, _drafts(call)),
            page=page,
            pages=-(-count // PER_PAGE),
            titles=titles,
            closes=call.closes,
        )

    @app.get("/yleiskuva")
    def overview() -> str:
        return render_template("overview.html", **_overview(call), titles=titles, drafts=_drafts(call))

    return app


def _euros(amount: int) -> str:
    return f"{amount:,} €".replace(",", _NBSP)


def _moment(at: datetime) -> str:
    local = in_helsinki(at)
    return f"{local.day}.{local.month}.{local.year} klo {local:%H.%M}"


def _drafts(call: Call) -> int:
    sent = Submission.select().where(Submission.application == Application.id)
    return int(Application.select().where(Application.call_key == call.key, ~fn.EXISTS(sent)).count())


def _found(call: Call) -> Any:
    is_completion = fn.EXISTS(CompletionRequest.select().where(CompletionRequest.answered_by == Submission.id))
    query = (
        Listed.select(
            Application.reference,
            Listed.provider_name,
            Listed.areas,
            Listed.requested,
            Listed.costs,
            Submission.version,
            Submission.sent_at,
            Submission.language,
            Application.touched_at,
            Submission.recorded_at,
            Handling.withdrawn_at,
            Listed.is_counted,
            Listed.is_one_of_several,
            Handling.case_number,
            Officer.email,
            Handling.document_on,
            Handling.document_version,
            is_completion,
        )
        .join(Submission)
        .switch(Listed)
        .join(Application)
        .join(Handling, peewee.JOIN.LEFT_OUTER, on=Handling.application == Application.id)
        .join(Officer, peewee.JOIN.LEFT_OUTER, on=Handling.handler == Officer.id)
        .where(Listed.call_key == call.key, Listed.is_current == True)  # noqa: E712
    )
    if request.args.get("tila") == "myohassa":
        query = query.where((Submission.sent_at > call.closes) & ~is_completion)
    if request.args.get("asiakirja") == "puuttuu":
        query = query.where(Handling.document_on.is_null() & Handling.withdrawn_at.is_null())
    if words := request.args.get("haku"):
        query = query.where(search.matching(words) | Handling.case_number.contains(words))
    return query


def _overview(call: Call) -> dict[str, Any]:
    """The sums of the overview's tables, over the same rows."""
    current: Any = Listed.select(Listed.provider).where(Listed.call_key == call.key, Listed.is_current == True)  # noqa: E712
    rows: Any = (
        Listed.select(Listed.provider, Listed.provider_name, Listed.requested, Listed.areas, Submission.sent_at)
        .join(Submission, on=(Submission.application == Listed.application) & (Submission.version == 1))
        .where(Listed.call_key == call.key, Listed.is_counted == True)  # noqa: E712
        .tuples()
    )
    assert call.provider_question
    register = call.provider_question.providers
    applications: Counter[str] = Counter()
    requested: Counter[str] = Counter()
    came: dict[tuple[bool, datetime], int] = defaultdict(int)
    providers = []
    closing_day = in_helsinki(call.closes).date()
    for provider, name, amount, areas, sent_at in rows:
        listed = register.get(provider or "")
        providers.append((-amount, listed.name.in_language("fi") if listed else name, listed and listed.business_id))
        for key, part, _ in areas:
            applications[key] += 1
            requested[key] += part
        local = in_helsinki(sent_at)
        hour = local.hour if local.date() == closing_day else 0
        came[sent_at > call.closes, local.replace(hour=hour, minute=0, second=0, microsecond=0)] += 1
    listed_ids = {business_id for _, _, business_id in providers}
    absent = [provider for provider in register.find("", "fi") if provider.business_id not in listed_ids]
    missing = [provider.business_id for provider in absent]
    return {
        "count": current.count(),
        "counted": len(providers),
        "requested": -sum(amount for amount, _, _ in providers),
        "appropriation": call.appropriation,
        "areas": [(key, applications[key], requested[key]) for key in applications],
        "periods": [
            (is_late, start, start + timedelta(hours=1), start.date() == closing_day, number)
            for (is_late, start), number in sorted(came.items())
        ],
        "providers": sorted(providers, key=lambda line: line[:2]),
        "absent": absent,
        "withdrawn": {provider for (provider,) in current.where(Listed.provider.in_(missing)).tuples()},
        "all": len(register),
    }
