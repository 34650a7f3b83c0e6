"""The versions of calls: listed, brought as files, each looked at and taken along."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import PurePath

from flask import abort, flash, make_response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from forms import register
from forms.call_changes import compare
from forms.call_text import MOST_BYTES
from forms.clean import clean_line
from forms.definition import Call
from forms.faults import CallFileError, Fault
from forms.texts import Message, msg
from language import localise
from models.call import CallVersion
from services import call_versions, publishing, trials
from services.accounts import Role
from services.context import calls
from views.desk.access import bp, me, needs

PATH = "/hakujen-versiot"
ONE = f"{PATH}/<call_key>/<int:number>"

_AROUND = 2
"""Lines shown before and after one that is at fault."""
_MOST_SIGNS = 300
"""Of a line that is shown."""


@bp.get(PATH)
def call_version_list() -> str:
    found = call_versions.everything()
    titles = {key: call.title for key in found if (call := calls().get(key))}
    return render_template("desk/call_versions.html", found=found, titles=titles)


@dataclass
class Line:
    """A line of a file, with what is wrong in it."""

    number: int
    text: str
    faults: list[str] = field(default_factory=list)


@dataclass
class FaultyFile:
    """What is wrong with a file: as a whole, and in runs of its lines."""

    name: str
    faults: list[str]
    runs: list[list[Line]]


@bp.route(f"{PATH}/uusi", methods=["GET", "POST"])
@needs(Role.ADMIN)
def add_call_version() -> ResponseReturnValue:
    """A file becomes a version that nobody has published yet, if nothing is wrong with it."""
    if request.method == "GET":
        return _upload_page()
    file = request.files.get("haku")
    if file is None or not file.filename:
        return _upload_page(msg("Valitkaa haun tiedosto."))
    # One byte more than is taken tells that a file is too large.
    text = file.stream.read(MOST_BYTES + 1)
    beside = (one for one in request.files.getlist("luettelot") if one.filename)
    registers = {_name(one): one.stream.read(register.MOST_BYTES + 1) for one in beside}
    try:
        read = call_versions.read_upload(_name(file), text, registers)
        version, is_new = publishing.propose(read, me())
    except CallFileError as error:
        lines = {name: _text(content).splitlines() for name, content in registers.items()}
        # As each reader counts lines.
        return _upload_page(faulty=_faulty(error.faults, {**lines, _name(file): _text(text).split("\n")}))
    said = msg("Versio %(number)s on lisätty. Sitä ei ole vielä julkaistu.", number=version.number)
    if not is_new:
        said = msg("Tiedosto on sama kuin versiossa %(number)s.", number=version.number)
    return done(version, said)


def done(version: CallVersion, said: Message) -> Response:
    """Back to the page of a version."""
    flash(str(localise(said)))
    return redirect(url_for("desk.call_version", call_key=version.call_key, number=version.number), 303)


def _name(file: FileStorage) -> str:
    """What a file is called, without a path, which some programs send before it."""
    return clean_line(PurePath((file.filename or "").replace("\\", "/")).name)[-200:] or "haku.toml"


def _upload_page(advice: Message | None = None, faulty: list[FaultyFile] | None = None) -> Response:
    page = render_template(
        "desk/add_call_version.html",
        advice={"haku": advice} if advice else {},
        faulty=faulty or [],
        count=sum(len(one.faults) + sum(len(line.faults) for run in one.runs for line in run) for one in faulty or []),
        most=MOST_BYTES,
        most_of_register=register.MOST_BYTES,
    )
    return make_response(page, 422 if advice or faulty else 200)


def _text(content: bytes) -> str:
    return content.decode("utf-8-sig", errors="replace")


def _faulty(faults: Iterable[Fault], lines: Mapping[str, list[str]]) -> list[FaultyFile]:
    """Each file with its faults beside its lines."""
    by_file: dict[str, list[Fault]] = {}
    for fault in faults:
        by_file.setdefault(fault.file, []).append(fault)
    return [_faulty_file(name, found, lines.get(name, [])) for name, found in by_file.items()]


def _faulty_file(name: str, faults: list[Fault], lines: list[str]) -> FaultyFile:
    said: dict[int, list[str]] = {}
    whole = []
    for fault in faults:
        # Names of the file stand in it, whatever signs they have.
        words = clean_line(str(localise(fault.text)))
        if fault.line is None or fault.line > len(lines):
            whole.append(words)
        else:
            said.setdefault(fault.line, []).append(words)
    shown = {number for line in said for number in range(line - _AROUND, line + _AROUND + 1)}
    runs: list[list[Line]] = []
    for number in sorted(shown & set(range(1, len(lines) + 1))):
        if not runs or runs[-1][-1].number != number - 1:
            runs.append([])
        runs[-1].append(Line(number, clean_line(lines[number - 1])[:_MOST_SIGNS], said.get(number, [])))
    return FaultyFile(name, whole, runs)


@bp.errorhandler(413)
def files_too_large(error: HTTPException) -> ResponseReturnValue:
    """Said of files: the service's own page speaks of texts that were not saved."""
    if request.endpoint != "desk.add_call_version":
        return error
    # Refused before anything else, so that nobody is known here: the page has nothing of the desk.
    return make_response(
        render_template("desk/files_too_large.html", most=MOST_BYTES, most_of_register=register.MOST_BYTES), 413
    )


def version_or_404(call_key: str, number: int) -> CallVersion:
    return call_versions.find(call_key, number) or abort(404)


def call_of_or_404(version: CallVersion) -> Call:
    """What a version says; nothing where this program can't read what an older one took."""
    try:
        return call_versions.call_of(version)
    except CallFileError:
        abort(404)


@bp.get(f"{ONE}/")
def call_version(call_key: str, number: int) -> str:
    """One version: what changed in it, where it can be looked at, and what can be done with it."""
    version = version_or_404(call_key, number)
    before = call_versions.before(version)
    call = call_of_or_404(version)
    return render_template(
        "desk/call_version.html",
        call=call,
        version=version,
        state=next(one.state for one in call_versions.everything()[call_key] if one.version.number == number),
        before=before,
        changes=compare(call_of_or_404(before), call, version.moves) if before else [],
        days_tried=trials.KEPT.days,
        may_publish=current_user.role.may(Role.ADMIN),
    )


@bp.get(f"{ONE}/tiedosto/<name>")
def call_version_file(call_key: str, number: int, name: str) -> Response:
    """The call's file as it came, or a register beside it."""
    source = call_versions.source_of(version_or_404(call_key, number))
    content = {**source.registers, source.name: source.text}.get(name)
    if content is None:
        abort(404)
    # A plain text whatever is in it: no browser makes a page of it.
    return send_file(BytesIO(content), "text/plain; charset=utf-8", as_attachment=True, download_name=name)
