"""The commands of ``flask`` about calls: making their files, checking them, and what comes of their applications."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

import click
from flask import render_template
from flask.cli import AppGroup

import clock
from commands.words import helsinki
from forms.call_file import CallSource, expect_another, load_call, read_call, wrong_with
from forms.clean import clean_line
from forms.definition import Call
from forms.faults import CallFileError
from forms.kinds.contact import EmailError, email_advice, parse_email
from forms.kinds.period import parse_moment
from forms.next_call import names_in, renewed
from forms.question import UnreadableError
from forms.schema import schema_of_files
from forms.texts import LANGUAGES, SOURCE, Message, Text, msg
from language import gettext, localise, speaking
from models.database import database
from services import exports, retention, submissions
from services.context import calls
from services.exports.content import Export

call_group = AppGroup("call", help="Calls for applications.")

WITHOUT_SETTINGS = ("check", "copy", "new", "schema")
"""Commands that only look at files: they work where nothing else does, for it is how a broken file is found."""

in_language = click.option("--language", type=click.Choice(LANGUAGES), default=SOURCE, help="Of what is said.")


@call_group.command("check")
@click.argument("file", type=click.Path(path_type=Path))
@in_language
def check_call(file: Path, language: str) -> None:
    """Say all that is wrong with a call's FILE, or what it holds and which texts are not official."""
    with speaking(language):
        try:
            call = load_call(file)
        except CallFileError as error:
            _refuse(error)
        counts = {"questions": len(call.questions), "rules": len(call.rules)}
        words = gettext("ei virheitä. Kysymyksiä on %(questions)s ja sääntöjä %(rules)s.", **counts)
        click.echo(f"{file.name}: {words}")
        by_provenance: dict[str, list[str]] = {}
        for question in call.questions:
            by_provenance.setdefault(call.provenance_of(question), []).append(str(question.number))
        for provenance, numbers in sorted(by_provenance.items()):
            listed = gettext("kysymykset %(numbers)s", numbers=", ".join(numbers))
            click.echo(f"  {provenance}: {listed}")


def _refuse(error: CallFileError) -> NoReturn:
    for fault in error.faults:
        click.echo(localise(fault), err=True)
    raise click.exceptions.Exit(1)


@call_group.command("schema")
def show_schema() -> None:
    """Print the JSON Schema of calls' files, by which an editor helps to write one (docs/calls.md)."""
    click.echo(json.dumps(schema_of_files(), ensure_ascii=False, indent=2))


@call_group.command("new")
@click.argument("file", type=click.Path(path_type=Path))
@in_language
def new_call(file: Path, language: str) -> None:
    """Ask a few things and write the FILE of a small call, with comments, to go on from."""
    with speaking(language):
        _expect_free(file)
        answers = _ask()
        text = render_template("calls/new.toml", inline=_inline, entries=_entries, msg=msg, quoted=_quoted, **answers)
        _write(file, CallSource(file.name, f"{text}\n".encode()))
        click.echo(gettext("%(file)s on valmis muokattavaksi.", file=str(file)))


def _ask() -> dict[str, Any]:
    """What the template of a new call needs, from whoever sits there."""
    key = _prompt(gettext("Haun tunnus osoitteissa, esimerkiksi avustus-2027"), _of_call("key"))
    prefix = _prompt(gettext("Hakemusten tunnusten alku, esimerkiksi AV27"), _of_call("reference_prefix"))
    title = _text(gettext("Haun nimi"))
    opens = _prompt(gettext("Hakuaika alkaa, esimerkiksi 1.3.2027 klo 8.00"), _time)
    closes = _prompt(gettext("Hakuaika päättyy, esimerkiksi 31.3.2027 klo 16.15"), lambda typed: _later(typed, opens))
    email = _prompt(gettext("Kirjaamon sähköpostiosoite"), _email)
    areas: list[dict[str, Any]] = []
    while click.confirm(gettext("Lisätäänkö kehittämiskokonaisuus, jonka hakija voi valita?"), default=False):
        areas.append({"key": f"alue{len(areas) + 1}", "title": _text(gettext("Kehittämiskokonaisuuden nimi"))})
    return {
        "key": key,
        "reference_prefix": prefix,
        "title": title,
        "opens": opens.isoformat(),
        "closes": closes.isoformat(),
        "email": email,
        "areas": areas,
        "sections": areas or [{"key": "hanke", "title": msg("Hanke")}],
    }


def _prompt(question: str, read: Callable[[str], Any]) -> Any:
    return click.prompt(question, value_proc=read)


def _later(typed: str, than: datetime) -> datetime:
    time = _time(typed)
    if time <= than:
        raise click.BadParameter(gettext("Hakuaika päättyy ennen kuin se alkaa. Tarkistakaa päivät."))
    return time


def _text(question: str) -> Text:
    return Text({language: _prompt(f"{question} ({language})", clean_line) for language in LANGUAGES})


def _quoted(text: str) -> str:
    """A text as TOML has it, which is as JSON has it."""
    return json.dumps(text, ensure_ascii=False)


def _in_each(text: Text | Message) -> list[str]:
    """A text of the call, or of the program, as entries of TOML."""
    entries = []
    for language in LANGUAGES:
        with speaking(language):
            entries.append(f"{language} = {_quoted(localise(text))}")
    return entries


def _inline(text: Text | Message) -> str:
    return f"{{ {', '.join(_in_each(text))} }}"


def _entries(text: Text | Message) -> str:
    return "\n".join(_in_each(text))


def _of_call(name: str) -> Callable[[str], str]:
    """Reads what must be as a field of the call is."""

    def read(typed: str) -> str:
        if wrong := wrong_with(name, typed):
            raise click.BadParameter(localise(wrong))
        return typed

    return read


def _email(typed: str) -> str:
    try:
        return parse_email(typed)
    except EmailError as error:
        raise click.BadParameter(localise(email_advice())) from error


def _time(typed: str) -> datetime:
    """A day and clock time as a call's file has them, without a zone."""
    try:
        return parse_moment(typed).replace(tzinfo=None)
    except UnreadableError as error:
        raise click.BadParameter(str(localise(error.advice))) from error


@call_group.command("copy")
@click.argument("source", metavar="FROM", type=click.Path(path_type=Path))
@click.argument("target", metavar="TO", type=click.Path(path_type=Path))
@click.option("--year", required=True, type=click.IntRange(2000, 2099), help="In which the new call opens.")
@click.option("--key", help="Of the new call, where the old one does not name its year.")
@click.option("--prefix", "reference_prefix", help="Of the new references, where the old one does not end in its year.")
@click.option("--opens", type=click.DateTime(["%Y-%m-%dT%H:%M:%S"]), help="Helsinki time; else the same day.")
@click.option("--closes", type=click.DateTime(["%Y-%m-%dT%H:%M:%S"]), help="Helsinki time; else the same day.")
@in_language
def copy_call(source: Path, target: Path, year: int, language: str, **given: Any) -> None:
    """Make the call FROM into the file TO of another year, comments kept; say which lines still need a look."""
    with speaking(language):
        _expect_free(target)
        try:
            old = CallSource.from_path(source)
            call = read_call(old)
        except CallFileError as error:
            _refuse(error)
        names = replace(names_in(call, year), **{name: value for name, value in given.items() if value is not None})
        text, mentions = renewed(old.text.decode("utf-8-sig"), call, year, names)
        _write(target, CallSource(target.name, text.encode(), old.registers))
        click.echo(gettext("%(file)s on valmis muokattavaksi.", file=str(target)))
        if mentions:
            click.echo(gettext("Näillä riveillä puhutaan vielä vanhasta hausta. Tarkistakaa ne:"))
        for mention in mentions:
            click.echo(f"{target.name}:{mention.line}: {mention.text[:100]}")


def _expect_free(file: Path) -> None:
    if file.exists():
        raise click.ClickException(gettext("%(file)s on jo olemassa. Antakaa toinen nimi.", file=str(file)))


def _write(file: Path, source: CallSource) -> None:
    """Put a call's file and its registers into place, if it is one that can run beside the others of the folder."""
    try:
        expect_another(file.name, read_call(source), _others(file.parent))
    except CallFileError as error:
        _refuse(error)
    for name, content in source.registers.items():
        if not (file.parent / name).exists():
            _put(file.parent / name, content)
    _put(file, source.text)


def _others(folder: Path) -> Iterator[Call]:
    for path in folder.glob("*.toml"):
        with suppress(CallFileError):
            yield load_call(path)


def _put(file: Path, content: bytes) -> None:
    """Write a file whole or not at all, and never over another."""
    begun = file.with_name(f"{file.name}.part")
    begun.write_bytes(content)
    try:
        os.link(begun, file)
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from error
    finally:
        begun.unlink()


def _call(key: str) -> Call:
    call = calls().get(key)
    if call is None:
        raise click.ClickException(f"There is no call {key}.")
    return call


@call_group.command("export")
@click.argument("key")
@click.option("--format", "kind", required=True, type=click.Choice(list(exports.FORMATS)))
@click.option("--out", required=True, type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.option("--without-contacts", is_flag=True, help="Without contact details, in documents too.")
@click.option("--language", type=click.Choice(LANGUAGES), default=SOURCE, help="Of heads and labels.")
def export_call(key: str, kind: str, out: Path, without_contacts: bool, language: str) -> None:
    """Write the current versions of all applications of the call KEY into a file."""
    # A file that is only begun must not be taken for a whole one.
    begun = out.with_name(f"{out.name}.part")
    with database.connection_context():
        call = _call(key)
        with begun.open("w+b") as file:
            which = submissions.current(call)
            with click.progressbar(length=len(which), label="Applications") as bar:
                export = Export(call, which, language, not without_contacts, on_progress=lambda *_: bar.update(1))
                left = exports.write(export, kind, file)
    begun.replace(out)
    click.echo(f"{len(which)} applications in {out}.")
    if left.cut:
        click.echo(f"{left.cut} cells too long for the format are cut, with a mark; CSV and JSON have them whole.")
    for reference in left.missing:
        click.echo(f"{reference} has no document in it: it could not be made.")


@call_group.command("handled")
@click.argument("key")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The day in Finland; without it, now.")
@click.option("--reopen", is_flag=True, help="It is not: what is not erased yet stays.")
def end_handling(key: str, on: datetime | None, reopen: bool) -> None:
    """Note that the applications of the call KEY are handled; their contact details go some time after."""
    with database.connection_context():
        call = _call(key)
        if reopen:
            retention.reopen(call)
            click.echo(f"{key} is being handled; nothing more is erased.")
            return
        try:
            retention.end_handling(call, on.replace(tzinfo=clock.HELSINKI) if on else clock.now())
        except retention.NotClosedError as error:
            raise click.ClickException(f"{key} closes only {helsinki(call.closes)}.") from error
        until = retention.contact_until(call)
        assert until
        click.echo(f"Contact details of {key} are erased from {helsinki(until)} on.")
