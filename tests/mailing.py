"""What the tests of mails share: a contact person, the commands of an operator, asking for a link."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask

from tests.applicant import Applicant

CONTACT = {"q1.nimi": "Aino", "q1.tehtava": "Rehtori", "q1.puhelin": "0295330020", "q1.sahkoposti": "aino@example.fi"}
CLOSED = {"mail_server": "127.0.0.1", "mail_port": 9}


def flask(app: Flask, *command: str) -> str:
    """What a command of an operator says; that it failed too."""
    return app.test_cli_runner().invoke(args=command).output


def begin(small: Callable[..., Applicant], **settings: Any) -> tuple[Applicant, Flask]:
    applicant = small("contact", **settings)
    return applicant, applicant.client.application


def mail_link(applicant: Applicant, address: str) -> Applicant:
    return applicant.go("tallennettu").press("Lähetä linkki", {"sahkoposti": address})


def shown_link(applicant: Applicant) -> str:
    """The personal link that a page shows, without the host."""
    assert applicant.page is not None
    (address,) = applicant.page.xpath("//p[@class='personal-link']/a/@href")
    return urlsplit(str(address)).path
