"""The printed summary as a document: pages, fonts, margins, bookmarks, and that no hostile answer spoils it."""

import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from lxml import etree
from playwright.sync_api import Page
from pypdf import PdfReader

from clock import HELSINKI
from forms.definition import Call
from forms.kinds.text import TextQuestion
from models.application import Application
from services import officers
from services.glyphs import MARK
from tests.accessibility.looks import open_areas, put
from tests.applicant import Applicant
from tests.browser import begin, press
from tests.conftest import need
from tests.service import Service
from tests.test_journey_http import expect_all_answers, pdf_text
from tests.words import compact

# Points: A4, with the margins of the page and those of head and foot.
WIDTH, HEIGHT = 595.3, 841.9
LEFT, RIGHT, TOP, BOTTOM = 56, WIDTH - 56, 31, HEIGHT - 25
SMALL = 8.5
CONTACT = {"q1.nimi": "Aino", "q1.tehtava": "Rehtori", "q1.puhelin": "0295330020", "q1.sahkoposti": "aino@example.fi"}
AREAS = ["opetus", "ymparistot", "tieto", "yhdistymiset", "kilpailut"]

LETTERS = "Sámi oahpahusguovddáš, Sääʹmjieʹll č đ ŋ ŧ ǩ ǥ ʒ, Привет, Łódź, Ωμέγα, → ✓ ≥ ½ ² ☑ VR\u2011hanke"
TYPED = {
    "q4": "x" * 2500,
    "q5": "\n".join(f"rivi {number}" for number in range(150)),
    "q6": "a" + "\n" * 1250 + "b",
    "q10": "Ammattikoulutuksenjärjestäjäverkostoyhteistyö" * 3 + " " + "________" * 200,
    "q12": LETTERS,
    "q13": "😀 ja ❤\ufe0f, ▪ luetelma, ammatti\u00adkoulutuk\u00adsen, Aurora\u200bAI",
    "q19": "- kohta\n      - sisennetty\n\n  2.  väli",
    "q11.0": "Pitkä nimi " * 300,
    "q2.nimi": "N" * 5000,
}


class Document:
    """A PDF as its reader has it."""

    def __init__(self, data: bytes, folder: Path) -> None:
        self.data = data
        self.path = folder / "document.pdf"
        self.path.write_bytes(data)
        self.reader = PdfReader(BytesIO(data))
        self.pages = len(self.reader.pages)
        self.text = pdf_text(data, folder)

    def _run(self, program: str, *options: str) -> str:
        command = [need(program), *options, str(self.path)]
        if program.startswith("pdfto"):
            command.append("-" if program == "pdftotext" else "-stdout")
        return subprocess.run(command, capture_output=True, check=True, text=True).stdout

    def page_texts(self) -> list[str]:
        """What stands on each page, head and foot too."""
        return self._run("pdftotext", "-layout").split("\f")[:-1]

    def words(self) -> Iterator[tuple[float, float, float, float, str]]:
        """Each word with its box: left, top, right, bottom in points."""
        page = etree.fromstring(self._run("pdftotext", "-bbox").encode(), etree.HTMLParser())
        for word in page.iter("word"):
            left, top, right, bottom = (float(word.get(side)) for side in ("xmin", "ymin", "xmax", "ymax"))
            yield left, top, right, bottom, word.text or ""

    def expect_within_margins(self) -> None:
        beyond = [
            (word, left, top)
            for left, top, right, bottom, word in self.words()
            if left < LEFT or right > RIGHT + 1 or top < TOP or bottom > BOTTOM
        ]
        assert beyond == []

    def smallest_type(self) -> float:
        """The size of the smallest type in points."""
        return min(bottom - top for _, top, _, bottom, word in self.words() if word.strip())

    def fonts_used(self) -> set[str]:
        drawn: set[str] = set()
        for page in self.reader.pages:
            page.extract_text(
                visitor_text=lambda text, _c, _t, font, _s: (
                    drawn.add(str(font["/BaseFont"])) if font and text.strip() else None
                )
            )
        return drawn

    def bookmarks(self) -> list[str]:
        def titles(items: list[Any]) -> Iterator[str]:
            for item in items:
                if isinstance(item, list):
                    yield from titles(item)
                else:
                    yield item.title

        return list(titles(self.reader.outline))


@pytest.fixture
def sent(app: Flask, answers: dict[str, Any]) -> Applicant:
    applicant = Applicant(app).begin().fill(answers)
    return applicant.send()


def printed(applicant: Applicant, folder: Path, version: int = 1) -> Document:
    return Document(
        applicant.client.get(f"/hakemus/{applicant.reference}/versio/{version}/yhteenveto.pdf").data, folder
    )


def draft_of(applicant: Applicant, folder: Path) -> Document:
    return Document(applicant.client.get(f"/hakemus/{applicant.reference}/yhteenveto.pdf?luonnos=1").data, folder)


def test_a_document_to_file(sent: Applicant, answers: dict[str, Any], call: Call, tmp_path: Path) -> None:
    document = printed(sent, tmp_path)
    expect_all_answers(document.text, answers, call, sent.words)
    information = document.reader.metadata
    assert information is not None
    assert information.title == f"Strategiarahoitus 2021 {sent.reference}"
    assert str(information.author) in document.text
    assert str(document.reader.root_object["/Lang"]) == "fi"
    assert document.bookmarks() == [
        "Strategiarahoitus 2021",
        *[section.title.in_language("fi") for section in call.sections],
    ]
    assert all("SourceSansPro" in font for font in document.fonts_used())
    document.expect_within_margins()
    assert document.smallest_type() == pytest.approx(SMALL)
    pages = document.page_texts()
    assert len(pages) == document.pages <= 14
    for number, text in enumerate(pages, start=1):
        assert f"Sivu {number}/{document.pages}" in text
        assert f"{sent.reference}, Versio 1" in text
        assert "LUONNOS" not in text


def test_a_long_name_leaves_the_head_as_it_is(small: Callable[..., Applicant], tmp_path: Path) -> None:
    applicant = small("choice").press("Tallenna", {"q1.muu": "Pitkänimisen alueen koulutuskuntayhtymä " * 7})
    document = draft_of(applicant, tmp_path)
    assert document.smallest_type() == pytest.approx(SMALL)
    assert all("…" in page[:300] for page in document.page_texts())


def test_a_tryout_says_so_on_paper(small: Callable[..., Applicant], tmp_path: Path) -> None:
    applicant = small("contact", tryout=True).press("Seuraava: Yhteenveto ja lähetys", CONTACT).send()
    for name in ("yhteenveto.pdf", "saatekirje.pdf"):
        data = applicant.client.get(f"/hakemus/{applicant.reference}/versio/1/{name}").data
        assert all("KOKEILU" in page for page in Document(data, tmp_path).page_texts()), name


def test_a_document_says_until_when_its_own_application_could_be_sent(
    small: Callable[..., Applicant], tmp_path: Path
) -> None:
    applicant = small("contact").press("Tallenna", CONTACT)
    assert "Hakuaika päättyy 1.1.2031 klo 00.00" in draft_of(applicant, tmp_path).text
    until = datetime.fromisoformat("2031-01-08T12:00:00").replace(tzinfo=HELSINKI)
    officers.extend(Application.get(), until, "verkkokatko", None)
    assert "Hakuaika päättyy 8.1.2031 klo 12.00" in draft_of(applicant, tmp_path).text


def test_a_draft_of_what_was_sent_is_the_sent_version(small: Callable[..., Applicant], tmp_path: Path) -> None:
    applicant = small("contact").press("Seuraava: Yhteenveto ja lähetys", CONTACT).send()
    assert "Versio 1" in draft_of(applicant, tmp_path).text
    applicant.go("hakemus").press("Tallenna", {"q1.nimi": "Toinen Nimi"})
    assert "LUONNOS" in draft_of(applicant, tmp_path).text


def test_pages_are_filled(draft: Callable[[dict[str, str]], Applicant], call: Call, tmp_path: Path) -> None:
    """A heading takes the first lines of its text along to the next page, not the whole of it."""
    texts = {question.key: "Lause, jossa on sanoja. " * 90 for question in call.of_kind(TextQuestion)}
    pages = draft_of(draft(texts), tmp_path).page_texts()
    longest = max(page.count("\n") for page in pages)
    assert len(pages) > 8
    assert [number for number, page in enumerate(pages[1:-1], start=2) if page.count("\n") < longest * 0.6] == []


@pytest.fixture
def draft(applicant: Applicant) -> Callable[[dict[str, str]], Applicant]:
    """An application in all areas with these fields typed."""

    def make(typed: dict[str, str]) -> Applicant:
        applicant.begin().press_known("Seuraava: Kehittämiskokonaisuudet", typed)
        applicant.press("Näytä valitut kysymykset", {"q3": AREAS})
        return applicant.press_known("Tallenna", typed)

    return make


def test_whatever_was_typed_is_legible(draft: Callable[[dict[str, str]], Applicant], tmp_path: Path) -> None:
    applicant = draft(TYPED)
    document = draft_of(applicant, tmp_path)
    document.expect_within_margins()
    assert document.smallest_type() == pytest.approx(SMALL)
    text = compact(document.text)
    assert "x" * 2500 in text
    assert "N" * 5000 in text
    for field in ("q5", "q10", "q12", "q11.0"):
        assert compact(TYPED[field]) in text, field
    assert all(f"rivi {number} rivi {number + 1}" in document.text for number in range(149))
    # What no font has is marked and explained, what is not to be seen is not there, and a search finds the word.
    assert f"{MARK} ja {MARK}, • luetelma, ammattikoulutuksen, AuroraAI" in document.text
    assert f"{MARK} on sellaisen merkin paikalla, jota tulosteen kirjasimissa ei ole." in document.text
    assert "😀 ja ❤" in applicant.go("yhteenveto").text
    lines = [line.rstrip() for page in document.page_texts() for line in page.splitlines()]
    start = next(number for number, line in enumerate(lines) if line.strip() == "- kohta")
    assert len(lines[start + 1]) - len(lines[start + 1].lstrip()) > len(lines[start]) - len(lines[start].lstrip())
    assert lines[start + 1].strip() == "- sisennetty"


def test_a_draft_says_so_on_every_page(draft: Callable[[dict[str, str]], Applicant], tmp_path: Path) -> None:
    document = draft_of(draft({"q4": "rivi\n" * 200}), tmp_path)
    pages = document.page_texts()
    assert len(pages) > 3
    assert all(page.count("LUONNOS") >= 2 for page in pages)


def test_a_table_over_two_pages_repeats_its_head(draft: Callable[[dict[str, str]], Applicant], tmp_path: Path) -> None:
    applicant = draft({})
    for _ in range(3):
        applicant.press("Lisää rivejä", {f"q11.{row}": f"Kumppani {row}: " + "nimi " * 55 for row in range(5)})
    applicant.press_known("Tallenna", {f"q11.{row}": f"Kumppani {row}: " + "nimi " * 55 for row in range(20)})
    pages = draft_of(applicant, tmp_path).page_texts()
    with_partners = [page for page in pages if "Kumppani " in page]
    assert len(with_partners) > 1
    assert all("Koulutuksen järjestäjä tai yhteistyökumppani" in page for page in with_partners)


def test_all_answers_full(draft: Callable[[dict[str, str]], Applicant], call: Call, tmp_path: Path) -> None:
    full = {
        question.key: (f"{question.key}: " + "Lause, jossa on sanoja. " * 110)[: question.limit]
        for question in call.of_kind(TextQuestion)
    }
    document = draft_of(draft(full), tmp_path)
    document.expect_within_margins()
    assert document.smallest_type() == pytest.approx(SMALL)
    assert [key for key, text in full.items() if compact(text) not in compact(document.text)] == []


_watched: list[tuple[str, Any]] | None = None


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if _watched is not None and event in ("open", "socket.connect", "socket.getaddrinfo", "urllib.Request"):
        _watched.append((event, arguments[0] if event == "open" else arguments))


sys.addaudithook(_audit)


def test_nothing_is_fetched_for_a_document(
    draft: Callable[[dict[str, str]], Applicant], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bait = tmp_path / "secret.txt"
    bait.write_text("SALAISUUS")
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        markup = (
            f'<img src="file://{bait}"><img src="{address}/a"><link rel="stylesheet" href="{address}/b">'
            f"<style>@import url({address}/c); p {{ background: url(file://{bait}) }}</style>"
            f'<svg><image href="{address}/d"/></svg><pdf:include src="{bait}"/>'
            f'<div style="background:url({address}/e)">'
        )
        fields = ("q4", "q5", "q6", "q10", "q12", "q13", "q19", "q20", "q23", "q11.0", "q2.nimi", "q2.tehtava")
        applicant = draft({**dict.fromkeys(fields, markup), "q7.muut": markup, "q9.alku": markup})
        watched: list[tuple[str, Any]] = []
        monkeypatch.setattr(sys.modules[__name__], "_watched", watched)
        document = draft_of(applicant, tmp_path)
        monkeypatch.setattr(sys.modules[__name__], "_watched", None)
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()
    assert [event for event in watched if event[0] != "open"] == []
    assert [path for _, path in watched if "secret" in str(path)] == []
    assert "SALAISUUS" not in document.text
    # As typed: once for each field, and twice where a value that is no amount or date is said to be none.
    assert compact(document.text).count(compact(markup)) >= len(fields)


def test_five_large_documents_at_once_hold_up_nobody(page: Page, service: Service, call: Call) -> None:
    reference = begin(page)
    open_areas(page, reference, AREAS)
    put(page, {question.key: "a\n" * 100 for question in call.of_kind(TextQuestion)})
    press(page, "Tallenna")
    cookie = "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in page.context.cookies())

    def fetch(path: str) -> bytes:
        request = urllib.request.Request(f"{service.url}{path}", headers={"Cookie": cookie})
        with urllib.request.urlopen(request) as answer:
            return bytes(answer.read())

    with ThreadPoolExecutor(5) as pool:
        documents = [pool.submit(fetch, f"/hakemus/{reference}/yhteenveto.pdf") for _ in range(5)]
        # Another person's pages are answered while the documents are being made.
        assert b"</html>" in fetch("/haku/strategiarahoitus-2021")
        assert b"</html>" in fetch(f"/hakemus/{reference}/hakija")
        assert not all(document.done() for document in documents)
    assert all(document.result().startswith(b"%PDF") for document in documents)
    assert "WORKER TIMEOUT" not in service.log.read_text()
