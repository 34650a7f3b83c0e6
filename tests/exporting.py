"""Exports as whoever gets them opens them: by other programs, strictly."""

import csv
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from flask import Flask
from openpyxl import Workbook, load_workbook

from tests.applicant import CALL, Applicant


def exported(app: Flask, tmp_path: Path, kind: str, *options: str, call: str = CALL) -> bytes:
    """The file that the command writes."""
    out = tmp_path / f"export.{kind}"
    arguments = ["call", "export", call, "--format", kind, "--out", str(out), *options]
    result = app.test_cli_runner().invoke(args=arguments)
    assert result.exit_code == 0, result.output
    assert [path.name for path in tmp_path.glob("*.part")] == []
    return out.read_bytes()


def workbook(data: bytes) -> Workbook:
    """The workbook, in which no cell is a formula."""
    book = load_workbook(BytesIO(data))
    types = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert types <= {"s", "n", "d"}
    assert all(b"<f>" not in part for part in parts_of(data).values())
    return book


def parts_of(data: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rows_of(book: Workbook, title: str) -> list[dict[str, Any]]:
    head, *rows = book[title].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def lines_of(data: bytes) -> list[dict[str, str]]:
    """The lines of a CSV file, by the head of each column; every line has as many."""
    assert data.startswith(b"\xef\xbb\xbf")
    head, *lines = csv.reader(StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";", strict=True)
    assert len(set(head)) == len(head)
    return [dict(zip(head, line, strict=True)) for line in lines]


def sent(app: Flask, answers: dict[str, Any]) -> Applicant:
    applicant = Applicant(app).begin().fill(answers).send()
    assert "Hakemus on lähetetty" in applicant.text
    return applicant
