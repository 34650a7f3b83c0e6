"""The web server. Settings of the service itself are in settings.py."""

import gc
import os
import socket
import struct
import sys
from typing import Any

from gunicorn.glogging import Logger

import logs
from forms.faults import CallFileError
from forms.texts import SOURCE
from models import database
from services import examples, figures, typesetter
from settings import read_settings

logs.configure()
log = logs.get("gunicorn.conf")


class OneLog(Logger):
    """The server's own words go to the log of all; what a request held stays out of them."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True

    def warning(self, msg: str, *args: object, **more: Any) -> None:
        is_invalid = msg.startswith("Invalid request")
        super().warning("Invalid request" if is_invalid else msg, *(() if is_invalid else args), **more)

    def exception(self, msg: object, *args: object, **more: Any) -> None:
        super().exception(str(msg).partition(" %s")[0], **more)


wsgi_app = "app:create_app()"
logger_class = OneLog
# The log of requests is the application's (views/request_log.py): the server's would have whole addresses.
accesslog = None
# Without this, gunicorn would listen on every address where PORT is set.
bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
# The worst printable application takes longer than the usual half minute.
timeout = 120
# With one request a worker, two idle connections (browsers open some in advance) would stop the service.
worker_class = "gthread"
threads = 8
# A thread may send mails after its answer (views/after.py); the browser's next request must not wait on its connection.
keepalive = 0
# Once for all workers: half the start, and what is the same in memory is there once. A change needs a restart.
preload_app = True
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
control_socket_disable = True
# What a proxy says is believed or not by the service itself (PROXIES), also where it comes from this machine.
forwarded_allow_ips = ""
# The longest address is that of a check, some 200 signs; the largest header is the cookie, under 4 000.
limit_request_line = 4094
limit_request_fields = 60
limit_request_field_size = 8190
silence = int(os.environ.get("SILENCE_SECONDS", "30"))


def when_ready(server: Any) -> None:
    """A connection that falls silent gives its thread back: every one that is accepted takes these limits along."""
    for listener in server.LISTENERS:
        for limit in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            listener.sock.setsockopt(socket.SOL_SOCKET, limit, struct.pack("ll", silence, 0))


def _keep_shared() -> None:
    """What processes share stays shared: each collection of garbage would write to all of it."""
    gc.collect()
    gc.freeze()


def pre_fork(server: object, worker: object) -> None:
    _keep_shared()


def post_worker_init(worker: object) -> None:
    """A thread that makes an export gives way after 0.5 ms, not 5: saves beside it take the floor many times each."""
    sys.setswitchinterval(0.0005)


def _make_a_document(app: Any) -> None:
    """Before any process is forked: what documents take (fonts, styles, words) is at hand then in each of them.

    The service starts also where that fails.
    """
    with app.app_context():
        for call in list(app.extensions["calls"])[:1]:
            try:
                examples.document(call, SOURCE)
            except Exception:
                log.exception("no_document_made")


def on_starting(server: Any) -> None:
    """Once, before the workers: they must not race for schema and calls, nor each translate every template."""
    app = server.app.wsgi()
    templates = app.jinja_env
    for name in templates.list_templates():
        templates.get_template(name)
    settings = read_settings()
    database.bind(settings.effective_database_url)
    database.migrate()
    try:
        with database.database.connection_context():
            app.extensions["calls"].look()
    except CallFileError as error:
        sys.exit(f"Not started.\n{error}")
    _make_a_document(app)
    # No connection must be carried into another process.
    database.database.close_idle()
    _keep_shared()
    typesetter.start()
    where = f"the mail server {settings.mail_server}" if settings.mail_server else str(settings.mail_dir)
    always = str(settings.mail_dir) if settings.mail_server and settings.tryout else where
    log.info("serving", address=settings.base_url, mails=where, mails_to_the_calls_addresses=always)


def worker_exit(server: object, worker: object) -> None:
    """What it has counted and not written yet."""
    figures.write()
