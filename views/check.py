"""The public page that says of a reference and a fingerprint which sent version they belong to, and no more."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from extensions import csrf, limiter
from forms.clean import clean_line
from forms.texts import Message, msg
from services import check
from services.context import settings
from views.errors import again_at

bp = Blueprint("check", __name__)


def _page(
    reference: str = "", fingerprint: str = "", problems: dict[str, Message] | None = None, **answer: object
) -> Response:
    problems = problems or {}
    page = render_template(
        "check/check.html", reference=reference, fingerprint=fingerprint, problems=problems, **answer
    )
    return make_response(page, 422 if problems else 200)


@bp.get("/tarkistus")
def show() -> Response:
    """The form, and the answer to what was asked with it or by a document's QR code."""
    reference, fingerprint = _typed()
    problems = _problems(reference, fingerprint)
    # Who switches the language halfway through has not asked yet.
    if problems and ("kieli" in request.args or "tunnus" not in request.args):
        return _page(reference, fingerprint)
    if problems:
        return _page(reference, fingerprint, problems)
    found = check.find(reference, check.plain_fingerprint(fingerprint))
    if found is None:
        _count_as_unknown()
        return _page(reference, fingerprint, is_unknown=True)
    return _page(reference, fingerprint, found=found)


def _typed() -> tuple[str, str]:
    """Reference and fingerprint as they stand in the address, fit to be shown again."""
    reference, fingerprint = request.args.get("tunnus", ""), request.args.get("sormenjalki", "")
    return clean_line(reference)[:100].strip(), clean_line(fingerprint)[:300].strip()


def _problems(reference: str, fingerprint: str) -> dict[str, Message]:
    problems = {}
    if not reference:
        problems["tunnus"] = msg("Kirjoittakaa hakemuksen tunnus.")
    plain = check.plain_fingerprint(fingerprint)
    if not plain:
        problems["sormenjalki"] = msg("Kirjoittakaa sormenjälki.")
    elif len(plain) != check.FINGERPRINT_SIGNS:
        problems["sormenjalki"] = msg("Sormenjäljessä on 64 merkkiä. Kirjoititte %(count)s merkkiä.", count=len(plain))
    elif not check.is_fingerprint(plain):
        problems["sormenjalki"] = msg("Sormenjäljessä on vain numeroita 0–9 ja kirjaimia a–f.")
    return problems


def _count_as_unknown() -> None:
    """Raises RateLimitExceeded after too many of them, whether typed or in files.

    Nothing else is counted: whoever files a hundred applications in a day may check them all.
    """
    with limiter.shared_limit(settings().link_requests, scope="check"):
        pass


@bp.post("/tarkistus")
def read_file() -> Response:
    """The same asked with a record's file: nothing of it is kept but its fingerprint, in the answer's address."""
    file = request.files.get("tiedosto")
    if file is None or not file.filename:
        return _page(problems={"tiedosto": msg("Valitkaa tiedosto.")})
    record = check.read_record(file.read())
    if record is None:
        _count_as_unknown()
        advice = msg("Tiedosto ei ole lähetetyn hakemuksen tietue. Hakija voi ladata tietueen kuittauksesta.")
        return _page(problems={"tiedosto": advice})
    reference, fingerprint = record
    if check.find(reference, fingerprint) is None:
        # Answered here: the address of an answer would count it again.
        _count_as_unknown()
        return _page(is_unknown=True, is_file=True)
    return redirect(url_for(".show", tunnus=reference, sormenjalki=fingerprint), 303)


@bp.errorhandler(413)
def file_too_large(error: HTTPException) -> ResponseReturnValue:
    """Said beside the file: the service's own page speaks of texts that were not saved."""
    advice = msg(
        "Tiedosto on liian suuri: lähetetyn hakemuksen tietue on paljon pienempi."
        " Valitkaa tietue, jonka hakija on ladannut kuittauksesta."
    )
    return _page(problems={"tiedosto": advice}), 413


@bp.errorhandler(429)
def too_many_unknown(error: HTTPException) -> ResponseReturnValue:
    """The page with what was typed, and when to try again: the service's own page speaks of links and mails."""
    return _page(*_typed(), is_stopped=True, again_at=again_at()), 429


# It changes nothing, so that no token has to guard it: it works without a cookie, and from a script of the registry's.
csrf.exempt(read_file)
