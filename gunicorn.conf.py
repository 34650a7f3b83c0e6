"""The web server. Settings of the service itself are in settings.py."""

import os
import sys

from models import database
from services import figures
from settings import read_settings

wsgi_app = "app:create_app()"
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


def post_worker_init(worker: object) -> None:
    """A thread that makes a document gives way after 0.5 ms, not 5: saves beside it take the floor many times each."""
    sys.setswitchinterval(0.0005)


def on_starting(server: object) -> None:
    """Once, before the workers: they must not race for the schema."""
    settings = read_settings()
    database.bind(settings.effective_database_url)
    database.migrate()
    where = f"the mail server {settings.mail_server}" if settings.mail_server else str(settings.mail_dir)
    print(f"Serving {settings.base_url}; mails go to {where}", flush=True)
    if settings.mail_server and settings.tryout:
        print(f"Mails to a call's own addresses go to {settings.mail_dir}", flush=True)


def worker_exit(server: object, worker: object) -> None:
    """What it has counted and not written yet."""
    figures.write()
