"""Sending: what stands against it, what it leaves, and when it is possible (cases B, K, N)."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from models.application import Answer, Application, Link
from models.outbox import OutboxMail
from models.submission import Submission
from services import pdf
from services.typesetter import PdfError
from tests.applicant import Applicant
from tests.test_journey_http import pdf_text
from tests.words import Words

pytestmark = pytest.mark.both


def filled(app: Flask, answers: dict[str, Any], **changes: Any) -> Applicant:
    return Applicant(app).begin().fill({**answers, **changes})


def test_the_receipt(app: Flask, sample: dict[str, Any], at: Callable[[str], None], mails: Any) -> None:
    at("2021-05-17T15:42:07")
    applicant = filled(app, sample).send()
    assert applicant.address.endswith("/yhteenveto")
    submission = Submission.get()
    for words in (
        applicant.reference,
        "Versio 1 (voimassa)",
        "17.5.2021 klo 15.42.07 (Suomen aikaa)",
        submission.fingerprint,
        "Se ei ole päätös hakemuksen tutkimisesta",
        "13/2003, 12 §",
        "Hakemus ei ole vielä valmis.",
        "kirjaamo@minedu.fi",
        "viimeistään 17.5.2021 klo 16.15 (Suomen aikaa)",
        "Tampereen kaupunki",
        "1 674 770 €",
    ):
        assert words in applicant.text, words
    assert hashlib.sha256(submission.record.encode()).hexdigest() == submission.fingerprint
    record = json.loads(submission.record)
    assert record["answers"]["q4"] == sample["4"]
    assert set(record["answers"]) == {f"q{number}" for number in sample}, "what is computed is no answer"
    assert sample["2"]["nimi"] not in submission.record, "personal details are kept apart, to be erased later"

    receipt, registry = mails()
    for message in (receipt, registry):
        text = " ".join(message.get_body(("plain",)).get_content().split())
        assert submission.fingerprint in text
        assert "17.5.2021 klo 15.42.07" in text
        assert "Haettava yhteensä: 1 674 770 €" in text
        assert sample["4"][:40] not in text
        assert [part.get_content_type() for part in message.iter_attachments()] == ["application/pdf"]
    assert registry["Subject"].startswith("Kopio lomakkeelta – ei korvaa allekirjoitettua asiakirjaa")


def test_everything_that_stops_sending_is_listed_with_links(applicant: Applicant) -> None:
    applicant.begin().press_known("Seuraava: Kehittämiskokonaisuudet", {"q2.sahkoposti": "ei osoite"})
    applicant.press("Näytä valitut kysymykset", {"q3": ["opetus"]})
    applicant.press_known("Seuraava: Yhteenveto ja lähetys", {"q7.muut": "abc", "q9.alku": "x", "q9.loppu": "y"})
    applicant.send()
    assert applicant.status == 422
    assert "Korjatkaa ensin nämä kohdat:" in applicant.text
    page = applicant.page
    assert page is not None
    targets = [link.get("href") for link in page.iter("a") if "tarkista=1" in (link.get("href") or "")]
    assert any(target.endswith("#q1-vastaus") for target in targets)
    for target in targets:
        address, _, anchor = target.partition("#")
        shown = Applicant(applicant.client.application)
        shown.client = applicant.client
        shown.get(address)
        assert shown.page is not None
        assert [node for node in shown.page.iter() if node.get("id") == anchor], target
    assert Submission.select().count() == 0


def test_declaration_and_remarks_are_asked_for(app: Flask, sample: dict[str, Any]) -> None:
    applicant = filled(app, sample, **{"17": {"alku": "", "loppu": ""}})
    applicant.press("Lähetä")
    assert applicant.status == 422
    assert "Antakaa vakuutus tietojen oikeellisuudesta." in applicant.text
    assert applicant.page is not None
    box = next(node for node in applicant.page.iter("input") if node.get("id") == "vakuutus")
    assert box.get("aria-invalid") == "true"
    assert box.get("aria-describedby") == "vakuutus-virhe"
    assert "Vahvistakaa, että haluatte lähettää hakemuksen huomautuksista huolimatta." in applicant.text
    applicant.send()
    assert "Hakemus on lähetetty" in applicant.text


def test_a_second_click_is_the_same_sending(app: Flask, short: dict[str, Any], mails: Any) -> None:
    applicant = filled(app, short)
    form = applicant.form("Lähetä")
    address, data = form.pressed("Lähetä")
    data["vakuutus"] = "1"
    if "huomautukset" in str(applicant.response.text if applicant.response else ""):
        data["huomautukset"] = "1"
    for _ in range(3):
        applicant.post(address, data)
        assert "Versio 1 (voimassa)" in applicant.text
    assert Submission.select().count() == 1
    assert len(mails()) == 2


def test_what_was_not_looked_at_is_not_sent(app: Flask, short: dict[str, Any]) -> None:
    """A page from before an edit, or from before another sending, sends nothing silently."""
    applicant = filled(app, short)
    address, data = applicant.form("Lähetä").pressed("Lähetä")
    data.update({"vakuutus": "1", "huomautukset": "1"})
    applicant.go("hakija").press("Tallenna", {"q2.nimi": "Toinen Nimi"})
    applicant.post(address, data)
    assert applicant.status == 422
    assert "Hakemus on muuttunut sen jälkeen" in applicant.text
    applicant.send()
    data["lahetys"] = "another press of the old page"
    applicant.post(address, data)
    assert applicant.status == 422
    assert Submission.select().count() == 1


def test_an_edit_is_not_sent_until_it_is(app: Flask, short: dict[str, Any]) -> None:
    applicant = filled(app, short).send()
    for page in ("hakija", "kehittamiskokonaisuudet"):
        assert "Viimeksi lähetetty: Versio 1" in applicant.go(page).text
        assert "joita ei ole lähetetty" not in applicant.text
    applicant.go("hakija").press("Tallenna", {"q2.nimi": "Toinen Nimi"})
    for page in ("hakija", "kehittamiskokonaisuudet", "yhteenveto", "versio/1"):
        assert "ei ole lähetetty" in applicant.go(page).text
    applicant.go("hakija").press("Tallenna", {"q2.nimi": short["2"]["nimi"]})
    assert "joita ei ole lähetetty" not in applicant.text


def test_a_contact_who_asked_for_a_link_gets_one_mail_of_a_sending(
    app: Flask, short: dict[str, Any], mails: Any
) -> None:
    """In whatever letters the address was typed; a colleague with a link of her own is told."""
    applicant = filled(app, short, **{"2": {**short["2"], "sahkoposti": "Aino@Example.fi"}})
    for address in ("aino@example.fi", "kollega@example.fi"):
        applicant.go("tallennettu").press("Lähetä linkki", {"sahkoposti": address})
    before = len(mails())
    applicant.go("yhteenveto").send()
    assert [message["To"].lower() for message in mails()[before:]] == [
        "aino@example.fi",
        "kirjaamo@minedu.fi",
        "kollega@example.fi",
    ]


def test_a_second_application_of_a_provider_is_possible_and_said(app: Flask, short: dict[str, Any], mails: Any) -> None:
    first = filled(app, short).send()
    contact = {**short["2"], "sahkoposti": "toinen@example.fi"}
    second = filled(app, short, **{"2": contact})
    assert "on jo lähettänyt tässä haussa toisen hakemuksen." in second.text
    assert first.reference in second.text
    second.send()
    assert "Hakemus on lähetetty" in second.text
    told = [message for message in mails() if "toisen hakemuksen" in message["Subject"]]
    assert [message["To"] for message in told] == [short["2"]["sahkoposti"]]


def test_a_submission_stands_when_its_pdf_and_mails_fail(
    make_app: Callable[..., Flask], short: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(mail_server="127.0.0.1", mail_port=9)
    applicant = filled(app, short)

    def broken(*arguments: object, **more: object) -> bytes:
        raise PdfError("no font today")

    with monkeypatch.context() as patched:
        patched.setattr(pdf, "_render", broken)
        applicant.send()
        assert "Hakemus on lähetetty" in applicant.text
        applicant.get(f"/hakemus/{applicant.reference}/yhteenveto.pdf")
        assert applicant.status == 503
        assert "Hakemuksenne on tallella." in applicant.text
    assert applicant.client.get(f"/hakemus/{applicant.reference}/yhteenveto.pdf").status_code == 200
    assert OutboxMail.select().where(OutboxMail.sent_at.is_null()).count() == 2


def test_a_copy_to_another_address(app: Flask, short: dict[str, Any], mails: Any) -> None:
    applicant = filled(app, short).send()
    applicant.press("Lähetä yhteenveto", {"sahkoposti": "ei osoite"})
    assert applicant.status == 422
    applicant.press("Lähetä yhteenveto", {"sahkoposti": "johto@example.fi"})
    assert "Yhteenveto lähetetään osoitteeseen johto@example.fi." in applicant.text
    copy = mails()[-1]
    assert copy["To"] == "johto@example.fi"
    assert len(list(copy.iter_attachments())) == 1


def test_a_tryout_never_mails_a_calls_own_addresses(
    make_app: Callable[..., Flask], short: dict[str, Any], mails: Any
) -> None:
    app = make_app(tryout=True, mail_server="127.0.0.1", mail_port=9)
    applicant = filled(app, short).send()
    assert "Kokeilu" in applicant.text
    # The mail server is down; the one that never goes there is written all the same.
    assert [message["To"] for message in mails()] == ["kirjaamo@minedu.fi"]
    assert mails()[0]["Subject"].startswith("Kokeilu")
    applicant.press("Lähetä yhteenveto", {"sahkoposti": "Kirjaamo@Minedu.fi"})
    assert [message["To"].lower() for message in mails()] == ["kirjaamo@minedu.fi"] * 2


def name_of_pdf(applicant: Applicant) -> str:
    answer = applicant.client.get(f"/hakemus/{applicant.reference}/yhteenveto.pdf")
    return answer.headers["Content-Disposition"].removeprefix("inline; filename=")


def test_the_whole_in_swedish(app: Flask, short: dict[str, Any], mails: Any) -> None:
    applicant = filled(app, short)
    applicant.press("På svenska")
    applicant.words = Words("sv")
    assert name_of_pdf(applicant) == f"{applicant.reference}-utkast.pdf"
    applicant.send()
    assert name_of_pdf(applicant) == f"{applicant.reference}-version-1.pdf"
    assert applicant.language == "sv"
    assert "kl. " in applicant.text
    assert "Tammerfors stad" in applicant.text
    assert "ansökan" in mails()[0]["Subject"].lower()


def test_a_name_with_every_sign(app: Flask, short: dict[str, Any], mails: Any) -> None:
    name = 'Koulutus & Kehitys O\'Hara <Oy> "Ab" – åäö'
    applicant = filled(app, short, **{"1": ""})
    applicant.go("hakija").press("Tallenna", {"q1": "", "q1.muu": name})
    applicant.go("yhteenveto")
    assert "Kirjoittamanne nimi ei ole järjestäjäluettelossa." in applicant.text
    applicant.send()
    assert name in applicant.text
    assert name not in mails()[0].get_body(("plain",)).get_content(), "no mail carries what an applicant typed"


def test_a_typed_table_on_the_last_page_is_sent_with_it(small: Callable[..., Applicant]) -> None:
    """Where a call has fields on the page with the button, they are saved and sent by one press."""
    applicant = small("row_matches").press("Tallenna", {"q1.palkat": "1", "q2.palkat": "2"})
    applicant.go("hakemus").press("Tallenna", {"q40.eka": "1", "q40.toka": "2"})
    assert "Hakemus on lähetetty" in applicant.go("yhteenveto").send().text


def test_another_applications_key_is_no_trouble(app: Flask, short: dict[str, Any]) -> None:
    first = filled(app, short).send()
    assert first.status == 200
    second = filled(app, short)
    address, data = second.form("Lähetä").pressed("Lähetä")
    data.update({"vakuutus": "1", "huomautukset": "1"})
    data["lahetys"] = Submission.get().sending_key
    second.post(address, data)
    assert "Hakemus on lähetetty" in second.text
    assert Submission.select().count() == 2


def test_a_provider_that_changed_is_the_others_no_longer(app: Flask, short: dict[str, Any], mails: Any) -> None:
    first = filled(app, short).send()
    first.go("hakija").press("Tallenna", {"q1": "0201256-6"})
    first.go("yhteenveto").send("Lähetä uudelleen")
    second = filled(app, short)
    assert "on jo lähettänyt" not in second.text
    before = len(mails())
    second.send()
    assert len(mails()) == before + 2


def test_figures_stand_in_the_filed_documents(app: Flask, seed: dict[str, Any], mails: Any, tmp_path: Path) -> None:
    applicant = filled(app, seed).send()
    attached = next(mails()[0].iter_attachments()).get_content()
    made = applicant.client.get(f"/hakemus/{applicant.reference}/yhteenveto.pdf").data
    for text in (applicant.text, pdf_text(attached, tmp_path), pdf_text(made, tmp_path)):
        assert "3 316 950 €" in text
        assert "3 645 000 €" in text
        assert text.count("Koulutuksen järjestäjän oma rahoitus: 9 % rahoituksesta") == 3


def test_reloading_after_a_save_creates_nothing(applicant: Applicant, mails: Any) -> None:
    applicant.begin().press("Tallenna ja jatka myöhemmin")
    rows = (Application.select().count(), Link.select().count(), Answer.select().count())
    for _ in range(5):
        applicant.get(applicant.address)
    assert (Application.select().count(), Link.select().count(), Answer.select().count()) == rows
    assert mails() == []
