"""The event log as it is read: what was done and seen at the desk, by whom, newest first, in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import peewee

import clock
from forms.texts import Message, msg
from models.application import Application
from models.event import Event
from models.officer import Officer
from services import accounts, check, drafts
from services.context import calls

PER_PAGE = 50
SERVER = "palvelin"
"""In the place of an officer's address: what was done by commands on the server."""
DONE, SEEN = "tehdyt", "avatut"
"""In the place of a kind: all acts, all pages opened."""

ACTS = {
    "signed_in": msg("Kirjautui sisään"),
    "signed_out": msg("Kirjautui ulos"),
    "account_invited": msg("Lisäsi käyttäjätunnuksen"),
    "account_set_up": msg("Otti käyttäjätunnuksen käyttöön"),
    "account_role_changed": msg("Muutti roolia"),
    "account_renewed": msg("Lähetti uuden käyttöönottolinkin"),
    "account_disabled": msg("Poisti käyttäjätunnuksen käytöstä"),
    "completion_asked": msg("Pyysi täydennystä"),
    "extended": msg("Antoi lisäaikaa"),
    "accepted_late": msg("Otti myöhästyneen vastaan"),
    "withdrawn": msg("Merkitsi perutuksi"),
    "withdrawal_undone": msg("Kumosi perumisen"),
    "link_mailed": msg("Lähetti hakijalle linkin"),
    "case entered": msg("Muutti käsittelyn tietoja"),
    "document entered": msg("Merkitsi asiakirjan saapuneeksi"),
    "document taken back": msg("Poisti merkinnän asiakirjasta"),
    "note added": msg("Lisäsi muistiinpanon"),
    "chosen to count": msg("Valitsi hakemuksen summiin"),
    "exported": msg("Vei hakemuksia tiedostoon"),
    "restored": msg("Palautti tietokannan varmuuskopiosta"),
    "handling_ended": msg("Merkitsi käsittelyn päättyneeksi"),
    "handling_reopened": msg("Kumosi käsittelyn päättymisen"),
    "call_version_added": msg("Lisäsi haun version"),
    "call_tried": msg("Kokeili hakua hakijana"),
    "call_published": msg("Julkaisi haun"),
    "call_taken_back": msg("Perui haun julkaisun"),
}
PAGES = {
    "home": msg("Haut"),
    "sessions": msg("Kirjautumiset"),
    "set_up": msg("Käyttäjätunnuksen käyttöönotto"),
    "account_list": msg("Käyttäjätunnukset"),
    "add_account": msg("Lisää käyttäjätunnus"),
    "account": msg("Yksi käyttäjätunnus"),
    "events": msg("Tapahtumaloki"),
    "applications": msg("Hakemukset"),
    "overview": msg("Yleiskuva"),
    "show_figures": msg("Luvut"),
    "call_handling": msg("Käsittely"),
    "export_form": msg("Vienti"),
    "export_state": msg("Viennin tila"),
    "export_file": msg("Viety tiedosto"),
    "application": msg("Hakemus"),
    "document": msg("PDF"),
    "attachment": msg("Liite"),
    "changes": msg("Muutokset"),
    "ask_completion": msg("Pyydä täydennystä"),
    "extend": msg("Anna lisäaikaa"),
    "accept_late": msg("Ota myöhästyneet muutokset vastaan"),
    "accept_late_draft": msg("Ota myöhästynyt hakemus vastaan"),
    "withdraw": msg("Merkitse perutuksi"),
    "mail_link": msg("Lähetä hakijalle uusi linkki"),
    "call_version_list": msg("Hakujen versiot"),
    "add_call_version": msg("Lisää haun versio"),
    "call_version": msg("Haun versio"),
    "call_version_file": msg("Haun tiedosto"),
    "preview_form": msg("Esikatselu: lomake"),
    "preview_summary": msg("Esikatselu: yhteenveto"),
    "preview_document": msg("Esikatselu: PDF"),
    "preview_mail": msg("Esikatselu: viesti"),
    "publish_call": msg("Julkaise versio"),
    "mail_link_by_reference": msg("Lähetä hakijalle uusi linkki tunnuksella"),
}
"""The pages that can be opened, by endpoint."""
_SEEN = "seen "
KINDS = ACTS | {f"{_SEEN}{page}": msg("Avasi sivun: %(page)s", page=name) for page, name in PAGES.items()}
"""What an event is, by the kind it is kept as."""
_DETAILS = {
    "account_invited": msg("Rooli: %(role)s."),
    "account_role_changed": msg("Rooli: %(role)s."),
    "completion_asked": msg("Vastattava viimeistään %(until)s."),
    "extended": msg("Voi lähettää %(until)s asti."),
    "withdrawn": msg("Pyynnön päivä %(asked_on)s."),
    "link_mailed": msg("Osoite: %(to)s."),
    "document entered": msg("Saapunut %(arrived_on)s, versio %(version)s."),
    "handling_ended": msg("Päättynyt %(ended_on)s."),
    "call_published": msg("Versio %(version)s, voimassa %(since)s alkaen."),
    "call_version_added": msg("Versio %(version)s."),
    "call_tried": msg("Versio %(version)s."),
    "call_taken_back": msg("Versio %(version)s."),
    "exported": msg("Muoto %(kind_of_file)s, hakemuksia %(count)s, %(with_contacts)s."),
}
_WORDS: dict[str, dict[Any, Message]] = {
    "role": dict(accounts.ROLES),
    "to": {"contact": msg("yhteyshenkilön"), "other": msg("muu kuin yhteyshenkilön")},
    "with_contacts": {True: msg("yhteystiedot mukana"), False: msg("ilman yhteystietoja")},
}


@dataclass(frozen=True)
class View:
    """One way to look at the log; what is empty leaves nothing out."""

    officer: str = ""
    """An address, or SERVER."""
    kind: str = ""
    """One of KINDS, DONE or SEEN."""
    reference: str = ""
    """As it was typed."""
    day: date | None = None
    """In Finland."""
    before: int | None = None
    """The number of an event: those that came earlier. Pages that go by it stay as they are while the log grows."""


@dataclass(frozen=True)
class Line:
    number: int
    at: datetime
    officer: str | None
    """Their address; None for a command on the server."""
    kind: Message | str
    details: Message | str
    reason: str
    reference: str | None
    account: str | None
    """To whose account it was done."""
    call_title: Any


@dataclass(frozen=True)
class Page:
    lines: list[Line]
    older: int | None
    """Before which number the next page begins; None on the last one."""


def look(view: View) -> Page:
    """A page of the log."""
    rows = list(found(view).order_by(Event.id.desc()).limit(PER_PAGE + 1))
    lines = list(_lines(rows[:PER_PAGE]))
    return Page(lines, lines[-1].number if len(rows) > PER_PAGE else None)


def found(view: View) -> "peewee.ModelSelect[Event]":
    """The events of a view, in no order yet."""
    query = (
        Event.select(Event, Officer.email, Application.reference)
        .join(Officer, peewee.JOIN.LEFT_OUTER)
        .switch(Event)
        .join(Application, peewee.JOIN.LEFT_OUTER)
    )
    if view.officer:
        officer = Officer.get_or_none(Officer.email == view.officer.lower())
        is_hers = Event.officer.is_null() if view.officer == SERVER else Event.officer == (officer or _NONE)
        query = query.where(is_hers)
    if view.kind:
        query = query.where(_is_of_kind(view.kind))
    if view.reference:
        query = query.where(Event.application == (drafts.find(check.plain_reference(view.reference)) or _NONE))
    if view.day:
        begins, ends = (datetime.combine(day, time.min, clock.HELSINKI) for day in (view.day, view.day + _DAY))
        query = query.where(Event.at >= begins, Event.at < ends)
    if view.before:
        query = query.where(Event.id < view.before)
    return query


_DAY = timedelta(days=1)
_NONE = 0
"""The number of nothing."""


def _is_of_kind(kind: str) -> Any:
    is_seen = Event.kind.startswith(_SEEN)
    # Both are read from the newest on, where a page of them is soon together; by the index all would have to be sorted.
    return {SEEN: is_seen, DONE: ~is_seen}.get(kind, Event.kind == kind)


def _lines(events: list[Event]) -> Iterator[Line]:
    for event in events:
        call = calls().get(event.call_key) if event.call_key else None
        yield Line(
            number=event.id,
            at=event.at,
            officer=event.officer.email if event.officer else None,
            kind=KINDS.get(event.kind, event.kind),
            details=_in_words(event.kind, event.details),
            reason=event.reason,
            reference=event.application.reference if event.application else None,
            account=event.details.get("account"),
            call_title=call.title if call else event.call_key,
        )


def _in_words(kind: str, details: dict[str, Any]) -> Message | str:
    """The facts of an event; those before facts were kept by name have none."""
    if kind not in _DETAILS or not details:
        return ""
    return msg(_DETAILS[kind].original, **{name: _shown(name, value) for name, value in details.items()})


def _shown(name: str, value: Any) -> Any:
    if name in _WORDS:
        return _WORDS[name][value]
    if name.endswith("_on"):
        return date.fromisoformat(value)
    return datetime.fromisoformat(value) if name in ("until", "since") else value
