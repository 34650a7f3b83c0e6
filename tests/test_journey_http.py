"""A whole application over plain HTTP, as a browser without scripts does it, in each language."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask

from clock import in_helsinki
from forms.definition import Call
from forms.kinds.amounts import AmountsQuestion
from forms.kinds.areas import AreasQuestion
from forms.kinds.choice import ChoiceQuestion
from forms.kinds.period import PeriodQuestion, parse_date
from forms.question import Question
from forms.texts import LANGUAGES
from tests.applicant import Applicant
from tests.conftest import need
from tests.service import Mailbox
from tests.words import Words, compact

BASE = "http://127.0.0.1:8000"


def link_in(mail: Any) -> str:
    """The personal link of a mail, without the host."""
    body = mail.get_body(("plain",)).get_content()
    match = re.search(rf"^{BASE}(/jatka/\S+)\s*$", body, re.MULTILINE)
    assert match, body
    return match[1]


def pdf_text(document: bytes, folder: Path) -> str:
    """The text of a PDF as it is printed between head and foot, with runs of white space as one blank."""
    path = folder / "read.pdf"
    path.write_bytes(document)
    area = ["-x", "0", "-y", "70", "-W", "600", "-H", "715"]
    out = subprocess.run([need("pdftotext"), *area, "-layout", path, "-"], capture_output=True, check=True)
    return " ".join(out.stdout.decode().split())


def euros(amount: int) -> str:
    return f"{amount:,} €".replace(",", " ")


def expect_all_answers(text: str, answers: dict[str, Any], call: Call, words: Words) -> None:
    """Every question with its answer is in the text whole, every word of it, each amount beside its label."""
    found = compact(text)
    for number, value in answers.items():
        question = call.question(f"q{number}")
        for part in [words(question.label), *printed(question, value, words)]:
            assert compact(part) in found, f"answer {number}: {part[:80]!r}"
    assert words.foreign(text) == set()


def printed(question: Question, value: Any, words: Words) -> list[str]:
    """What has to stand in a summary for an answer of the seed's shape."""
    match question:
        case AmountsQuestion():
            amounts = [(words(row.label), value[row.key]) for row in question.rows]
            return ["".join(f"{label} {words('Ei vastauksia') if n is None else euros(n)}" for label, n in amounts)]
        case AreasQuestion():
            return [words(area.title) for area in question.areas if area.key in value]
        case ChoiceQuestion():
            provider = question.providers.get(value)
            return [words(provider.name)] if provider else []
        case PeriodQuestion():
            days = [parse_date(text) for text in value.values()]
            return [f"{day.day}.{day.month}.{day.year}" for day in days if day]
        case _:
            return list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else [value]


def expect_receipt(text: str, reference: str, call: Call, words: Words) -> None:
    """A page or mail says that the application has arrived, and when."""
    found = compact(text)
    for part in (
        words(call.title),
        reference,
        words("Sormenjälki"),
        words(
            "Tämä kuittaus vahvistaa, että hakemus on saapunut. Se ei ole päätös hakemuksen tutkimisesta "
            "(laki sähköisestä asioinnista viranomaistoiminnassa 13/2003, 12 §)."
        ),
    ):
        assert compact(part) in found, part
    expect_arrival(text, words)


def closing(call: Call, words: Words) -> str:
    closes = in_helsinki(call.closes)
    return f"{closes.day}.{closes.month}.{closes.year} {words('klo %(time)s', time=f'{closes:%H.%M}')}"


def expect_steps(text: str, call: Call, words: Words) -> None:
    """The receipt's page says what is still to be done; the call is held open, so it is late already."""
    for part in (
        words("Hakemus ei ole vielä valmis."),
        words(
            "Tulostakaa saatekirje ja allekirjoituttakaa se. "
            "Merkitkää paikka, päiväys, nimenselvennys ja virka- tai tehtävänimike."
        ),
        words(
            "Lähettäkää allekirjoitettu saatekirje ja yhteenveto sähköpostin liitteinä: %(registry)s, %(email)s.",
            registry=words(call.registry.name),
            email=call.registry.email,
        ),
        words(
            "Hakuaika päättyi %(time)s (Suomen aikaa). Toimittakaa asiakirjat kirjaamoon heti.",
            time=closing(call, words),
        ),
    ):
        assert compact(part) in compact(text), part


def expect_arrival(text: str, words: Words) -> None:
    """The instant of arrival to the second, and nothing of another language around it."""
    at = re.escape(compact(words("klo %(time)s", time="")))
    instant = rf"{words('Saapunut')}:?\d+\.\d+\.\d{{4}}{at}\d\d\.\d\d\.\d\d\({compact(words('Suomen aikaa'))}\)"
    assert re.search(instant, compact(text)), instant
    assert words.foreign(text) == set()


def expect_document(document: bytes, answers: dict[str, Any], call: Call, words: Words, folder: Path) -> None:
    """The PDF of a sent version: its cover, and all that was answered."""
    text = pdf_text(document, folder)
    expect_all_answers(text, answers, call, words)
    expect_arrival(text, words)


def expect_mails(
    receipt: Any, registry: Any, reference: str, answers: dict[str, Any], call: Call, words: Words, folder: Path
) -> None:
    """The two mails of the first version: subjects, figures and the attached summary under its name."""
    subject = "Hakemus %(reference)s on saapunut: %(call)s, versio %(number)s"
    assert receipt["Subject"] == words(subject, reference=reference, call=words(call.title), number=1)
    copied = words("Kopio lomakkeelta – ei korvaa allekirjoitettua asiakirjaa")
    provider = call.provider_question
    assert provider
    name = provider.providers.get(answers["1"])
    assert name
    assert registry["Subject"] == f"{copied}: {reference}, {words('Versio %(number)s', number=1)}, {words(name.name)}"
    told = receipt.get_body(("plain",)).get_content()
    expect_receipt(told, reference, call, words)
    to_do = words(
        "Ministeriön kirjaamo tarvitsee vielä päivätyn, allekirjoitetun saatekirjeen ja tämän yhteenvedon: "
        "%(registry)s, %(email)s.",
        registry=words(call.registry.name),
        email=call.registry.email,
    )
    at_once = words(
        "Hakuaika päättyi %(time)s (Suomen aikaa). Toimittakaa asiakirjat kirjaamoon heti.", time=closing(call, words)
    )
    assert compact(words("Hakemus ei ole vielä valmis.") + to_do + at_once) in compact(told)
    applied = sum(value["okm"] or 0 for value in answers.values() if isinstance(value, dict) and "okm" in value)
    for mail in (receipt, registry):
        body = mail.get_body(("plain",)).get_content()
        expect_arrival(body, words)
        assert compact(f"{words('Haettava yhteensä')}: {euros(applied)}") in compact(body)
        (attached,) = mail.iter_attachments()
        assert attached.get_filename() == file_name(reference, words)
    expect_document(attached.get_content(), answers, call, words, folder)


def file_name(reference: str, words: Words) -> str:
    return words("%(reference)s-versio-%(number)s.pdf", reference=reference, number=1)


def elsewhere(language: str) -> str:
    """A language that another browser asks for: an application is read on in its own."""
    return next(other for other in LANGUAGES if other != language)


def test_a_real_application_goes_through(
    make_app: Callable[..., Flask], inbox: Mailbox, answers: dict[str, Any], call: Call, words: Words, tmp_path: Path
) -> None:
    app = make_app(mail_server="127.0.0.1", mail_port=inbox.port)
    applicant = Applicant(app, words.language).begin()
    assert applicant.language == words.language
    applicant.press_known(words("Tallenna ja jatka myöhemmin"), {"q1": answers["1"]})
    assert words("Vastauksenne on tallennettu") in applicant.text
    applicant.press(words("Lähetä linkki"), {"sahkoposti": "toinen@example.fi"})
    mail = inbox.expect(1, "toinen@example.fi")[0]
    subject = words("Linkki hakemukseen %(reference)s: %(call)s", reference=applicant.reference, call=words(call.title))
    assert mail["Subject"] == subject
    assert words.foreign(mail.get_body(("plain",)).get_content()) == set()

    other = Applicant(app, words.language)
    other.headers = {"Accept-Language": elsewhere(words.language)}
    other.get(link_in(mail))
    assert other.language == words.language
    assert other.value("q1") == answers["1"]
    other.fill(answers)
    assert words("Mikään ei estä hakemuksen lähettämistä.") in other.text
    assert words.foreign(other.text) == set()
    other.send()
    assert other.language == words.language
    assert words("Hakemus on lähetetty") in other.text
    version = words("Versio %(number)s")
    current = f"{version} ({words('voimassa')})"
    assert current % {"number": 1} in other.text
    expect_receipt(other.text, other.reference, call, words)
    expect_steps(other.text, call, words)
    expect_all_answers(other.text, answers, call, words)

    receipt = inbox.expect(1, answers["2"]["sahkoposti"])[0]
    registry = inbox.expect(1, call.registry.email)[0]
    expect_mails(receipt, registry, other.reference, answers, call, words, tmp_path)
    made = other.client.get(f"/hakemus/{other.reference}/versio/1/yhteenveto.pdf")
    assert made.headers["Content-Disposition"] == f"inline; filename={file_name(other.reference, words)}"
    assert made.data == next(registry.iter_attachments()).get_content()

    other.press(words("Lähetä yhteenveto"), {"sahkoposti": "johto@example.fi"})
    assert words("Yhteenveto lähetetään osoitteeseen %(email)s.", email="johto@example.fi") in other.text
    expect_arrival(inbox.expect(1, "johto@example.fi")[0].get_body(("plain",)).get_content(), words)

    unsent = words("Teillä on muutoksia, joita ei ole lähetetty.")
    other.go("kehittamiskokonaisuudet")
    assert unsent not in other.text
    changed = int(answers["7"]["palvelut"]) + 1000
    own = int(answers["8"]["oma"]) + 1000
    other.press(words("Tallenna"), {"q7.palvelut": str(changed), "q8.oma": str(own)})
    assert unsent in other.text
    assert words.foreign(other.text) == set()
    other.go("yhteenveto").send("Lähetä uudelleen")
    assert current % {"number": 2} in other.text
    other.get(f"/hakemus/{other.reference}/versio/1")
    assert words("Tämän version on korvannut versio %(number)s.", number=2) in other.text
    expect_receipt(other.text, other.reference, call, words)
    expect_all_answers(other.text, answers, call, words)
