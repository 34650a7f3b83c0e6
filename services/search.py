"""Finding applications by words of what was sent. All that one database knows and another does not is in here.

What a word is, is said here alone, so that both find the same: letters and digits, without case and diacritics.
"""

import re
from collections.abc import Iterable, Iterator

import peewee
import snowballstemmer

from forms.register import fold
from models.database import database, is_postgresql
from models.handling import Listed

_texts = peewee.Table("listed_text")
_STEMMERS = [snowballstemmer.stemmer("finnish"), snowballstemmer.stemmer("swedish")]
_SHORTEST_STEM = 4
# What the stemmer leaves of -minen and -us, whose forms differ behind it: yhdistymi|nen, yhdistymi|sten, koulutu|ksen.
_LEFT = re.compile(r"(?<=m)i[ns]t?$|(?<=[uy])k?s$")
# Consonants that change with the form, before the last vowels of a stem: helsi|nki – helsi|ngin, tu|rku – tu|run.
_GRADES = [("nk", "ng"), ("nt", "nn"), ("mp", "mm"), ("lk", "l"), ("lt", "ll"), ("rk", "r"), ("rt", "rr"), ("t", "d")]
_VOWELS = "aeiouyäö"
# PostgreSQL takes no longer words than 2 kB.
_WORD = re.compile(r"[^\W_]{1,200}")


def index(submission_id: int, texts: Iterable[str]) -> None:
    """Take the words of a version in, in place of those it had."""
    forget([submission_id])
    words = _WORD.findall(fold(" ".join(texts)))
    if is_postgresql():
        sql = "INSERT INTO listed_text(rowid, words) VALUES (%s, array_to_tsvector(%s::text[]))"
        database.execute_sql(sql, (submission_id, sorted(set(words))))
    else:
        database.execute_sql("INSERT INTO listed_text(rowid, words) VALUES (?, ?)", (submission_id, " ".join(words)))


def forget(submission_ids: Iterable[int]) -> None:
    _texts.delete().where(_texts.c.rowid.in_(list(submission_ids))).execute(database)


def matching(query: str) -> "peewee.Expression | None":
    """The condition that a listed version has all words of a query, in any form; None for a query without words."""
    wanted = [_forms(word) for word in _WORD.findall(query.lower())]
    if not wanted:
        return None
    if is_postgresql():
        sql = "(SELECT rowid FROM listed_text WHERE words @@ CAST(%s AS tsquery))"
        beginning, either, every = "'{}':*", " | ", " & "
    else:
        sql = "(SELECT rowid FROM listed_text WHERE listed_text MATCH ?)"
        beginning, either, every = '"{}"*', " OR ", " AND "
    words = every.join(f"({either.join(map(beginning.format, forms))})" for forms in wanted)
    return Listed.submission.in_(peewee.SQL(sql, (words,)))


def _forms(word: str) -> list[str]:
    """What begins with a word or with its stem: *yhdistyminen* finds *yhdistymisten*, *Helsinki* *Helsingin*."""
    stems = {_LEFT.sub("", stemmer.stemWord(word)) for stemmer in _STEMMERS}
    forms = {word, *(form for stem in stems for form in _grades(stem) if len(form) >= _SHORTEST_STEM)}
    return sorted(fold(form) for form in forms)


def _grades(stem: str) -> Iterator[str]:
    """A stem, and with the other grade of its last consonants."""
    yield stem
    body = stem.rstrip(_VOWELS)
    for strong, weak in _GRADES:
        for here, there in ((strong, weak), (weak, strong)):
            if body.endswith(here):
                yield body.removesuffix(here) + there + stem[len(body) :]
