"""One application that was sent: its versions, what is noted of it, and what changed between two versions."""

from dataclasses import dataclass

from flask import Response, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.answers import Answers
from forms.definition import Call
from forms.summary import summarise
from forms.texts import Message, msg
from models.application import Application
from models.submission import Submission
from services import accounts, handling, listing, pdf, submissions
from views.attached import attached
from views.desk.access import application_or_404, bp, call_or_404, me
from views.desk.act_forms import CaseForm, DocumentForm, NoteForm
from views.numbers import number_in

_PATH = "/<call_key>/<reference>/"


@dataclass(frozen=True)
class Page:
    """What the pages of one application are about."""

    call: Call
    application: Application
    versions: list[Submission]

    def version(self, number: int) -> Submission:
        return next((sent for sent in self.versions if sent.version == number), None) or abort(404)

    def answers(self, sent: Submission) -> Answers:
        return submissions.read_answers(sent)

    def back(self, anchor: str) -> ResponseReturnValue:
        reference = self.application.reference
        address = url_for("desk.application", call_key=self.call.key, reference=reference, _anchor=anchor)
        return redirect(address, 303)


def _page(call_key: str, reference: str) -> Page:
    call = call_or_404(call_key)
    application = application_or_404(call, reference)
    return Page(call, application, submissions.versions(application))


def _render(page: Page, advice: dict[str, Message] | None = None) -> ResponseReturnValue:
    handled = handling.of(page.application)
    newest = page.versions[0]
    sent = page.version(number_in(request.args.get("versio", "")) or newest.version)
    answers = page.answers(sent)
    references = [
        other.application.reference for other in submissions.others_of_provider(page.application, newest.provider)
    ]
    rows = listing.rows_of(page.call, [page.application.reference, *references])
    others = [rows[reference] for reference in references]
    return make_response(
        render_template(
            "desk/application.html",
            call=page.call,
            application=page.application,
            versions=page.versions,
            submission=sent,
            answers=answers,
            summary=summarise(answers),
            personal_mark=pdf.Personal.of(sent).mark,
            handling=handled,
            row=rows[page.application.reference],
            notes=handling.notes_of(page.application),
            officers=[
                officer for officer in accounts.everybody() if officer.disabled_at is None or officer == handled.handler
            ],
            others=others,
            typed=request.form,
            advice=advice or {},
        ),
        422 if advice else 200,
    )


@bp.get(_PATH)
def application(call_key: str, reference: str) -> ResponseReturnValue:
    return _render(_page(call_key, reference))


@bp.get(f"{_PATH}versio/<int:number>/yhteenveto.pdf")
def document(call_key: str, reference: str, number: int) -> ResponseReturnValue:
    """The PDF as it was filed."""
    page = _page(call_key, reference)
    sent = page.version(number)
    response = Response(pdf.of_submission(sent), mimetype="application/pdf")
    response.headers.set("Content-Disposition", "inline", filename=pdf.submission_name(sent))
    return response


@bp.get(f"{_PATH}liite/<digest>")
def attachment(call_key: str, reference: str, digest: str) -> ResponseReturnValue:
    """A file that the applicant attached."""
    return attached(_page(call_key, reference).application, digest)


@bp.get(f"{_PATH}muutokset/<int:before>/<int:after>")
def changes(call_key: str, reference: str, before: int, after: int) -> str:
    """What changed from one version to another."""
    page = _page(call_key, reference)
    old, new = page.version(before), page.version(after)
    return render_template(
        "desk/changes.html",
        call=page.call,
        application=page.application,
        before=old,
        after=new,
        comparison=submissions.compare_sent(old, new),
    )


@bp.post(f"{_PATH}kasittely")
def enter_case(call_key: str, reference: str) -> ResponseReturnValue:
    page, form = _page(call_key, reference), CaseForm(request.form)
    if not form.validate():
        return _render(page, form.advice)
    handling.enter_case(page.application, me(), form.seen, form.case)
    return page.back("kasittely")


@bp.post(f"{_PATH}asiakirja")
def enter_document(call_key: str, reference: str) -> ResponseReturnValue:
    """The signed document has come: on which day, and by its fingerprint of which version."""
    page, form = _page(call_key, reference), DocumentForm(request.form)
    if not form.validate():
        return _render(page, form.advice)
    try:
        handling.enter_document(page.application, me(), form.arrived_on, form.sormenjalki.data or "")
    except handling.UnknownDocumentError:
        advice = msg("Sormenjälki ei ole minkään tämän hakemuksen version. Tarkistakaa se asiakirjasta.")
        return _render(page, {"sormenjalki": advice})
    return page.back("asiakirja")


@bp.post(f"{_PATH}muistiinpano")
def add_note(call_key: str, reference: str) -> ResponseReturnValue:
    page, form = _page(call_key, reference), NoteForm(request.form)
    if not form.validate():
        return _render(page, form.advice)
    handling.add_note(page.application, me(), form.teksti.data)
    return page.back("muistiinpanot")


@bp.post(f"{_PATH}lasketaan")
def choose(call_key: str, reference: str) -> ResponseReturnValue:
    """Of the provider's applications this one counts; a withdrawn one never does."""
    page = _page(call_key, reference)
    if handling.of(page.application).withdrawn_at is None:
        handling.choose(page.call, page.versions[0], me())
    return page.back("kasittely")
