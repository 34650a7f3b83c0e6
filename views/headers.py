"""What every answer says to browsers, refusals and files too."""

from flask import Flask, Response, request

from settings import Settings
from views import assets

_CONTENT_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
_SAME_EVERYWHERE = {
    "Content-Security-Policy": _CONTENT_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    # Not no-referrer: the check of form tokens over https goes by it.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def register_headers(app: Flask, settings: Settings) -> None:
    always = _always(settings)

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers.update(always)
        response.headers["X-Robots-Tag"] = "all" if request.endpoint == "calls.index" else "noindex"
        if request.endpoint not in assets.ENDPOINTS:
            response.headers["Cache-Control"] = "private, no-store"
            response.vary.add("HX-Request")
        return response


def nothing_here(settings: Settings) -> Response:
    """The answer outside the path of the public address: none of our pages is there to be shown."""
    return Response("", 404, {**_always(settings), "X-Robots-Tag": "noindex"})


def _always(settings: Settings) -> dict[str, str]:
    if not settings.is_https:
        return _SAME_EVERYWHERE
    # Without includeSubDomains: other services under the same name may not have https yet.
    return {**_SAME_EVERYWHERE, "Strict-Transport-Security": f"max-age={settings.hsts_days * 86_400}"}
