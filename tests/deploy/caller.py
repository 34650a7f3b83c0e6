"""Somebody at the public address of a machine, over TLS, with cookies, as slow as their line is."""

import socket
import ssl
import threading
from collections.abc import Mapping
from http.client import HTTPResponse
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.deploy.machine import HOST, Machine
from tests.forms_of_pages import forms_of, parse, text_of


class Caller:
    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._cookies: SimpleCookie = SimpleCookie()
        self.address = "/"
        self.status = 0
        self.body = ""

    def _connect(self) -> ssl.SSLSocket:
        plain = socket.socket(socket.AF_UNIX)
        plain.settimeout(90)
        plain.connect(str(self._machine.root / "port-443"))
        return self._machine.tls.wrap_socket(plain, server_hostname=HOST)

    @property
    def text(self) -> str:
        return text_of(parse(self.body))

    def ask(
        self, address: str, data: bytes | None = None, pause: float = 0, headers: Mapping[str, str] | None = None
    ) -> "Caller":
        """Get a page, or post; ``pause`` is the seconds between a request's head and its body."""
        lines = {
            "Host": HOST,
            "Connection": "close",
            "Referer": f"https://{HOST}{self.address}",
            "Cookie": "; ".join(f"{name}={cookie.value}" for name, cookie in self._cookies.items()),
            **(headers or {}),
        }
        if data is not None:
            lines |= {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(data))}
        head = f"{'GET' if data is None else 'POST'} {address} HTTP/1.1\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        with self._connect() as line:
            line.sendall(f"{head}\r\n".encode())
            if pause:
                threading.Event().wait(pause)
            line.sendall(data or b"")
            answer = HTTPResponse(line)
            answer.begin()
            for cookie in answer.headers.get_all("Set-Cookie", []):
                assert "; Secure" in cookie
                self._cookies.load(cookie)
            body = answer.read()
        if answer.status in (302, 303):
            place = urlsplit(answer.headers["Location"])
            return self.ask(place._replace(scheme="", netloc="").geturl())
        self.address, self.status, self.body = urlsplit(address).path, answer.status, body.decode(errors="replace")
        return self

    def press(self, button: str, fields: Mapping[str, Any] | None = None, **how: Any) -> "Caller":
        """Fill in those fields that the form with this button has, and press it. A list ticks boxes."""
        forms = forms_of(parse(self.body), self.address)
        form = next(form for form in forms if any(text_of(one) == button for one in form.buttons))
        for name, value in (fields or {}).items():
            if isinstance(value, list):
                form.data.setlist(name, value)
            elif name in form.data:
                form.data[name] = value
        address, data = form.pressed(button)
        return self.ask(address, urlencode(list(data.items(multi=True))).encode(), **how)
