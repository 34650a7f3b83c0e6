"""Who else is in an application, and what they have changed meanwhile: told, never locked."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.application import Answer, Application, Presence
from models.database import database

_ALIVE = timedelta(seconds=50)
"""A page says that it is open every twenty seconds; one that missed two is taken as closed."""


@dataclass(frozen=True)
class Others:
    """What others do in an application, as seen from one page."""

    are_here: bool
    changed: list[str]
    """Keys of questions that another page has saved since this one was loaded."""


def note(application: Application, page: str, browser: str, at: datetime) -> None:
    """Somebody has a page of the application open."""
    with database.atomic():
        gone = at - timedelta(days=1)
        Presence.delete().where(Presence.application == application, Presence.seen_at < gone).execute()
        page_of = (Presence.application == application) & (Presence.page == page)
        if not Presence.update(seen_at=at).where(page_of).execute():
            row = Presence.insert(application=application, page=page, browser=browser, seen_at=at)
            row.on_conflict_ignore().execute()


def others(application: Application, page: str, browser: str, since: datetime, at: datetime) -> Others:
    """What the page of a browser, loaded at ``since``, should say of others."""
    are_here = (
        Presence.select()
        .where(
            Presence.application == application,
            Presence.browser != browser,
            Presence.seen_at > at - _ALIVE,
        )
        .exists()
    )
    changed = Answer.select(Answer.question).where(
        Answer.application == application, Answer.saved_at > since, Answer.writer != page
    )
    return Others(are_here, [answer.question for answer in changed])
