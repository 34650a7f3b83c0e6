"""Mails as a mail server gets them, over TLS, read by the standard library (cases K)."""

import ssl
import subprocess
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest

from models.outbox import OutboxMail
from services import pdf
from services.mail_kinds import KINDS
from tests.applicant import Applicant
from tests.conftest import ROOT, need
from tests.forms_of_pages import parse, text_of
from tests.service import Mailbox

TITLE = """Koulutus & Kehitys O'Hara <Oy> "Ab" – äänekosken ja Ålandin yhteinen strategiarahoitushaku åäö €"""
CONTACT = {"q1.nimi": "Aino", "q1.tehtava": "Rehtori", "q1.puhelin": "0295330020", "q1.sahkoposti": "aino@example.fi"}
HOSTILE = (
    "a@example.fi\r\nBcc: evil@example.net",
    "a@example.fi\nBcc: evil@example.net",
    "a@example.fi\u2028Bcc: evil@example.net",
    "a@example.fi%0d%0aBcc: evil@example.net",
    "a@example.fi, evil@example.net",
    "a@example.fi;evil@example.net",
    '"a, evil@example.net" <a@example.fi>',
    '"a b"@example.fi',
    "<evil@example.net>",
    "a@example.fi\0evil@example.net",
    "=?utf-8?q?evil=40example.net?=",
    "åsa@example.fi",
)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 with its key, which nobody trusts who is not told to."""
    folder = tmp_path_factory.mktemp("certificate")
    command = f"{need('openssl')} req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    command += " -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -keyout key.pem -out cert.pem"
    subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)
    return folder


@pytest.fixture
def tls(certificate: Path) -> Iterator[Mailbox]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    with Mailbox(context) as running:
        yield running


@pytest.fixture
def begun(small: Callable[..., Applicant]) -> Callable[..., Applicant]:
    """Begin an application in a call with odd signs in its name, its mails going to a mail server."""
    return lambda server, **settings: small("signs", mail_server="127.0.0.1", mail_port=server.port, **settings)


def test_every_mail_is_whole_over_tls(
    begun: Callable[..., Applicant], tls: Mailbox, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
    name = "PIENI-ansökan-åäö-versio-1.pdf"
    monkeypatch.setattr(pdf, "submission_name", lambda *_: name)
    base = "https://strategiarahoitus.example.fi"
    applicant = begun(tls, mail_use_tls=True, base_url=base)
    applicant.press("Tallenna ja jatka myöhemmin", {**CONTACT, "q2": "0214822-8"})
    applicant.press("Lähetä linkki", {"sahkoposti": "kollega@ÄÄNEKOSKI.example"})
    reference = applicant.reference
    applicant.go("yhteenveto").send()
    assert "Hakemus on lähetetty" in applicant.text
    applicant.press("Lähetä yhteenveto", {"sahkoposti": "o'hara+{x}@example.fi"})
    colleague = f"kollega@{'äänekoski.example'.encode('idna').decode()}"
    sent = [
        ("link", colleague, f"Linkki hakemukseen {reference}: "),
        ("receipt", "aino@example.fi", f"Hakemus {reference} on saapunut: "),
        (
            "registry",
            "kirjaamo@example.fi",
            f"ei korvaa allekirjoitettua asiakirjaa: {reference}, Versio 1, Öljymäen",
        ),
        ("version", colleague, f"Hakemuksesta {reference} on lähetetty versio 1: "),
        ("copy", "o'hara+{x}@example.fi", f"Yhteenveto hakemuksesta {reference}: "),
    ]
    assert len(tls.inbox.mails) == len(sent)
    for message, raw, (kind, recipient, subject) in zip(tls.inbox.mails, tls.inbox.raw, sent, strict=True):
        assert message.defects == []
        assert message["To"] == message["X-Received-For"] == recipient
        assert subject in message["Subject"]
        assert TITLE in message["Subject"] or kind == "registry"
        assert message["From"] == "strategiarahoitus@example.fi"
        assert message["Reply-To"] == (None if kind == "registry" else "kirjaamo@example.fi")
        assert message["Auto-Submitted"] == "auto-generated"
        assert message["Message-ID"].startswith(f"<{kind}.")
        assert message["Message-ID"].endswith("@strategiarahoitus.example.fi>")
        assert parsedate_to_datetime(message["Date"]).utcoffset()
        assert not set(message) & {"Bcc", "Cc", "Sender"}

        plain = message.get_body(("plain",)).get_content().replace("\r\n", "\n")
        html = message.get_body(("html",)).get_content()
        page = parse(html)
        assert page.get("lang") == "fi"
        assert text_of(page.find("body")) == " ".join(plain.split()), "both parts say the same, escaped once"
        assert TITLE in " ".join(plain.split())
        assert "Koulutus &amp; Kehitys O&#39;Hara &lt;Oy&gt;" in html
        assert not list(page.iter("img", "script", "link"))
        for address in [node.get("href") for node in page.iter("a")]:
            assert f"\n{address}\n" in plain
            assert f"\r\n{address}\r\n".encode() in raw, "whole also where a program shows the raw text"
        assert max(len(line) for line in plain.splitlines() if not line.startswith(base)) <= 76
        assert max(len(line) for line in raw.split(b"\r\n")) <= 100

        attached = [(part.get_filename(), part.get_content()[:5]) for part in message.iter_attachments()]
        assert attached == ([] if kind in {"link", "version"} else [(name, b"%PDF-")])
        if attached:
            assert b"filename*=utf-8''PIENI-ans%C3%B6kan-%C3%A5%C3%A4%C3%B6-versio-1.pdf" in raw
            assert b'name="PIENI-ansokan-aao-versio-1.pdf"' in raw


@pytest.mark.parametrize("fault", ["unknown certificate", "certificate of another host", "no TLS"])
def test_a_mail_goes_to_nobody_who_does_not_prove_himself(
    begun: Callable[..., Applicant],
    tls: Mailbox,
    inbox: Mailbox,
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
    fault: str,
) -> None:
    if fault == "certificate of another host":
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
    host = "localhost" if fault == "certificate of another host" else "127.0.0.1"
    server = inbox if fault == "no TLS" else tls
    applicant = begun(server, mail_use_tls=True)
    applicant.client.application.extensions["mail"].server = host
    applicant.press("Tallenna ja jatka myöhemmin").press("Lähetä linkki", {"sahkoposti": "aino@example.fi"})
    assert applicant.status == 200
    assert server.inbox.raw == []
    mail: Any = OutboxMail.get()
    assert mail.sent_at is None
    assert ("NotSupported" if fault == "no TLS" else "CERTIFICATE_VERIFY_FAILED") in mail.last_error


def test_nothing_typed_gets_into_a_header(begun: Callable[..., Applicant], inbox: Mailbox) -> None:
    """Every field whose text goes into a mail, or might, with everything that ever got past somebody."""
    applicant = begun(inbox, mails_per_address=1000, mails_per_application=1000)
    first = f"/hakemus/{applicant.reference}/hakemus"
    pages = [f"/hakemus/{applicant.reference}/tallennettu", "/linkki"]
    forms = [applicant.get(page).form("Lähetä linkki") for page in pages]
    applicant.get(first)
    for hostile in HOSTILE:
        contact = {"q1.nimi": hostile, "q1.tehtava": hostile, "q1.puhelin": hostile, "q1.sahkoposti": hostile}
        applicant.press("Tallenna", {**contact, "q2": "", "q2.muu": hostile})
        assert "Tarkistakaa sähköpostiosoite." in applicant.text, hostile
    applicant.go("yhteenveto").send()
    assert applicant.status == 422
    fields = {**CONTACT, "q1.nimi": HOSTILE[0], "q1.tehtava": HOSTILE[2], "q2": "", "q2.muu": HOSTILE[1]}
    applicant.go("hakemus").press("Tallenna", fields).go("yhteenveto").send()
    assert "Hakemus on lähetetty" in applicant.text
    for form in [*forms, applicant.form("Lähetä yhteenveto")]:
        for hostile in HOSTILE:
            answer = applicant.client.post(form.action, data={**form.data, "sahkoposti": hostile}, buffered=True)
            assert answer.status_code == 422, (form.action, hostile)
            assert "\0" not in answer.text
    assert [message["X-Received-For"] for message in inbox.inbox.mails] == ["aino@example.fi", "kirjaamo@example.fi"]
    for message, raw in zip(inbox.inbox.mails, inbox.inbox.raw, strict=True):
        assert not {"Bcc", "Cc"} & set(message)
        assert b"evil" not in raw.split(b"\r\n\r\n")[0]
        assert "evil" not in message.get_body(("plain",)).get_content()


def test_a_mail_that_comes_twice_is_one(begun: Callable[..., Applicant], inbox: Mailbox) -> None:
    """The server takes it and breaks off before it says so: it is sent again, under the same name."""
    applicant = begun(inbox)
    inbox.inbox.drops = True
    applicant.press("Tallenna ja jatka myöhemmin").press("Lähetä linkki", {"sahkoposti": "aino@example.fi"})
    inbox.inbox.drops = False
    result = applicant.client.application.test_cli_runner().invoke(args=["mail", "retry", str(OutboxMail.get().id)])
    assert result.exit_code == 0, result.output
    first, second = inbox.expect(2, "aino@example.fi")
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Date"] == second["Date"]


def test_a_tryout_gives_no_answer_to_the_ministry(begun: Callable[..., Applicant], inbox: Mailbox) -> None:
    applicant = begun(inbox, tryout=True, mail_default_sender="Kokeilijat <kokeilu@example.fi>")
    applicant.press("Tallenna ja jatka myöhemmin").press("Lähetä linkki", {"sahkoposti": "aino@example.fi"})
    message = inbox.expect(1, "aino@example.fi")[0]
    assert message["Subject"].startswith("Kokeilu: Linkki hakemukseen")
    assert message["Reply-To"] is None
    assert message["From"].addresses[0].display_name == "Kokeilijat"
    for part in ("plain", "html"):
        assert "Tämä on kokeilu." in message.get_body((part,)).get_content()


def test_every_kind_has_its_pair_of_templates() -> None:
    shared = {"layout", "figures"}
    for suffix in ("txt", "html"):
        assert {path.stem for path in (ROOT / "templates/mail").glob(f"*.{suffix}")} == KINDS.keys() | shared
