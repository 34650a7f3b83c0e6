"""A version of a call as applicants would see it, with made-up answers, before it is in force or after."""

from email.message import EmailMessage

from flask import Response, redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from forms.definition import Call
from forms.summary import summarise
from language import current
from services import examples, publishing
from services.accounts import Role
from views.access import keep_shown, remember
from views.desk.access import bp, me, needs
from views.desk.call_versions import ONE, call_of_or_404, version_or_404

_PATH = f"{ONE}/esikatselu"


@bp.get(_PATH)
def preview_form(call_key: str, number: int) -> str:
    """The instructions and the whole form to read."""
    return _page("form", call_key, number, _call(call_key, number))


@bp.get(f"{_PATH}/yhteenveto")
def preview_summary(call_key: str, number: int) -> str:
    call = _call(call_key, number)
    answers = examples.answers_to(call, current())
    return _page("summary", call_key, number, call, summary=summarise(answers), problems=answers.problems)


@bp.get(f"{_PATH}/yhteenveto.pdf")
def preview_document(call_key: str, number: int) -> Response:
    document = examples.document(_call(call_key, number), current())
    response = Response(document, mimetype="application/pdf")
    response.headers.set("Content-Disposition", "inline", filename=f"{call_key}-{number}.pdf")
    return response


@bp.get(f"{_PATH}/viesti")
def preview_mail(call_key: str, number: int) -> str:
    """The receipt, as text."""
    call = _call(call_key, number)
    mail: EmailMessage = examples.receipt(call, me().email, current())
    body = mail.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    return _page("mail", call_key, number, call, subject=mail["Subject"], text=text)


@bp.post(f"{ONE}/kokeile")
@needs(Role.ADMIN)
def try_call(call_key: str, number: int) -> BaseResponse:
    """Begin an application that counts nowhere, and go on as an applicant."""
    version = version_or_404(call_key, number)
    call = call_of_or_404(version)
    link, token = publishing.begin_try(version, current(), me())
    remember(link)
    keep_shown(link.application, token)
    return redirect(url_for("apply.show", reference=link.application.reference, page=call.pages[0].key), 303)


def _call(call_key: str, number: int) -> Call:
    return call_of_or_404(version_or_404(call_key, number))


def _page(name: str, call_key: str, number: int, call: Call, **more: object) -> str:
    here = {"call_key": call_key, "number": number}
    return render_template(f"desk/preview_{name}.html", call=call, here=here, **more)
