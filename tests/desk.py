"""An officer at a browser without scripts: an account made, set up and signed in as people do it."""

import copy
from itertools import count
from typing import Self

import pyotp
from flask import Flask

import clock
from services import accounts
from services.accounts import Role
from tests.applicant import Applicant

PASSWORD = "hevonen paristo niitti"


class Officer(Applicant):
    """An officer with a telephone. No code is taken twice, so two are there at any instant, this one and the next."""

    def __init__(
        self, app: Flask, role: Role = Role.OFFICER, email: str = "virkailija@example.fi", token: str = ""
    ) -> None:
        """``token`` is of a link that was mailed; without it the account is made here."""
        super().__init__(app)
        self.email = email
        with app.app_context():
            self.tie(token or accounts.begin_setup(accounts.add(email, role, "fi")))

    def tie(self, token: str) -> None:
        """Tie the telephone to the account by a link's token."""
        self.setup_token = token
        self._totp = pyotp.TOTP(accounts.secret_of(token))
        self._taken: set[int] = set()

    def code(self) -> str:
        """The telephone's next code."""
        now = int(clock.now().timestamp()) // self._totp.interval
        step = next(step for step in count(now) if step not in self._taken)
        self._taken.add(step)
        return self._totp.generate_otp(step)

    def moved_to(self, app: Flask) -> Self:
        moved = super().moved_to(app)
        moved._taken = set(self._taken)
        return moved

    def in_another_browser(self, address: str = "127.0.0.1") -> "Officer":
        """The same officer, or whoever knows as much, at another computer."""
        other = copy.copy(self)
        other.client = self.client.application.test_client()
        other.client.environ_base["REMOTE_ADDR"] = address
        return other

    def set_up(self) -> list[str]:
        """Choose a password and tie the telephone; returns the recovery codes."""
        self.get(f"/virkailija/kayttoonotto/{self.setup_token}")
        self.press("Ota käyttäjätunnus käyttöön", {"salasana": PASSWORD, "koodi": self.code()})
        assert self.page is not None
        return [str(code.text) for code in self.page.iter("code")]

    def sign_in(self, password: str = PASSWORD, code: str | None = None) -> "Officer":
        self.get("/virkailija/kirjaudu")
        typed = {"sahkoposti": self.email, "salasana": password, "koodi": self.code() if code is None else code}
        self.press("Kirjaudu", typed)
        return self


def signed_in(app: Flask, role: Role = Role.OFFICER, email: str = "virkailija@example.fi") -> Officer:
    officer = Officer(app, role, email)
    officer.set_up()
    return officer.sign_in()
