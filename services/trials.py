"""A version of a call tried as an applicant: a call of its own beside the others, which nobody finds by its key.

Its applications carry that key, so that lists, sums, exports and reminders, which all ask for a call's own, never have
them.
"""

from datetime import timedelta

from forms.definition import Call
from forms.texts import LANGUAGES, Text, msg
from language import localise, speaking

KEPT = timedelta(days=14)
"""How long after its beginning a try is kept, sent or not."""

_SIGN = "~"
"""Before the version's id. No call's own key has it."""
_PREFIX = "KOE"


def key_of(version_id: int) -> str:
    """The key under which a version is tried."""
    return f"{_SIGN}{version_id}"


def version_in(key: str) -> int | None:
    """The opposite; None for the key of a call."""
    return int(key[1:]) if key.startswith(_SIGN) else None


def as_tried(call: Call, key: str) -> Call:
    """The same call under that key; its name says on every page and paper what it is."""
    titles = {}
    for language in LANGUAGES:
        with speaking(language):
            titles[language] = str(localise(msg("KOKEILU: %(call)s", call=call.title)))
    return call.model_copy(update={"key": key, "reference_prefix": _PREFIX, "title": Text(titles)})
