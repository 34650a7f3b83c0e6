"""Flask's extensions: made here, bound in create_app."""

from flask import Response
from flask_babel import Babel
from flask_compress import Compress
from flask_htmx import HTMX
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_mail import Mail
from flask_wtf.csrf import CSRFProtect


class _CompressEverything(Compress):
    """Compresses refusals too. They are whole pages of the form (409, 422); the library minds only what went well."""

    def after_request(self, response: Response | None) -> Response:
        if response is None or response.status_code < 400:
            return super().after_request(response)
        status, response.status_code = response.status, 200
        try:
            return super().after_request(response)
        finally:
            response.status = status


babel = Babel()
compress = _CompressEverything()
csrf = CSRFProtect()
htmx = HTMX()
limiter = Limiter(get_remote_address)
login = LoginManager()
mail = Mail()
