"""What is kept, and nothing about what it means."""

from models.application import Answer, AnswerVersion, Application, Link, Presence
from models.attached_file import AttachedFile
from models.call import CallVersion
from models.event import Event
from models.figure import Figure
from models.handling import CallHandling, CompletionRequest, ExportJob, Handling, Listed, Note
from models.limit import RequestCount
from models.officer import Officer, OfficerSession, SignInFailure
from models.outbox import OutboxMail
from models.submission import Submission

ALL = [
    Officer,
    CallVersion,
    Application,
    Answer,
    AnswerVersion,
    AttachedFile,
    Link,
    Submission,
    OutboxMail,
    Presence,
    OfficerSession,
    SignInFailure,
    Event,
    Handling,
    Note,
    CompletionRequest,
    Listed,
    CallHandling,
    ExportJob,
    Figure,
    RequestCount,
]
"""Every table, parents first: what the migrations must add up to."""
