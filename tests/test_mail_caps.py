"""Mails held in bounds: nobody is flooded, and the newest version is mailed in the end."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.applicant import Applicant
from tests.mailing import CLOSED, CONTACT, begin, flask, mail_link
from tests.service import Mailbox

pytestmark = pytest.mark.both


@pytest.mark.parametrize("cap", ["mails_per_address", "mails_per_application", "mails_per_hour"])
def test_nobody_is_flooded(small: Callable[..., Applicant], mails: Callable[[], list[Any]], cap: str) -> None:
    """Beyond a cap whoever asks is told so, keeps what was typed and has link and PDF on the page; receipts go out."""
    applicant, _ = begin(small, **{cap: 2})
    said = "tunnin aikana on lähetetty jo monta viestiä"
    for _ in range(2):
        assert mail_link(applicant, "uhri@example.net").status == 200
    assert mail_link(applicant, "uhri@example.net").status == 429
    assert said in applicant.text
    assert applicant.value("sahkoposti") == "uhri@example.net"
    assert "/jatka/" in applicant.text
    another = mail_link(applicant, "aino@example.fi").status
    assert another == (200 if cap == "mails_per_address" else 429)

    applicant.go("hakemus").press("Tallenna", {**CONTACT, "q1.sahkoposti": "uhri@example.net"})
    applicant.go("yhteenveto").send()
    assert "Hakemus on lähetetty" in applicant.text
    applicant.press("Lähetä yhteenveto", {"sahkoposti": "uhri@example.net"})
    assert applicant.status == 429
    assert said in applicant.text
    to_victim = [message["Subject"][:8] for message in mails() if message["To"] == "uhri@example.net"]
    assert to_victim == ["Linkki h", "Linkki h", "Hakemus "]


def test_letters_of_another_size_are_the_same_address(small: Callable[..., Applicant]) -> None:
    applicant, _ = begin(small, mails_per_address=2)
    statuses = [mail_link(applicant, address).status for address in ("a@example.fi", "A@example.fi", "a@Example.fi")]
    assert statuses == [200, 200, 429]


def send_versions(applicant: Applicant, first: int, last: int) -> None:
    """Edit and send, again and again."""
    for number in range(first, last + 1):
        applicant.go("hakemus").press("Tallenna", {**CONTACT, "q1.nimi": f"Aino {number}"})
        applicant.go("yhteenveto").send("Lähetä" if number == 1 else "Lähetä uudelleen")
        assert f"Versio {number} (voimassa)" in applicant.text


def test_of_many_versions_the_newest_is_mailed_in_the_end(
    small: Callable[..., Applicant], at: Callable[[str], None], mails: Callable[[], list[Any]]
) -> None:
    """As many as the cap at once, then one an hour after the first; none counts as waiting too long, or as lost."""
    at("2030-12-20T12:00:00")
    applicant, app = begin(small, mails_per_address=2)
    send_versions(applicant, 1, 5)
    at("2030-12-20T12:59:59")
    flask(app, "mail", "send")

    def versions(address: str) -> list[str]:
        found = [re.search(r"[Vv]ersio (\d)", message["Subject"]) for message in mails() if message["To"] == address]
        return [match[1] for match in found if match]

    assert versions("aino@example.fi") == versions("kirjaamo@example.fi") == ["1", "2"]
    dropped = "4 not needed any more, most because a newer version was sent.\n"
    assert flask(app, "mail", "status") == f"4 sent, 2 waiting, 0 failing, 0 refused.\n{dropped}"
    assert applicant.client.get("/health/ready").get_json()["oldest_unsent_mail_seconds"] == 0
    at("2030-12-20T13:00:00")
    flask(app, "mail", "send")
    assert versions("aino@example.fi") == versions("kirjaamo@example.fi") == ["1", "2", "5"]
    assert flask(app, "mail", "status") == f"6 sent, 0 waiting, 0 failing, 0 refused.\n{dropped}"
    assert "is not needed any more." in flask(app, "mail", "retry", "5")
    applicant.get(f"/hakemus/{applicant.reference}/versio/3")
    assert "ei ottanut viestiä" not in applicant.text


def test_versions_sent_while_the_mail_server_is_down_are_all_mailed(
    small: Callable[..., Applicant], at: Callable[[str], None], inbox: Mailbox
) -> None:
    at("2030-12-20T12:00:00")
    applicant, app = begin(small, **CLOSED)
    send_versions(applicant, 1, 1)
    applicant.press("Lähetä yhteenveto", {"sahkoposti": "johto@example.fi"})
    send_versions(applicant, 2, 2)
    app.extensions["mail"].port = inbox.port
    at("2030-12-20T14:00:00")
    flask(app, "mail", "send")
    subjects = sorted(message["Subject"] for message in inbox.inbox.mails)
    assert [re.sub(r"^(\w+).*[Vv]ersio (\d).*", r"\1 \2", subject) for subject in subjects] == [
        "Hakemus 1",
        "Hakemus 2",
        "Kopio 1",
        "Kopio 2",
        "Yhteenveto 1",
    ]


def test_receipts_use_up_nobodys_room_for_links(
    small: Callable[..., Applicant], mails: Callable[[], list[Any]]
) -> None:
    applicant, app = begin(small, mails_per_address=2)
    send_versions(applicant, 1, 3)
    Applicant(app).get("/linkki").press("Lähetä linkki", {"sahkoposti": "aino@example.fi"})
    assert "Uusi linkki" in mails()[-1]["Subject"]


def test_asking_for_links_says_the_same_beyond_the_cap(
    small: Callable[..., Applicant], mails: Callable[[], list[Any]]
) -> None:
    applicant, app = begin(small, mails_per_address=1)
    applicant.press("Tallenna", CONTACT)
    pages = set()
    for address in ("aino@example.fi", "aino@example.fi", "kuka@example.fi", "kuka@example.fi"):
        asked = Applicant(app).get("/linkki").press("Lähetä linkki", {"sahkoposti": address})
        assert asked.status == 200
        pages.add(asked.text)
    assert len(pages) == 1
    assert "uutta ei lähetetä" in pages.pop()
    assert [message["To"] for message in mails()] == ["aino@example.fi"]
