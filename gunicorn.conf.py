"""The web server. Settings of the service itself are in settings.py."""

import os

from models import database
from settings import read_settings

wsgi_app = "app:create_app()"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
control_socket_disable = True


def on_starting(server: object) -> None:
    """Once, before the workers: they must not race for the schema."""
    settings = read_settings()
    database.bind(settings.effective_database_url)
    database.migrate()
    where = f"the mail server {settings.mail_server}" if settings.mail_server else str(settings.mail_dir)
    print(f"Serving {settings.base_url}; mails go to {where}", flush=True)
    if settings.mail_server and settings.tryout:
        print(f"Mails to a call's own addresses go to {settings.mail_dir}", flush=True)
