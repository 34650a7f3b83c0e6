"""What is said of a wrong call's file: every fault with its line, its question and what to do."""

import shutil
import tomllib
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po

from forms.call_file import CallSource, load_call, read_call
from forms.faults import MOST, UNKNOWN, CallFileError
from tests.conftest import ROOT
from tests.test_call_file import REAL
from tests.test_languages import in_toml


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the real call to spoil."""
    target = tmp_path / "calls"
    shutil.copytree(ROOT / "calls", target)
    return target


def faults(folder: Path, old: str, new: str) -> str:
    """What is said of the real call after one change in it."""
    path = folder / REAL.name
    text = path.read_text()
    assert old in text, old
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(CallFileError) as error:
        load_call(path)
    return str(error.value)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('key = "q4"', 'key = "q5"', ["331: kysymys q5 (5), key: q5 on jo käytössä"]),
        ("number = 4\n", "number = 5\n", ["332: kysymys q5 (5), number: 5 on jo käytössä"]),
        ('section = "opetus"', 'section = "opetuss"', ["321: kysymys q4 (4), section: Nimeä opetuss", "opetus?"]),
        ("limit = 2500", "limit = 0", ["323: kysymys q4 (4), limit: Luvun pitää olla suurempi kuin 0."]),
        ("limit = 2500", "limit = 9999999", ["323: kysymys q4 (4), limit: Luku saa olla enintään 100000."]),
        ("limit = 2500", f"limit = {'9' * 99}", ["323: kysymys q4 (4), limit: Luku on liian suuri."]),
        ("limit = 2500", f"limit = {'9' * 9999}", ["323: Luku on liian suuri."]),
        ("limit = 2500", "limit = 2021-02-30", ["323: Riviä ei voi lukea"]),
        ("limit = 2500", "limit = 1.5", ["323: kysymys q4 (4), limit: Tässä pitää olla kokonaisluku"]),
        ("appropriation = 15_000_000", "appropriation = 0", ["33: appropriation: Luvun pitää olla suurempi kuin 0."]),
        ("limit = 2500", "limitt = 2500", ["323: kysymys q4 (4), limitt: Nimeä limitt ei ole. Tarkoititteko limit?"]),
        ('kind = "text"', 'kind = "teksti"', ["322: kysymys q4 (4), kind: Nimeä teksti", "Tarkoititteko text?"]),
        ('kind = "text"', 'kind = "x"', ["322: kysymys q4 (4), kind: Nimeä x ei ole", "Nimet ovat amounts, areas"]),
        ('kind = "text"\n', "", ["318: kysymys q4 (4), kind: Tieto puuttuu. Lisätkää se."]),
        ('kind = "row_above"', 'kind = "row_abov"', ["788: 2. sääntö (row_abov), kind: Nimeä", "row_above?"]),
        (
            'rows = "kustannukset"',
            'rows = "kustannus"',
            ["358: kysymys q7 (7), rows: Nimeä kustannus", "set?"],
        ),
        (
            'questions = ["q7", "q8"]',
            'questions = ["q7", "q999"]',
            ["784: 1. sääntö (equal_totals), questions.2: Nimeä"],
        ),
        (
            'questions = ["q15", "q16"]',
            'questions = ["q15", "q4"]',
            ["q4 laji on text", "vain laji amounts"],
        ),
        (
            'questions = ["q7", "q8"]',
            'questions = ["q7", "q7"]',
            ["784: 1. sääntö", "q7 on tässä kahdesti"],
        ),
        (
            'questions = ["q7", "q8"]',
            'questions = ["q7"]',
            ["784: 1. sääntö (equal_totals), questions.2: Tieto"],
        ),
        ('row = "oma"', 'row = "omma"', ["797: 3. sääntö (share), row: Nimeä omma", "Tarkoititteko oma?"]),
        ("above = 0", 'above = "x"', ["791: 2. sääntö (row_above), above: Tässä pitää olla kokonaisluku"]),
        ("closes = 2021-05-17", "closes = 2020-05-17", ["30: closes: Hakuaika päättyy ennen kuin se alkaa."]),
        ("closes = 2021-05-17", "closes = 0001-05-17", ["30: closes: Vuosi ei voi olla oikein."]),
        (
            'email = "kirjaamo@minedu.fi"',
            'email = "kirjaamo"',
            ["48: registry.email: kirjaamo ei ole"],
        ),
        (
            'register = "providers-2021.csv"',
            'register = "none.csv"',
            ["278: kysymys q1 (1), register: Luetteloa none"],
        ),
        (
            'register = "providers-2021.csv"',
            'register = "../none.csv"',
            ["278: kysymys q1 (1), register: Luetteloa"],
        ),
        ("closes = 2021-05-17T16:15:00", "closes = ", ["30: Riviä ei voi lukea."]),
        (
            "closes = 2021-05-17T16:15:00",
            "closes 2021-05-17T16:15:00",
            ["30: Nimen jälkeen pitää olla"],
        ),
        ('fi = "Strategiarahoitus 2021"', 'fi = "Strategiarahoitus 2021', ["39: Tekstissä on rivinvaihto"]),
        (
            'severity = { missing = "error" }',
            'severity = { mising = "error" }',
            ["324: kysymys q4 (4), severity: Nimeä mising", "Tarkoititteko missing?"],
        ),
        (
            'severity = { missing = "error" }',
            'severity = { missing = "eror" }',
            ["324: kysymys q4 (4), severity.missing: Nimeä eror ei ole. Tarkoititteko error?"],
        ),
        ("closes = 2021-05-17T16:15:00", "closes = 2021-05-17", ["30: closes: Tässä pitää olla päivä ja kellonaika"]),
        ("opens = 2021-04-19T00:00:00", "opens = 5", ["29: opens: Tässä pitää olla päivä ja kellonaika"]),
        ('key = "henkilosto"', 'key = "rev"', ["152: rows.kustannukset.1.key: Käyttäkää pieniä kirjaimia"]),
        ('key = "q4"', 'key = "kieli"', ["319: kysymys kieli (4), key: Kysymyksen tunnus on q ja numero"]),
        (
            'reference_prefix = "SR21"',
            'reference_prefix = "sr"',
            ["25: reference_prefix: Käyttäkää 2–6 isoa"],
        ),
        (
            'key = "yhteenveto"',
            'key = "loppu"',
            ["143: sivu loppu, key: Viimeisen sivun tunnuksen pitää olla"],
        ),
        ('kind = "areas"', 'kind = "text"\nlimit = 5', ["osio opetus, area: Kysymys, jonka laji on areas, puuttuu."]),
        ('kind = "contact"', 'kind = "areas"', ["kysymys q3 (3), kind: Lajia areas voi olla vain yksi kysymys."]),
        ("[registry]", "[registryy]", ["47: registryy: Nimeä registryy ei ole. Tarkoititteko registry?"]),
        ('fi = "Strategiarahoitus 2021"\n', "", ["38: title: Teksti puuttuu kielellä fi."]),
        ('sv = "Strategifinansiering 2021"\n', "", ["38: title: Teksti puuttuu kielellä sv."]),
        ('sv = "Strategifinansiering 2021"\n', 'sv = "  "\n', ["38: title: Teksti puuttuu kielellä sv."]),
        (
            'sv = "Strategifinansiering 2021"\n',
            'sw = "Strategifinansiering"\n',
            ["38: title: Kieltä sw ei ole."],
        ),
    ],
)
def test_a_fault_names_place_and_remedy(folder: Path, old: str, new: str, words: list[str]) -> None:
    said = faults(folder, old, new)
    for word in words:
        assert word in said, said
    assert all(line.startswith(f"{REAL.name}:") for line in said.splitlines()), said


def test_all_faults_come_at_once_in_the_order_of_the_file(folder: Path) -> None:
    """Those of fields, and those between parts that can be read beside them; each once."""
    path = folder / REAL.name
    text = path.read_text().replace("limit = 2500", "limit = -1").replace("number = 5\n", "number = 6\n")
    path.write_text(text.replace("closes = 2021", "closes = 2020").replace('["q7", "q8"]', '["q4", "q8x"]'))
    with pytest.raises(CallFileError) as error:
        load_call(path)
    assert [fault.line for fault in error.value.faults] == [30, 323, 345, 416, 499, 566, 673, 784]
    assert "Nimeä q8x ei ole. Tarkoititteko q8?" in str(error.value.faults[-1])


def test_a_fault_is_said_once(tmp_path: Path) -> None:
    """A list is not called empty because its only part is at fault, nor a set of rows once for each who names it."""
    path = tmp_path / "text.toml"
    text = (ROOT / "tests/calls/text.toml").read_text()
    path.write_text(text.replace('kind = "text"', 'kind = "teksti"'))
    with pytest.raises(CallFileError) as error:
        load_call(path)
    assert len(error.value.faults) == 1
    path.write_text(f"questions = []\n{text.partition('[[questions]]')[0]}")
    with pytest.raises(CallFileError) as error:
        load_call(path)
    assert str(error.value) == "text.toml:1: questions: Lista on tyhjä. Lisätkää vähintään yksi."
    rules = (ROOT / "tests/calls/rules.toml").read_text()
    path.write_text(rules.replace("[[rows.kulut]]\nkey =", "[[rows.kulut]]\nkeyy ="))
    with pytest.raises(CallFileError) as error:
        load_call(path)
    assert {fault.where for fault in error.value.faults} == {"rows.kulut.1.keyy", "rows.kulut.2.keyy"}


def test_so_many_faults_as_anybody_reads(tmp_path: Path) -> None:
    path = tmp_path / "text.toml"
    text = (ROOT / "tests/calls/text.toml").read_text()
    path.write_text(text + "".join(f"[[questions]]\nkey = 'x{number}'\n" for number in range(400)))
    with pytest.raises(CallFileError) as error:
        load_call(path)
    assert len(error.value.faults) == MOST + 1
    assert "Muita virheitä on vielä" in str(error.value.faults[-1])


def test_a_broken_register_is_named_with_all_its_lines(folder: Path) -> None:
    path = folder / "providers-2021.csv"
    path.write_text(
        "business_id,name_fi,name_sv\n0201256-6,Helsingin kaupunki,\n1234567-8,Väärä tunnus,\n"
        "0201256-6,Kahdesti,\n0208589-6\n0208589-6,,Åbo\n"
    )
    with pytest.raises(CallFileError) as error:
        load_call(folder / REAL.name)
    assert str(error.value).splitlines() == [
        "providers-2021.csv:3: 1234567-8 ei ole Y-tunnus. Kirjoittakaa se muodossa 1234567-8.",
        "providers-2021.csv:4: 0201256-6 on jo käytössä. Antakaa toinen.",
        "providers-2021.csv:5: Sarakkeet pitää olla business_id, name_fi, name_sv, ja jokaisella rivillä yhtä monta.",
        "providers-2021.csv:6: Järjestäjän nimi puuttuu sarakkeesta name_fi. Lisätkää se.",
    ]
    for content, line, words in (
        (b"", 1, "ei ole yhtään järjestäjää"),
        (b"\n\xff", 2, "ei ole UTF-8-muotoa"),
        (b"tunnus,nimi\n0201256-6,Helsinki\n", 1, "Sarakkeet pitää olla business_id, name_fi, name_sv"),
        (b"business_id,name_fi\n\n\n0201256-7,Helsinki\n", 4, "0201256-7 ei ole Y-tunnus"),
        (b'business_id,name_fi\n0201256-6,"' + b"x" * 200_000, 2, "ei ole CSV-muotoa"),
    ):
        path.write_bytes(content)
        with pytest.raises(CallFileError, match=words) as error:
            load_call(folder / REAL.name)
        assert error.value.faults[0].spot == f"providers-2021.csv:{line}"


def answers_to_nothing() -> Iterator[tuple[str, Any]]:
    """The small calls, each with one of its values replaced by one that fits nowhere; places alike are tried once."""
    tried = set()

    def places(node: Any, names: tuple[str, ...]) -> Iterator[tuple[Any, int | str, tuple[str, ...]]]:
        for step, part in node.items() if isinstance(node, dict) else enumerate(node):
            kind = node.get("kind", "") if isinstance(node, dict) else ""
            inner = (*names, *([f"{kind}.{step}"] if isinstance(step, str) else []))
            yield node, step, inner
            if isinstance(part, dict | list):
                yield from places(part, inner)

    for file in sorted(ROOT.glob("tests/calls/*.toml")):
        data = tomllib.loads(file.read_text())
        for node, step, names in list(places(data, ())):
            if names in tried:
                continue
            tried.add(names)
            kept = node[step]
            for wrong in (-5, 1.5, float("nan"), True, "x", "", [], [1], {}, {"x": 1}, date(2021, 1, 1), 10**9):
                node[step] = wrong
                yield f"{names}: {wrong!r}", data
            node[step] = kept
            if isinstance(step, str):
                del node[step]
                yield f"{names}: nothing", data
                node[step] = kept


def test_no_english_comes_out_whatever_stands_where() -> None:
    """Pydantic has words of its own for each fault that it finds; an officer reads ours."""
    catalogue = read_po(BytesIO((ROOT / "translations/sv/LC_MESSAGES/messages.po").read_bytes()))
    ours = {message.id for message in catalogue}
    register = {"three-providers.csv": (ROOT / "tests/calls/three-providers.csv").read_bytes()}
    refused = 0
    for what, data in answers_to_nothing():
        text = "\n".join(f"{name} = {in_toml(value)}" for name, value in data.items())
        try:
            read_call(CallSource("väärä.toml", text.encode(), register))
        except CallFileError as error:
            refused += 1
            for fault in error.faults:
                assert fault.message.original in ours, (what, fault)
                assert fault.message.original != UNKNOWN.original, (what, fault)
                assert fault.line or what.endswith("nothing"), (what, fault)
    assert refused > 1000
