"""Exports: what the ministry takes into its own systems, of the submissions that it chose.

Why each format is as it is: docs/decisions/0008-exports.md.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from services.exports import comma_separated, documents, records, workbook
from services.exports.content import Export, Left


@dataclass(frozen=True)
class Format:
    """A kind of file: how it is written, and what browsers are told of it."""

    write: Callable[[Export, BinaryIO], Left]
    mimetype: str


FORMATS = {
    "xlsx": Format(workbook.write, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": Format(comma_separated.write, "text/csv; charset=utf-8"),
    "json": Format(records.write, "application/json"),
    "zip": Format(documents.write, "application/zip"),
}
"""By the ending of the file's name."""


def write(export: Export, kind: str, out: BinaryIO) -> Left:
    """Write an export as a file of a kind of ``FORMATS``, and say what it does not have.

    ``out`` can be sought in, such as a temporary file: memory stays bounded whatever the number of applications. It
    takes as long as it takes; who must answer meanwhile does it elsewhere. Raises ExportError.
    """
    return FORMATS[kind].write(export, out)
