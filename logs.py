"""The log: an event a line on standard error, as a JSON object; in words where that is a terminal.

Nothing that people type gets there, nor tokens or addresses: events carry what is named for them, exceptions only their
kind and place, and what is left is masked.
"""

import logging
import re
import sys
from pathlib import Path
from smtplib import SMTPException
from traceback import extract_tb
from types import TracebackType
from typing import TextIO

import peewee
import structlog
from structlog.stdlib import BoundLogger, ProcessorFormatter
from structlog.typing import EventDict, WrappedLogger

from settings import ROOT

_TOKEN = re.compile(r"/(jatka|kayttoonotto)/(?!<)[^\s\"'?#]+")
_ADDRESS = re.compile(r"[^\s@<>\"',;:=]+@(?=[\w.-])")
_MOST_FRAMES = 12
_FIRST = ("timestamp", "level", "event")
"""The names by which a line begins."""


def configure() -> None:
    """Once a process; again it changes nothing."""
    structlog.configure(
        processors=[*_chain(), ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=BoundLogger,
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(handler(sys.stderr))
        root.setLevel(logging.INFO)


def get(name: str) -> BoundLogger:
    """A module's log. Events are told in the past tense, with what is to be known of them by name."""
    log: BoundLogger = structlog.get_logger(name)
    return log


def handler(stream: TextIO) -> logging.Handler:
    """What writes to a stream, also what libraries log."""
    writes: structlog.typing.Processor
    if stream.isatty():
        writes = structlog.dev.ConsoleRenderer()
    else:
        writes = structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
    made = logging.StreamHandler(stream)
    made.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=_chain(), processors=[ProcessorFormatter.remove_processors_meta, _mask, writes]
        )
    )
    return made


def domain(address: str) -> str:
    """All that the log says of an e-mail address."""
    return address.rpartition("@")[2].lower()


def _chain() -> list[structlog.typing.Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_words,
    ]


def _without_words(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """An exception as its kind and its place: its words may quote what somebody typed, or a row of the database."""
    given = event.pop("exc_info", None)
    error = given[1] if isinstance(given, tuple) else given if isinstance(given, BaseException) else None
    if given is True:
        error = sys.exc_info()[1]
    if error is not None:
        event["error"] = _told(error)
        event["at"] = _frames(error.__traceback__)
    return event


def _told(error: BaseException) -> str:
    """With what caused it. Of databases and files the words are told too: they know nothing of answers."""
    knows_nothing = isinstance(error, peewee.OperationalError | OSError) and not isinstance(error, SMTPException)
    told = f"{type(error).__name__}: {error}" if knows_nothing else type(error).__name__
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return f"{told}, after {_told(cause)}" if cause is not None else told


def _frames(traceback: TracebackType | None) -> str:
    """The innermost places, without their lines."""
    found = extract_tb(traceback)[-_MOST_FRAMES:]
    return ", ".join(f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in found)


def _short(filename: str) -> str:
    path = Path(filename)
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) and ".venv" not in path.parts else path.name


def _mask(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """For what libraries log of their own: no token of an address, of an e-mail address its domain."""
    for key, value in event.items():
        if isinstance(value, str) and ("/" in value or "@" in value):
            event[key] = _ADDRESS.sub("***@", _TOKEN.sub(r"/\1/***", value))
    return {**{name: event[name] for name in _FIRST if name in event}, **event}
