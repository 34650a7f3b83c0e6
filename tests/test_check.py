"""The public check: what anybody learns from a reference and a fingerprint, from a record's file, from paper."""

import hashlib
import json
import re
import subprocess
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode

import pytest
import segno
from flask import Flask
from pypdf import PdfReader

from tests.applicant import Applicant
from tests.conftest import need
from tests.forms_of_pages import text_of


@pytest.fixture
def twice(small: Callable[..., Applicant], at: Callable[[str], None]) -> Applicant:
    """Sent at 15.40.01, changed, and sent again at 15.42.07."""
    at("2021-05-17T15:40:01")
    applicant = small("contact").press("Tallenna", {"q1.nimi": "Aino Virta", "q1.sahkoposti": "aino@example.fi"})
    applicant.go("yhteenveto").send()
    at("2021-05-17T15:42:07")
    applicant.go("hakemus").press("Tallenna", {"q1.nimi": "Toinen Nimi"})
    return applicant.go("yhteenveto").send("Lähetä uudelleen")


@pytest.fixture
def anybody(twice: Applicant) -> Applicant:
    """Another browser, which has no link to anything."""
    return Applicant(twice.client.application)


def record(applicant: Applicant, version: int) -> bytes:
    """The record's file, as the applicant downloads it from the page of the version."""
    page = applicant.go(f"versio/{version}").page
    assert page is not None
    (address,) = [link.get("href") for link in page.iter("a") if text_of(link) == "Lataa tietue (.json)"]
    answer = applicant.client.get(address)
    assert answer.mimetype == "application/json"
    name = f"{applicant.reference}-versio-{version}.json"
    assert answer.headers["Content-Disposition"] == f"attachment; filename={name}"
    return bytes(answer.data)


def fingerprint(applicant: Applicant, version: int) -> str:
    """The fingerprint that the page of a version shows."""
    shown = re.search(r"\b[0-9a-f]{64}\b", applicant.go(f"versio/{version}").text)
    assert shown
    return shown[0]


def ask(reader: Applicant, reference: str, mark: str) -> str:
    reader.get("/tarkistus").press("Tarkista", {"tunnus": reference, "sormenjalki": mark})
    return reader.text


def gone_to(reader: Applicant) -> list[str | None]:
    """The fields that the page puts the cursor into."""
    assert reader.page is not None
    return [field.get("id") for field in reader.page.iter("input") if field.get("autofocus") is not None]


def ask_by_file(reader: Applicant, document: bytes) -> str:
    reader.post("/tarkistus", {"tiedosto": (BytesIO(document), "tietue.json")})
    return reader.text


def test_anybody_learns_which_version_it_is_and_no_more(twice: Applicant, anybody: Applicant) -> None:
    said = ask(anybody, twice.reference, fingerprint(twice, 2))
    assert "Versio 2 on voimassa" in said
    assert f"Tämä on hakemuksen {twice.reference} versio 2. Se on lähetetty 17.5.2021 klo 15.42.07" in said
    assert "Se on voimassa oleva versio." in said
    said = ask(anybody, twice.reference, fingerprint(twice, 1))
    assert "Versio 1 ei ole enää voimassa" in said
    assert "Se on lähetetty 17.5.2021 klo 15.40.01 (Suomen aikaa). Uudempi versio on korvannut sen." in said
    assert "15.42.07" not in said
    for text in ("Aino", "Toinen", "example.fi", "Pieni haku"):
        assert text not in said, text
    assert anybody.response is not None
    assert anybody.response.headers["X-Robots-Tag"] == "noindex"
    assert "Set-Cookie" not in anybody.response.headers
    anybody.get(f"/hakemus/{twice.reference}/versio/2/tietue.json")
    assert anybody.status == 403, "the check opens nothing"


def test_what_belongs_to_no_version_is_unknown(twice: Applicant, anybody: Applicant) -> None:
    mark = fingerprint(twice, 2)
    for reference, typed in (
        (twice.reference, "0" * 64),
        (twice.reference, mark[:-1] + ("0" if mark[-1] != "0" else "1")),
        ("SR21-2222222", mark),
        ("' or 1=1 --", mark),
        ("–", mark),
    ):
        said = ask(anybody, reference, typed)
        assert anybody.status == 200
        assert "Tuntematon Palvelussa ei ole lähetettyä hakemusta" in said
        assert "15.42" not in said
        assert anybody.value("tunnus") == reference


def test_it_is_typed_off_paper(twice: Applicant, anybody: Applicant) -> None:
    mark = fingerprint(twice, 2)
    grouped = " ".join(mark[start : start + 16] for start in range(0, 64, 16))
    for typed in (grouped, grouped.upper(), f" {mark[:16]}\u00a0{mark[16:]} "):
        assert "Versio 2 on voimassa" in ask(anybody, f" {twice.reference.lower()} ", typed)
    prefix, signs = twice.reference.split("-")
    # The dashes of word processors, blanks where a line broke, and what a telephone leaves out.
    for typed in (f"{prefix}–{signs}", f"{prefix}\u2011{signs}", f"{prefix} - {signs[:3]} {signs[3:]}", prefix + signs):
        assert f"Tämä on hakemuksen {twice.reference} versio 2." in ask(anybody, typed, mark), typed


def test_what_can_be_no_fingerprint_is_said(applicant: Applicant) -> None:
    only = "Sormenjäljessä on vain numeroita 0–9 ja kirjaimia a–f."
    ask(applicant, "", "")
    assert gone_to(applicant) == ["tunnus"]
    for reference, typed, advice in (
        ("", "0" * 64, "Kirjoittakaa hakemuksen tunnus."),
        ("SR21-2222222", "", "Kirjoittakaa sormenjälki."),
        ("SR21-2222222", "0" * 63, "Sormenjäljessä on 64 merkkiä. Kirjoititte 63 merkkiä."),
        ("SR21-2222222", "o" * 64, only),
        ("SR21-2222222", "٣" * 64, only),
    ):
        assert advice in ask(applicant, reference, typed)
        assert applicant.status == 422
        assert applicant.page is not None
        assert [title.text for title in applicant.page.iter("title")] == ["Virhe: Tarkista lähetetty hakemus"]
        assert (applicant.value("tunnus"), applicant.value("sormenjalki")) == (reference, typed)
        assert gone_to(applicant) == ["sormenjalki" if reference else "tunnus"]


def test_the_language_changes_and_what_was_typed_stays(twice: Applicant, anybody: Applicant) -> None:
    anybody.get("/tarkistus").press("På svenska", {"tunnus": "SR21-", "sormenjalki": "abc"})
    assert anybody.status == 200
    assert "Kontrollera en sänd ansökan" in anybody.text
    assert (anybody.value("tunnus"), anybody.value("sormenjalki")) == ("SR21-", "abc")
    anybody.press("Kontrollera", {"tunnus": twice.reference, "sormenjalki": fingerprint(twice, 2)})
    assert "Den sändes 17.5.2021 kl. 15.42.07 (finsk tid). Det är den gällande versionen." in anybody.text
    anybody.press("Suomeksi")
    assert "Versio 2 on voimassa" in anybody.text, "the answer is there in the other language"


def test_the_record_is_what_the_fingerprint_is_of(twice: Applicant, anybody: Applicant) -> None:
    document = record(twice, 2)
    assert hashlib.sha256(document).hexdigest() == fingerprint(twice, 2)
    assert b"Toinen Nimi" not in document
    assert "Versio 2 on voimassa" in ask_by_file(anybody, document)
    assert anybody.value("sormenjalki") == fingerprint(twice, 2)
    assert "Versio 1 ei ole enää voimassa" in ask_by_file(anybody, record(twice, 1))


def test_a_record_laid_out_anew_is_the_same_and_a_changed_one_is_not(twice: Applicant, anybody: Applicant) -> None:
    document = record(twice, 2)
    known = json.loads(document)
    laid_out = json.dumps(known, indent=4, ensure_ascii=True).replace("\n", "\r\n")
    assert "Versio 2 on voimassa" in ask_by_file(anybody, b"\xef\xbb\xbf" + laid_out.encode())
    known["sent_at"] = known["sent_at"].replace("07", "08")
    assert "Tuntematon Tiedoston sisältö ei vastaa mitään lähetettyä" in ask_by_file(
        anybody, json.dumps(known).encode()
    )
    assert "samat kuin asiakirjassa" not in anybody.text
    assert (anybody.value("tunnus"), anybody.value("sormenjalki")) == ("", ""), "nobody typed them"
    # Two texts under one name: some readers show the first, and the last alone would pass.
    doubled = b'{"answers":{"q4":"toinen teksti"},' + document[1:]
    assert "Tiedosto ei ole lähetetyn hakemuksen tietue." in ask_by_file(anybody, doubled)


def test_the_file_of_everything_typed_is_no_record(twice: Applicant, anybody: Applicant) -> None:
    typed = twice.client.get(f"/hakemus/{twice.reference}/hakemus.json").data
    advice = "Tiedosto ei ole lähetetyn hakemuksen tietue. Hakija voi ladata tietueen kuittauksesta."
    assert advice in ask_by_file(anybody, typed)
    assert anybody.status == 422


def test_what_is_no_record_is_said_so(make_app: Callable[..., Flask]) -> None:
    applicant = Applicant(make_app(body_bytes=300_000))
    for document in (
        b"",
        b"\xff\xfe\x00",
        b"%PDF-1.4",
        b"[1, 2]",
        b'"SR21-2222222"',
        b'{"reference": 1}',
        b'{"reference": "\\ud800"}',
        b"[" * 200_000,
        b'{"reference": "x", "n": ' + b"9" * 10_000 + b"}",
    ):
        assert "Tiedosto ei ole lähetetyn hakemuksen tietue." in ask_by_file(applicant, document), document[:40]
        assert applicant.status == 422
    applicant.get("/tarkistus").press("Tarkista tiedosto", {"tiedosto": ""})
    assert (applicant.status, "Valitkaa tiedosto." in applicant.text) == (422, True)


def test_too_large_a_file_is_no_text_to_shorten(make_app: Callable[..., Flask], language: str) -> None:
    reader = Applicant(make_app(body_bytes=300_000), language)
    said = ask_by_file(reader, b" " * 400_000)
    assert reader.status == 413
    advice = "Tiedosto on liian suuri: lähetetyn hakemuksen tietue on paljon pienempi."
    advice += " Valitkaa tietue, jonka hakija on ladannut kuittauksesta."
    assert reader.words(advice) in said
    assert gone_to(reader) == ["tiedosto"], "another one can be chosen at once"
    assert not re.search("tallenna |tallentakaa|hakemus on ennallaan|spara |oförändrad", said)


@pytest.fixture
def limited(small: Callable[..., Applicant]) -> Applicant:
    """Sent in a service that takes two unknown ones an hour."""
    sender = small("contact", link_requests="2 per hour")
    sender.press("Tallenna", {"q1.nimi": "Aino Virta", "q1.sahkoposti": "aino@example.fi"}).go("yhteenveto").send()
    return sender


def test_guessing_is_stopped_and_checking_is_not(limited: Applicant) -> None:
    mark, document = fingerprint(limited, 1), record(limited, 1)
    anybody = Applicant(limited.client.application)
    for status in (200, 200, 429):
        ask(anybody, limited.reference, "0" * 64)
        assert anybody.status == status
    for _ in range(3):
        assert "Versio 1 on voimassa" in ask(anybody, limited.reference, mark)
        assert "Versio 1 on voimassa" in ask_by_file(anybody, document)


def test_too_many_unknown_ones_are_no_lost_links(make_app: Callable[..., Flask], language: str) -> None:
    reader = Applicant(make_app(link_requests="1 per hour"), language)
    question = {"tunnus": "SR21-2222222", "sormenjalki": "0" * 64}
    reader.get(f"/tarkistus?{urlencode(question)}")
    title = reader.words("Liian monta yritystä")
    for said in (reader.get(f"/tarkistus?{urlencode(question)}").text, ask_by_file(reader, b"no record")):
        assert reader.status == 429
        assert said.startswith(f"{title}: {reader.words('Tarkista lähetetty hakemus')}")
        assert re.search(r"(Yrittäkää uudelleen|Försök på nytt) (\d+\.\d+\.\d+ )?kl(o|\.) \d\d\.\d\d\.", said)
        assert not re.search("Viesti|linkkejä|ennallaan|meddelande|länkar|oförändrad", said)
    reader.get(f"/tarkistus?{urlencode(question)}")
    assert (reader.value("tunnus"), reader.value("sormenjalki")) == tuple(question.values())


def test_files_that_are_known_are_not_counted_and_others_once(limited: Applicant) -> None:
    document = record(limited, 1)
    anybody = Applicant(limited.client.application)
    for _ in range(3):
        assert "Versio 1 on voimassa" in ask_by_file(anybody, document)
    for file, status in (
        (document.replace(b'"version":1', b'"version":2'), 200),
        (b"no record", 422),
        (b"no record", 429),
    ):
        ask_by_file(anybody, file)
        assert anybody.status == status


def code_on_first_page(document: bytes, modules: int, folder: Path) -> list[list[bool]]:
    """The modules of the QR code as they stand on paper: the printed page, looked at in the middle of each."""
    path = folder / "with-code.pdf"
    path.write_bytes(document)
    page = PdfReader(path).pages[0]
    places: list[list[float]] = []
    page.extract_text(visitor_operand_before=lambda op, _, cm, __: places.append(list(cm)) if op == b"Do" else None)
    ((width, _, _, height, left, bottom),) = places
    dots = 300 / 72
    top = float(page.mediabox.height) - bottom - height
    area = [str(round(number * dots)) for number in (left, top, width, height)]
    flags = [part for pair in zip(("-x", "-y", "-W", "-H"), area, strict=True) for part in pair]
    out = subprocess.run(
        [need("pdftoppm"), "-r", "300", "-gray", "-singlefile", *flags, path], capture_output=True, check=True
    ).stdout
    header = re.match(rb"P5\s+(\d+)\s+(\d+)\s+255\s", out)
    assert header
    columns, rows, pixels = int(header[1]), int(header[2]), out[header.end() :]

    def is_dark(row: int, column: int) -> bool:
        y, x = ((number + 0.5) / modules for number in (row, column))
        return pixels[int(y * rows) * columns + int(x * columns)] < 128

    return [[is_dark(row, column) for column in range(modules)] for row in range(modules)]


def test_the_code_on_the_first_page_leads_to_the_check(small: Callable[..., Applicant], tmp_path: Path) -> None:
    sender = small("contact", base_url="https://haku.example.fi")
    sender.press("Tallenna", {"q1.nimi": "Aino Virta", "q1.sahkoposti": "aino@example.fi"})
    home = f"/hakemus/{sender.reference}"
    draft = PdfReader(BytesIO(sender.client.get(f"{home}/yhteenveto.pdf").data))
    assert len(draft.pages[0].images) == 0, "a draft has nothing to check"
    sender.go("yhteenveto").send()
    question = {"tunnus": sender.reference, "sormenjalki": fingerprint(sender, 1)}
    expected = segno.make_qr(f"https://haku.example.fi/tarkistus?{urlencode(question)}", error="m")
    for name in ("yhteenveto.pdf", "saatekirje.pdf"):
        document = sender.client.get(f"{home}/versio/1/{name}").data
        assert "https://haku.example.fi/tarkistus" in PdfReader(BytesIO(document)).pages[0].extract_text()
        modules = [[bool(module) for module in row] for row in expected.matrix]
        assert code_on_first_page(document, len(modules), tmp_path) == modules
    anybody = Applicant(sender.client.application)
    assert "Versio 1 on voimassa" in anybody.get(f"/tarkistus?{urlencode(question)}").text
