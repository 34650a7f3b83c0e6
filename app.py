"""The application: settings, calls, extensions, pages, commands."""

import os
import sys
from datetime import timedelta
from urllib.parse import urlsplit

from flask import Flask, Response, g, request, session
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix

import extensions
import language
import logs
from commands import register_commands
from commands.calls import WITHOUT_SETTINGS
from forms.faults import CallFileError
from forms.texts import LANGUAGES, SOURCE, Euros, Percent
from models.database import bind, database
from services import figures, limits
from services.call_versions import read_folder
from services.calls import Calls
from settings import ROOT, Settings, SettingsError, read_settings
from templating import Templates, once
from views import addresses, apply, assets, calls, check, desk, documents, health, history, keeping, resume, summary
from views.access import arrival
from views.after import do_after
from views.errors import register_error_pages
from views.gate import register_gate
from views.headers import nothing_here, register_headers
from views.maintenance import refuse_under_maintenance
from views.numbers import register_numbers
from views.request_log import register_request_log


class _Service(Flask):
    jinja_environment = Templates
    jinja_options = {"trim_blocks": True, "lstrip_blocks": True}


def create_app(settings: Settings | None = None) -> Flask:
    """The WSGI application. Stops with a clear line when a setting or a call's file is wrong."""
    try:
        settings = settings or read_settings()
        shipped = read_folder(settings.calls_dir)
    except (SettingsError, CallFileError) as error:
        if _looks_at_files():
            return commands_alone()
        sys.exit(f"Not started.\n{error}")

    app = _Service(__name__)
    app.config.update(_flask_config(settings))
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=0
        )
    if settings.path != "/":
        # Everything under the public address's path, nothing outside it.
        app.wsgi_app = DispatcherMiddleware(nothing_here(settings), {settings.path: app.wsgi_app})  # type: ignore[method-assign]
    app.extensions["settings"] = settings
    app.extensions["calls"] = Calls(shipped, settings.held_open)

    bind(settings.effective_database_url)

    register_request_log(app, settings)
    # Before all else, so that arrival is noted before anything reads the request's body.
    _register_hooks(app, settings)
    extensions.compress.init_app(app)
    _speak(app)
    extensions.csrf.init_app(app)
    extensions.htmx.init_app(app)
    extensions.limiter.init_app(app)
    extensions.login.init_app(app)
    extensions.mail.init_app(app)

    _prepare_templates(app, settings)
    register_numbers(app)
    for module in (health, calls, check, resume, summary, documents, history, keeping, apply, desk):
        app.register_blueprint(module.bp)
    assets.register_assets(app)
    register_error_pages(app)
    register_commands(app)
    return app


def _looks_at_files() -> bool:
    """Whether a command is run that needs no setting and no call: it is how a broken file is found."""
    is_command = os.environ.get("FLASK_RUN_FROM_CLI") == "true" and sys.argv[1:2] == ["call"]
    return is_command and sys.argv[2:3] in ([name] for name in WITHOUT_SETTINGS)


def commands_alone() -> Flask:
    app = _Service(__name__)
    _speak(app)
    register_commands(app)
    return app


def _speak(app: Flask) -> None:
    extensions.babel.init_app(
        app, default_translation_directories=str(ROOT / "translations"), locale_selector=_pick_language
    )


def _flask_config(settings: Settings) -> dict[str, object]:
    return {
        "SECRET_KEY": settings.secret(),
        "SECRET_KEY_FALLBACKS": list(settings.secret_key_fallbacks),
        # The router's own redirects, to the same address with a slash, lead here and not where a request says.
        "SERVER_NAME": urlsplit(settings.base_url).netloc,
        "SESSION_COOKIE_NAME": settings.cookie_name,
        "SESSION_COOKIE_PATH": settings.path,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.is_https,
        # A slow answer must not put back the cookie that another tab has changed meanwhile.
        "SESSION_REFRESH_EACH_REQUEST": False,
        "PERMANENT_SESSION_LIFETIME": timedelta(days=settings.session_days),
        # People write for hours; a form's token lives as long as the session.
        "WTF_CSRF_TIME_LIMIT": None,
        "MAX_CONTENT_LENGTH": settings.body_bytes,
        "MAX_FORM_MEMORY_SIZE": settings.body_bytes,
        "MAX_FORM_PARTS": settings.body_fields,
        "BABEL_DEFAULT_LOCALE": SOURCE,
        "MAIL_SERVER": settings.mail_server,
        "MAIL_PORT": settings.mail_port,
        "MAIL_USE_TLS": settings.mail_use_tls,
        "MAIL_USE_SSL": settings.mail_use_ssl,
        "MAIL_USERNAME": settings.mail_username or None,
        "MAIL_PASSWORD": settings.mail_password.get_secret_value() or None,
        "MAIL_DEFAULT_SENDER": settings.mail_default_sender,
        "RATELIMIT_STORAGE_URI": f"{limits.PLACE}://",
        "RATELIMIT_STRATEGY": limits.STRATEGY,
        # What every browser of the last ten years takes. Documents are compressed as they are.
        "COMPRESS_ALGORITHM": ["br", "gzip"],
        "COMPRESS_ALGORITHM_STREAMING": ["br", "gzip"],
        "COMPRESS_MIMETYPES": [
            "text/html",
            "text/css",
            "text/javascript",
            "text/plain",
            "image/svg+xml",
            "application/json",
        ],
    }


def _pick_language() -> str:
    """The language chosen, else the browser's first that we speak."""
    chosen = session.get("kieli")
    if chosen in LANGUAGES:
        return str(chosen)
    return request.accept_languages.best_match(LANGUAGES) or SOURCE


def _prepare_templates(app: Flask, settings: Settings) -> None:
    with app.app_context():
        names = language.own_names()
    app.jinja_env.finalize = language.localise
    language.install_words(app.jinja_env)
    app.jinja_env.filters.update(
        localise=language.localise,
        moment=language.moment,
        clock_time=language.clock_time,
        lately=language.lately,
        weekday=language.weekday,
        time_left=language.time_left,
        blocks=language.blocks,
        euros=Euros,
        share_of=Percent,
        grouped=language.grouped,
        in_groups=language.in_groups,
    )
    app.jinja_env.globals.update(
        current_language=language.current,
        url_for=addresses.url_for,
        once=once,
        euro_writer=language.euro_writer,
        languages=LANGUAGES,
        language_names=names,
        is_tryout=settings.tryout,
        feedback_email=settings.feedback_email,
    )


def _register_hooks(app: Flask, settings: Settings) -> None:
    @app.before_request
    def note_arrival() -> None:
        g.arrived_at = arrival(settings)

    register_gate(app)

    @app.before_request
    def switch_language_by_link() -> None:
        if request.method == "GET" and request.args.get("kieli") in LANGUAGES:
            session["kieli"] = request.args["kieli"]

    @app.before_request
    def open_database() -> None:
        if request.endpoint not in (*assets.ENDPOINTS, *health.ENDPOINTS):
            refuse_under_maintenance()
            database.connect(reuse_if_open=True)

    @app.teardown_request
    def forget_language(error: BaseException | None) -> None:
        language.forget()

    @app.teardown_request
    def close_database(error: BaseException | None) -> None:
        if not database.is_closed():
            database.close()

    @app.after_request
    def write_figures(response: Response) -> Response:
        return do_after(response, figures.write) if figures.are_due() else response

    register_headers(app, settings)


logs.configure()
