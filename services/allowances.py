"""How much of an application may be sent at an instant: all of it, what the ministry asks for, or nothing."""

from dataclasses import dataclass
from datetime import datetime

from forms.answers import Answers, with_asked_only
from models.application import Application
from models.handling import CompletionRequest, Handling
from models.submission import Submission
from services import completion
from services.context import calls, closing_of


@dataclass(frozen=True)
class Allowance:
    """What may be sent at one instant, and until when. Whoever looks at it later asks anew."""

    has_opened: bool
    has_closed: bool
    """Whether it is too late for sending all of it."""
    closes: datetime
    """The last instant for that: the call's, or the application's own where it was extended."""
    request: CompletionRequest | None = None
    """The completion request that waits for an answer."""
    is_request_open: bool = False
    """Whether it is still in time."""
    withdrawn_at: datetime | None = None

    @property
    def is_of_asked_only(self) -> bool:
        """Whether the asked questions may be sent and nothing else."""
        return self.has_closed and self.is_request_open and self.withdrawn_at is None

    @property
    def can_send(self) -> bool:
        return self.has_opened and self.withdrawn_at is None and (not self.has_closed or self.is_request_open)

    @property
    def until(self) -> datetime:
        """The last instant for whatever may be sent."""
        return self.request.until if self.request and self.is_of_asked_only else self.closes

    def to_send(self, saved: Answers, sent: Answers | None) -> Answers:
        """The answers that a sending takes now, of those that are saved and those of the current version."""
        if self.request is None or sent is None or not self.is_of_asked_only:
            return saved
        return with_asked_only(sent, saved, self.request.questions)


def of(application: Application, sent: Submission | None, at: datetime) -> Allowance:
    """What may be sent of an application whose current version is ``sent``."""
    call = calls()[application.call_key]
    has_opened = calls().has_opened(call, at)
    has_closed = calls().has_closed(call, at, application.sending_until)
    if sent is None:
        # The desk knows nothing of drafts, so there is nothing to be looked up at every save of one.
        return Allowance(has_opened, has_closed, closing_of(application))
    request = completion.waiting(application)
    handling = Handling.get_or_none(Handling.application == application)
    return Allowance(
        has_opened,
        has_closed,
        closing_of(application),
        request,
        is_request_open=request is not None and at <= request.until,
        withdrawn_at=handling.withdrawn_at if handling else None,
    )
