"""The check that anybody can make: whether a reference and a fingerprint belong to a sent version, and to which."""

import hmac
import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import segno

from models.submission import Submission
from services import drafts, submissions
from services.context import settings

FINGERPRINT_SIGNS = 64
_FINGERPRINT = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class Found:
    """All that is told of a version to whoever has its reference and fingerprint."""

    reference: str
    version: int
    sent_at: datetime
    is_current: bool


@dataclass(frozen=True)
class Code:
    """What leads from a printed document to its check."""

    page: str
    """The page's address, for people to type."""
    address: str
    """The same with reference and fingerprint in it."""
    picture: str
    """That address as a QR code: a PNG in a ``data:`` address, since a document fetches nothing.
    It has no border: there must be white paper around it."""


def code(submission: Submission) -> Code:
    page = f"{settings().base_url}/tarkistus"
    question = {"tunnus": submission.application.reference, "sormenjalki": submission.fingerprint}
    address = f"{page}?{urlencode(question)}"
    return Code(page, address, segno.make_qr(address, error="m").png_data_uri(scale=5, border=0))


def plain_reference(typed: str) -> str:
    """A reference as it is kept, from one that was read off paper: with other dashes, with blanks, or with neither.

    The hyphen's place is told by the signs behind it, so that a call whose file is gone is no hindrance.
    """
    signs = re.sub("[^A-Z0-9]", "", typed.upper())
    return f"{signs[: -drafts.SIGNS_AFTER_PREFIX]}-{signs[-drafts.SIGNS_AFTER_PREFIX :]}"


def plain_fingerprint(typed: str) -> str:
    """A fingerprint as it is kept; documents print it in groups, and telephones begin with a capital letter."""
    return "".join(typed.split()).lower()


def is_fingerprint(text: str) -> bool:
    return _FINGERPRINT.fullmatch(text) is not None


def find(reference: str, fingerprint: str) -> Found | None:
    """The version of a reference, however typed, that has this fingerprint (``is_fingerprint``).

    Fingerprints are compared in constant time.
    """
    sent = submissions.versions_of_reference(plain_reference(reference))
    # Every version is looked at, so that the time tells nothing of which one it was.
    matching = [version for version in sent if hmac.compare_digest(version.fingerprint, fingerprint)]
    # What was only tried was never sent to anybody.
    if not matching or matching[0].application.tried_by_id is not None:
        return None
    known = matching[0]
    return Found(known.application.reference, known.version, known.sent_at, known is sent[0])


def read_record(document: bytes) -> tuple[str, str] | None:
    """Reference and fingerprint of a record's file, known or not; None for what is no record.

    An editor may have laid it out anew, so the fingerprint is that of its canonical form. A name that stands twice in
    one object makes it no record: readers differ in which of the two they show, and only one would be vouched for.
    """
    try:
        record = json.loads(
            document.decode("utf-8-sig"), object_pairs_hook=_each_name_once, parse_constant=_no_constant
        )
        fingerprint = submissions.fingerprint_of(record)
    except (ValueError, RecursionError):
        return None
    match record:
        # The file of everything typed has no version and no time of sending.
        case {"reference": str(reference), "version": _, "sent_at": _, "answers": _}:
            return reference, fingerprint
    return None


def _no_constant(name: str) -> None:
    """``NaN`` and ``Infinity``, which Python reads and JSON does not know."""
    raise ValueError(name)


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice")
    return found
