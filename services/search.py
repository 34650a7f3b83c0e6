"""Finding applications by words of what was sent. All that one database knows and another does not is in here."""

import re
from collections.abc import Iterable

import peewee
import snowballstemmer

from models.database import database
from models.handling import Listed

_STEMMERS = [snowballstemmer.stemmer("finnish"), snowballstemmer.stemmer("swedish")]
_SHORTEST_STEM = 4
# What the stemmer leaves of -minen and -us, whose forms differ behind it: yhdistymi|nen, yhdistymi|sten, koulutu|ksen.
_LEFT = re.compile(r"(?<=m)i[ns]t?$|(?<=[uy])k?s$")


def index(submission_id: int, texts: Iterable[str]) -> None:
    """Take the words of a version in, in place of those it had."""
    forget([submission_id])
    words = " ".join(texts).replace("\x00", " ")
    database.execute_sql("INSERT INTO listed_text(rowid, words) VALUES (?, ?)", (submission_id, words))


def forget(submission_ids: Iterable[int]) -> None:
    for submission_id in submission_ids:
        database.execute_sql("DELETE FROM listed_text WHERE rowid = ?", (submission_id,))


def matching(query: str) -> "peewee.Expression | None":
    """The condition that a listed version has all words of a query, in any form; None for a query without words."""
    wanted = " AND ".join(_forms(word) for word in re.findall(r"\w+", query.lower()))
    if not wanted:
        return None
    found = peewee.SQL("(SELECT rowid FROM listed_text WHERE listed_text MATCH ?)", (wanted,))
    return Listed.submission.in_(found)


def _forms(word: str) -> str:
    """What begins with a word or with its stem: *yhdistymis* and *yhdistyminen* find *yhdistymisten*."""
    stems = {_LEFT.sub("", stemmer.stemWord(word)) for stemmer in _STEMMERS}
    forms = {word, *(stem for stem in stems if len(stem) >= _SHORTEST_STEM)}
    return "(" + " OR ".join(f'"{form}"*' for form in sorted(forms)) + ")"
