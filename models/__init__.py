"""What is kept, and nothing about what it means."""

from models.application import Answer, AnswerVersion, Application, Event, Link, Presence
from models.outbox import OutboxMail
from models.submission import Submission

ALL = [Application, Answer, AnswerVersion, Link, Submission, OutboxMail, Presence, Event]
"""Every table, parents first: what the migrations must add up to."""
