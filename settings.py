"""Every setting: its name in the environment, type, default and why it is there. A wrong one stops the start.

``make docs`` draws docs/settings.md from here.
"""

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).parent
_EMAIL = r"^[^@\s]+@[^@\s]+$"


class SettingsError(Exception):
    """A setting is missing or wrong; the message has a line for each."""


class Settings(BaseSettings):
    """Read from the environment. Times in seconds unless the name says otherwise."""

    model_config = SettingsConfigDict(frozen=True, env_ignore_empty=True, use_attribute_docstrings=True)

    tryout: bool = False
    """A try-out: a banner on every page, a secret key of its own, and mails to a call's own addresses are only written
    to files."""
    secret_key: SecretStr = SecretStr("")
    """Signs the session cookie; random, at least 16 characters. Needed unless ``TRYOUT`` is on."""
    secret_key_fallbacks: tuple[str, ...] = ()
    """JSON list of earlier keys: after a change of key, browsers keep their applications, and open pages save at the
    second press."""
    base_url: str = Field(default="http://127.0.0.1:8000", pattern=r"^https?://[^/]+(/.*[^/])?$")
    """The public address. Links come from it and never from a request, a request for another host is refused, and https
    makes the cookie ``Secure``. ``/health/`` answers under any. One with a path, as in ``https://example.fi/haku``, has
    the service under that path."""
    hsts_days: int = Field(default=365, ge=0)
    """With an https address: how long browsers ask for it by https only (``Strict-Transport-Security``), its subdomains
    not among it; 0 takes that back."""
    var_dir: Path = ROOT / "var"
    """Where the service writes: database, mails that go to files, exports. Must be a local disk, as SQLite's log of
    writes does not work over a network; with PostgreSQL it is a folder that all hosts share."""
    calls_dir: Path = ROOT / "calls"
    """The folder whose ``*.toml`` files are the calls that come with the program: taken up by the database at start."""
    database_url: str = Field(default="", pattern=r"^$|^(sqlite|postgresql)(\+pool)?://")
    """Without it, an SQLite file under ``VAR_DIR``. ``postgresql://USER:PASSWORD@HOST:PORT/NAME`` names a PostgreSQL
    database, which several hosts may share; what libpq takes besides goes behind it, as in ``?sslmode=verify-full``."""
    held_open: frozenset[str] = frozenset()
    """JSON list of keys of calls that are open whatever the time: try-outs of past calls."""

    backup_dir: str = ""
    """The folder of backups, another disk if you can; without it, ``VAR_DIR/backups``."""
    backup_encrypt: str = ""
    """A command that encrypts what comes on its standard input, as ``age -r age1…`` or ``gpg --encrypt -r …``; without
    one, backups are as readable as the database. Its key to read must not be on this server."""
    backup_decrypt: str = ""
    """The command that reads them again, for ``flask backup restore``; where it is set, each backup is read back."""
    backup_days: int = Field(default=14, gt=0)
    """After so many days a backup goes with the next one, and with it contact details that are erased meanwhile; the
    data protection statement says so."""
    backup_count: int = Field(default=60, gt=0)
    """The most backups kept."""

    disk_free_mb: int = Field(default=200, ge=0)
    """The least room on the disk of ``VAR_DIR``, in megabytes: below it ``/health/ready`` answers 503."""
    mail_age_minutes: int = Field(default=60, ge=0)
    """How long a mail may be late until ``/health/ready`` says ``attention``; 0 for however long."""
    backup_age_hours: int = Field(default=0, ge=0)
    """How old the newest backup may be until ``/health/ready`` says ``attention``; 0 where it is not watched."""

    mail_server: str = ""
    """SMTP host; without one, mails become files under ``VAR_DIR/mail``."""
    mail_port: int = Field(default=25, gt=0, lt=65536)
    """Its port."""
    mail_use_tls: bool = False
    """STARTTLS, with the server's certificate checked. ``SSL_CERT_FILE`` names an authority of your own."""
    mail_use_ssl: bool = False
    """TLS from the first byte, checked alike."""
    mail_username: str = ""
    """Where the mail server asks for one."""
    mail_password: SecretStr = SecretStr("")
    """The same."""
    mail_default_sender: str = "strategiarahoitus@example.fi"
    """The sender of every mail."""
    mail_timeout: float = Field(default=10, gt=0)
    """A mail server that says nothing is given up after this; so is one that was given a mail and does not say so."""
    mail_timeout_after_response: float = Field(default=2, gt=0)
    """What it gets until it asks for the mail, right after a page was answered: that holds a thread."""
    mails_per_address: int = Field(default=6, gt=0)
    """Mails to one address within an hour, beyond which nobody can ask for another. Receipts and the registry's copies
    are not among them: so many of each go out about one application, then only the newest version's, in its turn."""
    mails_per_application: int = Field(default=30, gt=0)
    """Mails about one application within an hour, beyond which nobody can ask for another."""
    mails_per_hour: int = Field(default=1_000, gt=0)
    """The same for the whole service. Set it above what the last hours of your call need."""
    reminder_days: int = Field(default=3, ge=0)
    """How many days before closing those are reminded who have something unsent, by ``flask mail send``; 0 for no
    reminder."""

    proxies: int = Field(default=0, ge=0)
    """How many proxies of yours stand before the service; only their word on address and protocol is believed. Without
    it behind nginx, all people share one address in the limits."""
    arrival_header: str = ""
    """The header in which your proxy says when a request began to arrive, in seconds since 1970 with decimals (nginx:
    ``set $arrived $msec;`` and ``proxy_set_header X-Arrived $arrived;``, for a header alone is written when the whole
    request is there). Lateness is judged by it; believed only with ``PROXIES``, and only within the last ten
    minutes."""
    body_bytes: int = Field(default=3_000_000, gt=0)
    """The largest request taken; the whole form filled to its limits stays under a third of it."""
    upload_bytes: int = Field(default=20_000_000, gt=0)
    """How much larger a post of a page of the form may be where it brings files."""
    body_fields: int = Field(default=1_000, gt=0)
    """The most fields of a request."""
    session_days: int = Field(default=90, gt=0)
    """How long a browser remembers its applications."""
    link_requests: str = "20 per hour"
    """How often one address of the network may ask for links, have mails sent, try wrong links or check what is
    unknown."""

    officer_session_hours: int = Field(default=12, gt=0)
    """How long an officer stays signed in at most."""
    officer_idle_minutes: int = Field(default=60, gt=0)
    """How long, when nothing is done meanwhile."""

    feedback_email: str = Field(default="kirjaamo.okm@gov.fi", pattern=_EMAIL)
    """Where people write about the service: faults, accessibility, lost links that no mail brings back. Shown on the
    pages around the form and on error pages."""
    security_contact: str = Field(default="", pattern=r"^(mailto:[^@\s]+@[^@\s]+|https://\S+)?$")
    """Where faults in the security of the service are told, as ``mailto:`` or https address; without it there is no
    ``/.well-known/security.txt``. It belongs to the host's root: for a service under a path the proxy sees to that."""
    data_protection_email: str = Field(default="okmtietosuojavastaava@gov.fi", pattern=_EMAIL)
    """The data protection officer of the controller, shown in the data protection statement."""

    @field_validator("base_url", mode="before")
    @classmethod
    def _no_slash(cls, url: object) -> object:
        return url.rstrip("/") if isinstance(url, str) else url

    @model_validator(mode="after")
    def _safe(self) -> Self:
        if not self.tryout and len(self.secret_key.get_secret_value()) < 16:
            raise ValueError("SECRET_KEY is missing or shorter than 16 characters; set a random one")
        return self

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def path(self) -> str:
        """Where the service lies on its host; cookies stay within."""
        return urlsplit(self.base_url).path or "/"

    @property
    def cookie_name(self) -> str:
        """Over https with the prefix by which browsers take the cookie from nobody else under the same domain."""
        prefix = "__Host-" if self.path == "/" else "__Secure-"
        return f"{prefix if self.is_https else ''}istunto"

    @property
    def mail_dir(self) -> Path:
        return self.var_dir / "mail"

    @property
    def effective_backup_dir(self) -> Path:
        return Path(self.backup_dir) if self.backup_dir else self.var_dir / "backups"

    @property
    def effective_database_url(self) -> str:
        return self.database_url or f"sqlite:///{self.var_dir.absolute() / 'strategiarahoitus.db'}"

    def secret(self) -> str:
        """The secret key; that of a try-out is made once and kept, so that its links outlive a restart."""
        given = self.secret_key.get_secret_value()
        if given:
            return given
        path = self.var_dir / "secret-key"
        self.var_dir.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            # Written aside and linked whole: several workers start at once, and the first one's key is everybody's.
            with tempfile.NamedTemporaryFile("w", dir=self.var_dir) as aside:
                aside.write(secrets.token_hex(32))
                aside.flush()
                with suppress(FileExistsError):
                    os.link(aside.name, path)
        return path.read_text()


def read_settings() -> Settings:
    """The settings of the environment. Raises SettingsError."""
    try:
        return Settings()
    except ValidationError as error:
        lines = [
            f"{' '.join(str(part).upper() for part in fault['loc'])} {fault['msg']}".strip() for fault in error.errors()
        ]
        raise SettingsError("\n".join(lines)) from error
