"""Files that are attached: taken, looked at, named in the record, handed out and kept as long as they must be."""

import hashlib
import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from PIL import Image
from pypdf import PdfWriter
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from models.attached_file import AttachedFile
from models.event import Event
from services import erasure, exports, submissions
from services.attachments import file_name
from services.drafts import find
from services.exports.content import Export
from tests.applicant import Applicant
from tests.desk import signed_in
from tests.forms_of_pages import parse, text_of


def pdf(password: str = "") -> bytes:
    document, out = PdfWriter(), BytesIO()
    document.add_blank_page(200, 200)
    if password:
        document.encrypt(password)
    document.write(out)
    return out.getvalue()


def image(kind: str) -> bytes:
    out = BytesIO()
    Image.new("RGB", (20, 20), "navy").save(out, kind)
    return out.getvalue()


PDF = pdf()


@pytest.fixture
def applicant(small: Callable[..., Applicant]) -> Applicant:
    return small("attachment")


def multipart(fields: dict[str, Any]) -> dict[str, Any]:
    """A body in memory; the client itself would leave a large one's file open."""
    boundary, body = encode_multipart(fields)
    return {"data": body, "content_type": f"multipart/form-data; boundary={boundary}"}


def attach(applicant: Applicant, content: bytes, name: str = "Talousarvio 2022.pdf", htmx: bool = False) -> Any:
    form = applicant.form("Tallenna")
    form.data.poplist("q1.tiedosto")
    sent = multipart({**form.data.to_dict(), "q1.tiedosto": FileStorage(BytesIO(content), name)})
    if htmx:
        return applicant.client.post(form.action, **sent, headers={"HX-Request": "true"})
    return applicant.post(form.action, **sent)


def file_of(applicant: Applicant, content: bytes) -> Any:
    digest = hashlib.sha256(content).hexdigest()
    return applicant.client.get(f"/hakemus/{applicant.reference}/liite/{digest}")


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (PDF, "Talousarvio 2022.pdf", "application/pdf"),
        (image("PNG"), "kuva.png", "image/png"),
        (image("JPEG"), "kuva.JPEG", "image/jpeg"),
    ],
)
def test_a_file_is_kept_and_handed_out_as_it_came(
    applicant: Applicant, content: bytes, name: str, media_type: str
) -> None:
    attach(applicant, content, name)
    assert f"{name} (1 kt)" in applicant.text
    got = file_of(applicant, content)
    assert got.data == content
    assert got.mimetype == media_type
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert f"Talousarvio {name} (1 kt)" in applicant.go("yhteenveto").text


@pytest.mark.parametrize(
    ("content", "advice"),
    [
        (b"MZ" + b"\0" * 100, "ei ole PDF-tiedosto eikä kuva"),
        (b"<svg onload=alert(1)>", "ei ole PDF-tiedosto eikä kuva"),
        (b"", "ei ole PDF-tiedosto eikä kuva"),
        (b"%PDF-1.7 \xff\xff", "Tiedostoa ei voi avata."),
        (image("PNG")[:60], "Tiedostoa ei voi avata."),
        (pdf("salainen"), "suojattu salasanalla"),
        (PDF + b"\n" * 1_000_000, "liian suuri: enintään 1 Mt"),
    ],
)
@pytest.mark.parametrize("htmx", [False, True])
def test_a_wrong_file_is_told_and_the_kept_one_stays(
    applicant: Applicant, content: bytes, advice: str, htmx: bool
) -> None:
    attach(applicant, PDF)
    answer = attach(applicant, content, "väärä.pdf", htmx)
    words = text_of(parse(answer.text, fragment=True)) if htmx else applicant.text
    assert advice in words
    assert "Talousarvio 2022.pdf (1 kt)" in words
    assert "Talousarvio 2022.pdf" in applicant.go("hakemus").text
    assert advice not in applicant.text


def test_by_htmx_the_place_of_the_file_follows(applicant: Applicant) -> None:
    fragment = parse(attach(applicant, PDF, htmx=True).text, fragment=True)
    place = next(node for node in fragment.iter("div") if node.get("id") == "q1-tiedot")
    assert "Talousarvio 2022.pdf (1 kt) Poista tiedosto" in text_of(place)
    assert {node.get("type") for node in place.iter("input")} == {"hidden"}


def test_a_file_is_taken_off_and_comes_back_from_earlier_answers(applicant: Applicant) -> None:
    attach(applicant, PDF)
    applicant.press("Poista tiedosto")
    assert "Talousarvio 2022.pdf" not in applicant.text
    assert "Talousarvio 2022.pdf" in applicant.get(f"/hakemus/{applicant.reference}/aiemmat/q1").text
    assert file_of(applicant, PDF).status_code == 200


def test_two_peoples_files_are_both_kept_and_one_is_chosen(applicant: Applicant) -> None:
    other = image("PNG")
    form = applicant.form("Tallenna")
    sent = multipart({**form.data.to_dict(), "q1.tiedosto": FileStorage(BytesIO(other), "toisen.png")})
    attach(applicant.go("hakemus"), PDF)
    applicant.post(form.action, **sent)
    assert applicant.status == 409
    assert "toisen.png (1 kt)" in applicant.text
    assert "Talousarvio 2022.pdf (1 kt)" in applicant.text
    applicant.press("Tallenna oma vastaukseni")
    assert "toisen.png (1 kt)" in applicant.go("yhteenveto").text
    assert {file_of(applicant, content).status_code for content in (PDF, other)} == {200}


def test_another_file_of_the_same_name_is_a_change(applicant: Applicant) -> None:
    attach(applicant, PDF).go("yhteenveto").send()
    attach(applicant.go("hakemus"), PDF + b"\n")
    applicant.go("yhteenveto").send("Lähetä uudelleen")
    words = applicant.get(f"/hakemus/{applicant.reference}/muutokset/1/2").text
    assert "poistettu: Talousarvio 2022.pdf (1 kt)" in words
    assert "lisätty: Talousarvio 2022.pdf (1 kt)" in words


def test_a_save_without_a_file_leaves_the_kept_one(applicant: Applicant) -> None:
    attach(applicant, PDF)
    applicant.press("Tallenna").press("Tallenna")
    assert "Talousarvio 2022.pdf" in applicant.text


def test_nobody_names_a_file_that_is_not_the_applications(applicant: Applicant) -> None:
    digest = hashlib.sha256(PDF).hexdigest()
    applicant.press(
        "Tallenna", {"q1.tiiviste": digest, "q1.nimi": "muiden.pdf", "q1.koko": "1", "q1.laji": "text/html"}
    )
    assert "muiden.pdf" not in applicant.text
    attach(applicant, PDF)
    applicant.press("Tallenna", {"q1.nimi": "<toinen>.html", "q1.laji": "text/html", "q1.koko": "x"})
    assert "Talousarvio 2022.pdf (1 kt)" in applicant.text
    applicant.client.delete_cookie("istunto")
    assert file_of(Applicant(applicant.client.application).get(applicant.address), PDF).status_code == 403


@pytest.mark.both
def test_the_record_has_the_file_and_whoever_takes_the_application_gets_it(applicant: Applicant) -> None:
    attach(applicant, PDF)
    applicant.go("yhteenveto").send()
    assert "Hakemus on lähetetty" in applicant.text
    assert "Lataa tiedosto" in applicant.text
    home = f"/hakemus/{applicant.reference}"
    record = json.loads(applicant.client.get(f"{home}/versio/1/tietue.json").text)
    digest = hashlib.sha256(PDF).hexdigest()
    expected = {"tiiviste": digest, "nimi": "Talousarvio 2022.pdf", "koko": str(len(PDF)), "laji": "application/pdf"}
    assert record["answers"]["q1"] == expected
    call = applicant.client.application.extensions["calls"].get("attachment")
    with applicant.client.application.test_request_context():
        out = BytesIO()
        exports.write(Export(call, submissions.current(call), "fi"), "zip", out)
        archive = ZipFile(out)
        name = next(name for name in archive.namelist() if name.endswith("-1-Talousarvio 2022.pdf"))
        assert archive.read(name) == PDF
        assert digest in archive.read("luettelo.csv").decode()
    taken = ZipFile(BytesIO(applicant.client.get(f"{home}/tiedot.zip").data))
    assert [taken.read(name) for name in taken.namelist() if name.endswith("-liite-1-Talousarvio 2022.pdf")] == [PDF]


def test_files_go_with_their_draft(applicant: Applicant) -> None:
    attach(applicant, PDF)
    application = find(applicant.reference)
    assert application is not None
    assert AttachedFile.select().count() == 1
    assert erasure.delete_draft(application)
    assert AttachedFile.select().count() == 0


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("C:\\Users\\aino\\Talous.PDF", "Talous.PDF"),
        ("../../etc/passwd", "passwd.pdf"),
        ("", "liite.pdf"),
        ("kuva.png", "kuva.png.pdf"),
        ('a"b<c>:d.pdf', "a-b-c--d.pdf"),
        ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
    ],
)
def test_names_are_those_that_any_computer_takes(given: str, name: str) -> None:
    assert file_name(given, "application/pdf") == name


def test_an_officer_gets_the_file_and_it_is_on_record(applicant: Applicant) -> None:
    attach(applicant, PDF)
    applicant.go("yhteenveto").send()
    officer = signed_in(applicant.client.application)
    page = officer.get(f"/virkailija/attachment/{applicant.reference}/")
    assert page.page is not None
    link = next(node.get("href") for node in page.page.iter("a") if text_of(node) == "Lataa tiedosto")
    answer = officer.client.get(link)
    assert answer.data == PDF
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert Event.select().where(Event.kind == "seen attachment").count() == 1


def test_a_post_may_be_large_only_where_files_come(applicant: Applicant, tmp_path: Path) -> None:
    body = multipart({"q1.tiedosto": FileStorage(BytesIO(b"x" * 4_000_000), "suuri.pdf")})
    assert applicant.client.post("/linkki", **body).status_code == 413
    assert "liian suuri" in attach(applicant, PDF + b"\n" * 4_000_000).text
