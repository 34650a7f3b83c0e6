"""Leaving and coming back (cases L)."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, url_for

from models.application import Link
from services import mail
from tests.applicant import Applicant
from tests.test_journey_http import link_in
from tests.test_saving import second_browser


def shown_link(applicant: Applicant) -> str:
    text = applicant.go("tallennettu").text
    match = re.search(r"http\S+(/jatka/\S+)", text)
    assert match
    return match[1]


def test_a_link_works_on_any_computer_as_often_as_it_is_opened(applicant: Applicant, app: Flask) -> None:
    applicant.begin()
    link = shown_link(applicant)
    before = Link.select().count()
    for _ in range(3):
        assert Applicant(app).client.head(link).status_code == 303
        other = Applicant(app).get(link)
        assert other.address == f"/hakemus/{applicant.reference}/hakija"
    assert Link.select().count() == before


def test_showing_the_link_again_makes_no_new_one(applicant: Applicant) -> None:
    applicant.begin()
    links = {shown_link(applicant) for _ in range(3)}
    assert len(links) == 1


@pytest.mark.parametrize("stray", [".", ")", ">", '"', "=", "%20", ".)", "%3E"])
def test_signs_after_a_link_do_no_harm(applicant: Applicant, app: Flask, stray: str) -> None:
    link = shown_link(applicant.begin())
    assert Applicant(app).get(link + stray).status == 200


@pytest.mark.parametrize("token", ["x", "a" * 43, "%00", "ä" * 43, "..%2F..", "a" * 5000])
def test_an_unknown_or_malformed_link_gets_a_page_that_helps(applicant: Applicant, token: str) -> None:
    applicant.get(f"/jatka/{token}")
    assert applicant.status == 404
    assert "Tilaa uusi linkki sähköpostiin" in applicant.text


def test_a_revoked_link_opens_nothing_any_more(applicant: Applicant, app: Flask) -> None:
    link = shown_link(applicant.begin())
    other = Applicant(app).get(link)
    Link.update(revoked_at=Link.created_at).execute()
    assert Applicant(app).get(link).status == 410
    assert other.go("hakija").status == 403


def test_someone_elses_reference_opens_nothing(applicant: Applicant, app: Flask) -> None:
    """Every address of an application, those to come too."""
    applicant.begin()
    stranger = Applicant(app).begin()
    app.config["WTF_CSRF_ENABLED"] = False
    given: dict[str, Any] = {"reference": applicant.reference, "page": "hakija", "key": "q4", "number": 1, "link_id": 1}
    given |= {"before": 1, "after": 2, "digest": "0" * 64}
    # The ministry's addresses are tried in test_desk_access.
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/hakemus/<reference>")]
    assert len(rules) > 20
    for rule in rules:
        with app.test_request_context():
            address = url_for(rule.endpoint, **{name: given[name] for name in rule.arguments})
        # One forgets the application on this computer, the other sends back to a version that is closed.
        if rule.endpoint in ("resume.leave", "summary.copy_form"):
            continue
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            answer = stranger.client.open(address, method=method, headers=stranger.headers)
            assert answer.status_code == 403, (method, address)
            assert "Avatkaa hakemus henkilökohtaisesta linkistänne." in answer.text


def test_a_browser_without_cookies_is_told_so(app: Flask) -> None:
    browser = app.test_client(use_cookies=False)
    answer = browser.post("/haku/strategiarahoitus-2021/aloita")
    assert answer.status_code == 403
    assert "sallikaa evästeet tälle sivustolle" in answer.text


def test_ask_for_links_says_the_same_to_anybody(
    applicant: Applicant, app: Flask, mails: Callable[[], list[Any]]
) -> None:
    applicant.begin().press("Tallenna", {"q2.sahkoposti": "Aino@Example.fi"})
    reference = applicant.reference
    other = Applicant(app)
    known = other.get("/linkki").press("Lähetä linkki", {"sahkoposti": "aino@example.fi"}).text
    unknown = other.get("/linkki").press("Lähetä linkki", {"sahkoposti": "kuka@example.fi"}).text
    assert known == unknown
    found = mails()
    assert len(found) == 1
    assert found[0]["To"].lower() == "aino@example.fi"
    assert Applicant(app).get(link_in(found[0])).reference == reference


def test_an_address_gets_links_to_its_own_applications_only(
    applicant: Applicant, app: Flask, mails: Callable[[], list[Any]]
) -> None:
    applicant.begin().press("Tallenna", {"q2.sahkoposti": "aino@example.fi"})
    other = Applicant(app).begin().press("Tallenna", {"q2.sahkoposti": "kuka@example.fi"})
    for asked, reference in (("aino", applicant.reference), ("kuka", other.reference)):
        Applicant(app).get("/linkki").press("Lähetä linkki", {"sahkoposti": f"{asked}@example.fi"})
        body = mails()[-1].get_body(("plain",)).get_content()
        assert re.findall(r"SR21-\w{7}", body) == [reference]


def test_one_mail_for_all_applications_of_an_address(
    applicant: Applicant, app: Flask, mails: Callable[[], list[Any]]
) -> None:
    references = []
    for _ in range(2):
        applicant.begin().press("Tallenna ja jatka myöhemmin")
        applicant.press("Lähetä linkki", {"sahkoposti": "aino@example.fi"})
        references.append(applicant.reference)
    Applicant(app).get("/linkki").press("Lähetä linkki", {"sahkoposti": "aino@example.fi"})
    body = mails()[-1].get_body(("plain",)).get_content()
    assert len(mails()) == 3
    assert all(reference in body for reference in references)
    assert max(len(line) for line in body.splitlines()) < 100


@pytest.mark.parametrize(
    "typed", ["", "abc", "a@b", "åsa@example.fi", "a@example.fi\r\nBcc: b@example.fi", "a b@example.fi", "a@b\0@c.fi"]
)
def test_a_wrong_address_is_refused_with_advice(applicant: Applicant, typed: str) -> None:
    applicant.get("/linkki").post("/linkki", {**applicant.form("Lähetä linkki").data, "sahkoposti": typed})
    assert applicant.status == 422
    assert "Tarkistakaa sähköpostiosoite." in applicant.text


def test_several_applications_in_one_browser(applicant: Applicant) -> None:
    first = applicant.begin().reference
    second = applicant.begin().reference
    listed = applicant.get("/").text
    assert first in listed
    assert second in listed
    applicant.press(f"Poistu {second}")
    assert second not in applicant.text
    assert applicant.get(f"/hakemus/{second}/hakija").status == 403
    assert applicant.get(f"/hakemus/{first}/hakija").status == 200


def test_a_mail_that_fails_waits_and_leaves_no_link(
    make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(mail_server="127.0.0.1", mail_port=9)
    applicant = Applicant(app).begin().press("Tallenna ja jatka myöhemmin")
    before = Link.select().count()
    applicant.press("Lähetä linkki", {"sahkoposti": "aino@example.fi"})
    assert applicant.status == 200
    assert Link.select().count() == before
    with app.app_context():
        assert mail.deliver() == 0, "it is not due again at once"


def test_the_link_is_not_in_pages_that_others_see(applicant: Applicant) -> None:
    link = shown_link(applicant.begin())
    for page in ("hakija", "yhteenveto"):
        assert link not in applicant.go(page).text
    assert second_browser(applicant.client.application, applicant).address.endswith("/hakija")


def test_the_oldest_of_too_many_applications_is_forgotten(applicant: Applicant) -> None:
    references = [applicant.begin().reference for _ in range(21)]
    listed = applicant.get("/").text
    assert references[0] not in listed
    assert all(reference in listed for reference in references[1:])
    assert listed.index(references[20]) < listed.index(references[1])


def test_good_links_open_however_many_wrong_ones_came(make_app: Callable[..., Flask]) -> None:
    app = make_app(link_requests="3 per hour")
    link = shown_link(Applicant(app).begin())
    stranger = Applicant(app)
    assert [stranger.get(f"/jatka/{number}").status for number in range(5)] == [404, 404, 404, 429, 429]
    assert Applicant(app).get(link).status == 200


def test_a_message_is_said_once_and_only_for_what_happened(applicant: Applicant) -> None:
    applicant.begin().go("tallennettu?lahetetty=joku@example.fi")
    assert "joku@example.fi" not in applicant.text
    applicant.press("Lähetä linkki", {"sahkoposti": "aino@example.fi"})
    assert "Linkki lähetetään osoitteeseen aino@example.fi." in applicant.text
    assert "Linkki lähetetään" not in applicant.go("tallennettu").text
