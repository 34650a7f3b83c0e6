"""Requests as nobody means them well: over every route, with what breaks servers in addresses, headers and bodies.

They go to the program as a web server would hand them on (WSGI), since a client library would mend half of them.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_from_bytes, unquote_to_bytes

from hypothesis import strategies as st

HUGE = "9" * 5_000
TEXTS = [
    "",
    "0",
    "-1",
    "1",
    "2147483648",
    "9223372036854775808",
    HUGE,
    "1e999",
    "NaN",
    "\u0661\u0662\u0663",
    "²",
    "٣.٥",
]
TEXTS += [
    "\x00",
    "a\x00b",
    "\r\nX-Evil: 1",
    "\n" * 300,
    "\u2028",
    "\ud7ff\uffff",
    "😀" * 400,
    "x" * 20_000,
    "é" * 3_000,
]
TEXTS += [
    "'; drop table answer; --",
    '" OR "a"*',
    "%s%n{0}{{7*7}}${x}",
    "../../etc/passwd",
    "<script>alert(1)</script>",
]
TEXTS += [
    "=1+1",
    "q4:999",
    f"q11:{HUGE}",
    "q11:\u0663",
    "q4:-1",
    "q7",
    "1 a=b =c =",
    "true",
    "null",
    "[]",
    "{",
    "\ufeff",
]
TEXTS += [
    "31.12.9999",
    "1.1.0000",
    "99.99.9999",
    "0001-01-01",
    "9999-12-31",
    "kotona@example.fi",
    "a@" + "b" * 300,
    "@",
]
FIELDS = (
    "csrf_token sivu kieli toiminto lisaa hae palauta yhdista sahkoposti salasana koodi jatko tila lahetys vakuutus"
)
FIELDS += " huomautukset versio nyt istunto tunnus sormenjalki tiedosto muoto yhteystiedot perustelu viimeistaan paiva"
FIELDS += " pyynto kysymykset asianumero kasittelija tunnisteet saapunut teksti haku asiakirja jarjestys maara alkaen"
FIELDS += " nakyvissa q1 q1.muu q1.haku q1.rev q2.nimi q2.rev q3 q3.rev q4 q4.rev q7.henkilosto q7.rev q9.alku q9.rev"
FIELDS += " q11.0 q11.-1 q11.99999999999 q11.rev q40 x"
NAMES = FIELDS.split()
PIECES = [
    b"%",
    b"%zz",
    b"%00",
    b"%c3%28",
    b"%ff",
    b"%2f",
    b"%2e%2e%2f",
    b"..",
    b".",
    b"//",
    b"\\",
    b";x=1",
    b"%0d%0aX:%20y",
]
PIECES += [
    b"%ed%a0%80",
    b"%F0%9F%98%80",
    b"+",
    b"*",
    b"?",
    b"#",
    b"a" * 3_000,
    b"1",
    b"-1",
    HUGE.encode(),
    b"%d9%a1",
    b"%20",
]
METHODS = ["GET", "POST", *["HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "get"], "X" * 30]
TYPES = [
    "",
    "application/x-www-form-urlencoded",
    "application/json",
    "text/plain; charset=utf-7",
    "multipart/form-data",
]
TYPES += [
    "multipart/form-data; boundary=",
    "multipart/form-data; boundary=" + "b" * 400,
    "application/x-www-form-urlencoded; charset=x",
]
TYPES += [
    'multipart/form-data; boundary="\\',
    "MULTIPART/FORM-DATA; BOUNDARY=b",
    "a/b; " * 200,
    "\xff",
    "multipart/mixed; boundary=b",
]
HEADERS = {
    "HTTP_HX_REQUEST": ["true", "false", "", "\xff", "true, true"],
    "HTTP_HX_BOOSTED": ["true", "x"],
    "HTTP_HX_HISTORY_RESTORE_REQUEST": ["true", ""],
    "HTTP_HX_CURRENT_URL": ["", "http://[", "%%%", "x" * 5_000],
    "HTTP_HX_CURRENT_URL_URI_AUTOENCODED": ["true", "x"],
    "HTTP_HX_PROMPT": ["%", "%ff", "x"],
    "HTTP_HX_PROMPT_URI_AUTOENCODED": ["true"],
    "HTTP_HX_TARGET": ["q4", "\xff"],
    "HTTP_HX_TRIGGERING_EVENT": ["{", "[]", "null", "[" * 3_000],
    "HTTP_HOST": [
        "evil.example",
        "",
        "[::1",
        "[1:::::1]",
        "127.0.0.1:99999",
        "127.0.0.1:x",
        "a b",
        "\xff",
        "localhost",
    ],
    "HTTP_X_FORWARDED_FOR": ["x", ",,,", "1.1.1.1, " * 300],
    "HTTP_X_FORWARDED_HOST": ["evil.example"],
    "HTTP_X_FORWARDED_PROTO": ["https", "javascript"],
    "HTTP_X_FORWARDED_PREFIX": ["//evil", "/x"],
    "HTTP_X_ARRIVED": ["NaN", "1e9", HUGE, "\xb2"],
    "HTTP_ACCEPT_LANGUAGE": ["sv;q=NaN", "*;q=9e999", "," * 3_000, "fi;q=-1", "\xff-\xff", "sv" * 2_000],
    "HTTP_ACCEPT_ENCODING": ["br;q=x", "gzip;q=1e9", "*;q=0", "identity;q=0", ";;;,,"],
    "HTTP_IF_NONE_MATCH": ["*", '"', 'W/"x"', "x" * 4_000],
    "HTTP_IF_MODIFIED_SINCE": ["yesterday", "Thu, 99 Jan 99999 99:99:99 GMT", "Thu, 01 Jan 1970 00:00:00 +9999"],
    "HTTP_RANGE": ["bytes=-1", "bytes=9-1", "bytes=0-" + HUGE, "bytes=0-1,2-3", "rows=1"],
    "HTTP_IF_RANGE": ['"x"', "\xff"],
    "HTTP_AUTHORIZATION": ["Basic %%%", "Basic \xff", "Bearer x", "Digest " + 'a="b",' * 200],
    "HTTP_COOKIE": [
        "istunto",
        "istunto=",
        "istunto=.eJw",
        "istunto=e30.x.y",
        '="; ;;',
        "istunto=\xff\xfe",
        "a=b; " * 900,
    ],
    "HTTP_REFERER": ["http://[", "\xff", "x" * 5_000],
    "HTTP_ORIGIN": ["null", "http://evil.example"],
    "HTTP_USER_AGENT": ["", "\xff" * 300, "x" * 5_000],
    "HTTP_CONTENT_ENCODING": ["gzip", "br"],
    "HTTP_TRANSFER_ENCODING": ["chunked", "identity, chunked"],
    "HTTP_X_HTTP_METHOD_OVERRIDE": ["DELETE"],
    "HTTP_EXPECT": ["100-continue", "x"],
    "HTTP_CACHE_CONTROL": ["max-age=x", "no-store, " * 300],
    "CONTENT_LENGTH": ["", "-1", "0", "1", "x", "99999999", HUGE, "\u0661"],
}


@dataclass
class Attack:
    """A request; what it is not said of is as in any other."""

    path: bytes
    """As it stands on the request line, percent signs and all."""
    query: bytes = b""
    method: str = "GET"
    body: bytes = b""
    kind: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def environ(self, browser: dict[str, str]) -> dict[str, Any]:
        return {
            "REQUEST_METHOD": self.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(self.path).decode("latin-1"),
            "RAW_URI": self.path.decode("latin-1"),
            "QUERY_STRING": self.query.decode("latin-1"),
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "127.0.0.1:8000",
            "CONTENT_TYPE": self.kind,
            "CONTENT_LENGTH": str(len(self.body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(self.body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
            **browser,
            **self.headers,
        }


texts = st.one_of(st.sampled_from(TEXTS), st.sampled_from(TEXTS), st.text(max_size=40).map(lambda text: text))
raw = st.one_of(st.sampled_from(PIECES), st.binary(max_size=12))


def encoded(pairs: list[tuple[str, str]]) -> bytes:
    return b"&".join(
        b"=".join(quote_from_bytes(part.encode("utf-8", "replace")).encode() for part in pair) for pair in pairs
    )


forms = st.lists(st.tuples(st.one_of(st.sampled_from(NAMES), st.sampled_from(NAMES), texts), texts), max_size=8).map(
    encoded
)
"""Fields well encoded, with hostile values, some of them twice."""


@st.composite
def multiparts(draw: st.DrawFn) -> tuple[bytes, str]:
    """A form with files and fields, whole, cut or with something foreign in it."""
    body = b""
    for _ in range(draw(st.integers(0, 4))):
        name, value = draw(st.sampled_from(NAMES)), draw(texts).encode("utf-8", "replace")
        disposition = draw(
            st.sampled_from(
                ["form-data; name=%s", "form-data; name=%s; filename=a.json", 'x; name="%s', "form-data; name*=%s"]
            )
        )
        kind = draw(
            st.sampled_from(
                ["", "Content-Type: application/json\r\n", "Content-Transfer-Encoding: base64\r\n", "\xff:\r\n"]
            )
        )
        body += f"--b\r\nContent-Disposition: {disposition % name}\r\n{kind}\r\n".encode("latin-1") + value + b"\r\n"
    body += draw(st.sampled_from([b"--b--\r\n", b"--b", b"", b"\r\n--b--", b"--b\r\n\r\n" * 1_100]))
    return body[: draw(st.integers(0, len(body)))] if draw(st.booleans()) else body, "multipart/form-data; boundary=b"


DOCUMENTS = [
    b"[" * 100_000,
    b'{"a":' * 50_000,
    b"NaN",
    b'{"a":1,"a":2}',
    b"9" * 10_000,
    b"\xff\xfe\x00",
    b'"\\ud800"',
    b"",
]
DOCUMENTS += [
    b'{"reference":"\\ud800","version":1,"sent_at":"x","answers":{}}',
    b'{"reference":"' + b"A" * 9_000 + b'"}',
]
DOCUMENTS += [b'{"reference":"x","version":Infinity,"sent_at":"","answers":1e999}', b"1" + b"0" * 4_000 + b".5"]


def upload(document: bytes) -> tuple[bytes, str]:
    head = b'--b\r\nContent-Disposition: form-data; name="tiedosto"; filename="x"\r\n\r\n'
    return head + document + b"\r\n--b--\r\n", "multipart/form-data; boundary=b"


@st.composite
def attacks(draw: st.DrawFn, routes: list[tuple[str, str]]) -> Attack:
    """A request by one of these addresses and methods, or near it."""
    address, method = draw(st.sampled_from(routes))
    path = address.encode()
    bend = draw(st.integers(0, 12))
    if bend == 0:
        parts = path.split(b"/")
        parts[draw(st.integers(0, len(parts) - 1))] = draw(raw)
        path = b"/".join(parts)
    elif bend == 1:
        place = draw(st.integers(0, len(path)))
        path = path[:place] + draw(raw) + path[place:]
    query = draw(st.one_of(st.just(b""), forms, forms, st.lists(raw, max_size=5).map(b"&".join)))
    attack = Attack(path, query, draw(st.sampled_from([*[method] * 60, *METHODS])))
    if attack.method not in ("GET", "HEAD", "get"):
        attack.body, attack.kind = draw(
            st.one_of(
                forms.map(lambda body: (body, "application/x-www-form-urlencoded")),
                multiparts(),
                st.sampled_from(DOCUMENTS).map(upload),
                st.tuples(st.one_of(forms, st.binary(max_size=200)), st.sampled_from(TYPES)),
            )
        )
    for name in draw(st.lists(st.sampled_from(sorted(HEADERS)), max_size=2, unique=True)):
        attack.headers[name] = draw(st.sampled_from(HEADERS[name]))
    return attack


def parts_of(answer: Any) -> Iterator[bytes]:
    """The body of a WSGI answer; it is closed at the end, with all that is done then."""
    try:
        yield from answer
    finally:
        if hasattr(answer, "close"):
            answer.close()
