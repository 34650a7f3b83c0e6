"""Opening and closing, in Helsinki time and to the millisecond (cases N)."""

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask

import clock
from tests.applicant import Applicant
from tests.conftest import ROOT
from tests.test_sending import filled

OPEN = "2021-05-17T15:00:00"


@pytest.fixture
def real_app(make_app: Callable[..., Flask]) -> Flask:
    """The service with the call's real times."""
    return make_app(held_open=frozenset())


def test_before_opening_the_form_can_be_read_and_not_begun(real_app: Flask, at: Callable[[str], None]) -> None:
    at("2021-04-18T23:59:59.999")
    applicant = Applicant(real_app).get("/haku/strategiarahoitus-2021")
    assert "Hakuaika alkaa 19.4.2021 klo 00.00 (Suomen aikaa)." in applicant.text
    assert "Lyhyt kuvaus kehittämistoimenpiteestä" in applicant.text
    assert "Aloita hakemus" not in applicant.text
    at("2021-04-19T00:00:00")
    assert applicant.begin().address.endswith("/hakija")


@pytest.mark.parametrize(
    ("arrival", "is_in_time"),
    [("2021-05-17T16:14:59.999", True), ("2021-05-17T16:15:00.000", True), ("2021-05-17T16:15:00.001", False)],
)
def test_closing_to_the_millisecond(
    real_app: Flask, short: dict[str, Any], at: Callable[[str], None], arrival: str, is_in_time: bool
) -> None:
    at(OPEN)
    applicant = filled(real_app, short)
    assert "Aikaa on jäljellä 1 t 15 min." in applicant.text
    at(arrival)
    applicant.send()
    assert ("Hakemus on lähetetty" in applicant.text) is is_in_time
    if not is_in_time:
        assert applicant.status == 422
        assert (
            "Hakuaika päättyi 17.5.2021 klo 16.15 (Suomen aikaa), ja hakemuksenne saapui sen jälkeen." in applicant.text
        )


def test_after_closing_a_draft_is_read_saved_and_printed(
    real_app: Flask, short: dict[str, Any], at: Callable[[str], None]
) -> None:
    at(OPEN)
    applicant = filled(real_app, short)
    at("2021-05-18T09:00:00")
    applicant.go("hakija").press("Tallenna", {"q2.nimi": "Myöhäinen Nimi"})
    assert applicant.value("q2.nimi") == "Myöhäinen Nimi"
    assert "Hakemusta ei voi enää lähettää" in applicant.text
    applicant.go("yhteenveto")
    assert "Vakuutamme" not in applicant.text
    assert "Mikään ei estä" not in applicant.text
    assert applicant.client.get(f"/hakemus/{applicant.reference}/yhteenveto.pdf").data.startswith(b"%PDF")
    assert applicant.get("/haku/strategiarahoitus-2021").status == 200


class SlowBody(BytesIO):
    """A request's body whose end comes later: reading it moves the clock on."""

    def __init__(self, body: bytes, when_read: Callable[[], None]) -> None:
        super().__init__(body)
        self._when_read = when_read

    def read(self, size: int | None = -1) -> bytes:
        self._when_read()
        return super().read(size)


def test_arrival_is_noted_before_the_body_is_read(
    real_app: Flask, short: dict[str, Any], at: Callable[[str], None]
) -> None:
    """A slow line does not make late what came in time."""
    at(OPEN)
    applicant = filled(real_app, short)
    address, data = applicant.form("Lähetä").pressed("Lähetä")
    data.update({"vakuutus": "1", "huomautukset": "1"})
    body = urlencode(list(data.items(multi=True))).encode()
    at("2021-05-17T16:14:58")
    answer = applicant.client.post(
        address,
        input_stream=SlowBody(body, lambda: at("2021-05-17T16:15:02")),
        content_length=len(body),
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 303
    assert "17.5.2021 klo 16.14.58" in applicant.go("yhteenveto").text


@pytest.mark.parametrize(
    ("proxies", "said", "is_in_time"),
    [(1, "2021-05-17T16:14:59", True), (0, "2021-05-17T16:14:59", False), (1, "2021-05-17T16:00:00", False)],
    ids=["our proxy", "anybody", "too long ago"],
)
def test_a_proxys_word_on_arrival(
    make_app: Callable[..., Flask],
    short: dict[str, Any],
    at: Callable[[str], None],
    proxies: int,
    said: str,
    is_in_time: bool,
) -> None:
    """A busy service does not make late what its own proxy took in time; nobody else is believed."""
    app = make_app(held_open=frozenset(), proxies=proxies, arrival_header="X-Arrived")
    at(OPEN)
    applicant = filled(app, short)
    at("2021-05-17T16:15:30")
    instant = datetime.fromisoformat(said).replace(tzinfo=clock.HELSINKI)
    applicant.headers = {"X-Arrived": f"{instant.timestamp():.3f}"}
    applicant.send()
    assert ("Hakemus on lähetetty" in applicant.text) is is_in_time


@pytest.mark.parametrize("said", ["", "soon", "-1", "1e9", "99999999999", "1621257299.000, 1", "\u0661"])
def test_nonsense_on_arrival_is_nothing(make_app: Callable[..., Flask], said: str) -> None:
    app = make_app(proxies=1, arrival_header="X-Arrived")
    assert app.test_client().get("/", headers={"X-Arrived": said}).status_code == 200


def test_the_front_page_lists_calls_by_what_can_be_done_with_them(
    make_app: Callable[..., Flask], tmp_path: Path, at: Callable[[str], None]
) -> None:
    """One call to come, one open, one over, as each in turn is."""
    times = {"eka": ("2021-02-01", "2021-03-01"), "toka": ("2022-02-01", "2022-03-01")}
    for key, (opens, closes) in times.items():
        text = (ROOT / "tests/calls/text.toml").read_text().replace('key = "text"', f'key = "{key}"', 1)
        text = text.replace("2021-01-01", opens, 1).replace("2031-01-01", closes, 1)
        (tmp_path / f"{key}.toml").write_text(text.replace('"PIENI"', f'"{key.upper()}"').replace("Pieni haku", key))
    reader = Applicant(make_app(calls_dir=tmp_path))
    for instant, listed in {
        "2021-01-01": "Tulevat haut eka",
        "2021-02-10": "Avoimet haut eka Ministeriö Haku on auki",
        "2021-06-01": "Päättyneet haut eka",
        "2022-06-01": "Päättyneet haut toka Ministeriö",
    }.items():
        at(instant)
        assert listed in reader.get("/").text
    assert "Avoimet haut" not in reader.text
    assert "Tulevat haut" not in reader.text


@pytest.mark.parametrize("instant", ["2020-05-01", "2022-05-01"])
def test_a_call_that_is_held_open_says_outside_which_times(app: Flask, at: Callable[[str], None], instant: str) -> None:
    at(instant)
    times = "Sitä pidetään auki, vaikka hakuaika on 19.4.2021 klo 00.00 – 17.5.2021 klo 16.15 (Suomen aikaa)."
    assert f"Haku on auki. {times}" in Applicant(app).get("/").text
