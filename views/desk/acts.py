"""What an officer does to one application: each act has a small page, and leaves a reason on record."""

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

import clock
from forms.definition import Call
from forms.question import Question
from forms.texts import Message, msg
from language import localise
from models.application import Application
from services import allowances, check, completion, drafts, links, officers, outbox, submissions
from services.accounts import Role
from services.allowances import Allowance
from services.sending import Refusal
from views.after import deliver_mails_after
from views.desk.access import application_or_404, bp, call_or_404, me, needs
from views.desk.act_forms import (
    CompletionForm,
    ExtensionForm,
    LateForm,
    LinkForm,
    ReasonForm,
    SmallForm,
    WithdrawalForm,
)

_NOT_ACCEPTED = {
    Refusal.NOT_YET_OPEN: msg("Hakuaika ei ole alkanut."),
    Refusal.NOT_LATE: msg("Hakuaika ei ole päättynyt. Hakija voi lähettää hakemuksen itse."),
    Refusal.NOTHING_NEW: msg("Ministeriöllä on jo kaikki, mitä hakija on tallentanut."),
    Refusal.WITHDRAWN: msg("Hakemus on peruttu. Kumotkaa ensin peruminen."),
    Refusal.ERRORS: msg(
        "Hakemuksessa on korjattavaa. Pyytäkää hakijaa korjaamaan se ja ottakaa hakemus sitten vastaan."
    ),
    Refusal.CHANGED: msg("Hakija muutti hakemusta juuri äsken. Yrittäkää uudelleen."),
}


@bp.context_processor
def _for_the_list_of_acts() -> dict[str, object]:
    """What templates/desk/acts.html asks for, on whatever page it is included."""
    return {"requests_of": completion.of_application, "allowance_of": _allowance}


def _allowance(application: Application) -> Allowance:
    return allowances.of(application, submissions.last(application), clock.now())


def _page(
    template: str, call: Call, form: SmallForm, application: Application | None, **more: object
) -> ResponseReturnValue:
    """A small page, first or with what is wrong with what was typed."""
    status = 422 if form.advice else 200
    page = render_template(f"desk/{template}.html", call=call, application=application, form=form, **more)
    return make_response(page, status)


def _done(address: str, said: Message) -> ResponseReturnValue:
    flash(str(localise(said)))
    return deliver_mails_after(redirect(address, 303))


def _page_of(application: Application) -> str:
    """The address of the desk's page of an application, which lists the acts."""
    return f"{url_for('desk.applications', call_key=application.call_key)}{application.reference}/"


def _may_be_asked(application: Application) -> list[Question]:
    """The questions that the current version answers."""
    sent = submissions.last(application) or abort(404)
    return [question for question in submissions.read_as_now(sent).open_questions if question.has_fields]


@bp.route("/<call_key>/<reference>/taydennys", methods=["GET", "POST"])
@needs(Role.OFFICER)
def ask_completion(call_key: str, reference: str) -> ResponseReturnValue:
    call = call_or_404(call_key)
    application = application_or_404(call, reference)
    questions = _may_be_asked(application)
    form = CompletionForm(request.form)
    form.kysymykset.choices = [(question.key, question.key) for question in questions]
    form.form_errors = _stops(application)
    if not form.form_errors and not links.addresses_of(application):
        form.form_errors = [msg("Hakijan osoitetta ei ole. Lähettäkää hakijalle ensin uusi linkki.")]
    if request.method == "GET" or form.form_errors or not form.validate():
        return _page("completion", call, form, application, questions=questions)
    completion.ask(application, form.pyynto.data, form.kysymykset.data, form.until, me())
    return _done(_page_of(application), msg("Täydennyspyyntö on lähetetty."))


@bp.route("/<call_key>/<reference>/lisaaika", methods=["GET", "POST"])
@needs(Role.OFFICER)
def extend(call_key: str, reference: str) -> ResponseReturnValue:
    """More time, before the closing or after it."""
    call = call_or_404(call_key)
    application = application_or_404(call, reference)
    form = ExtensionForm(request.form)
    form.form_errors = _stops(application)
    if request.method == "GET" or form.form_errors or not (form.validate() and _is_later(call, form)):
        return _page("extension", call, form, application, allowed=_allowance(application))
    officers.extend(application, form.until, form.perustelu.data, me())
    return _done(_page_of(application), msg("Hakemuksen voi lähettää %(time)s asti.", time=form.until))


def _stops(application: Application) -> list[Message]:
    """What keeps an applicant from sending anything, whatever the ministry allows."""
    return [_NOT_ACCEPTED[Refusal.WITHDRAWN]] if officers.withdrawn_at(application) is not None else []


def _is_later(call: Call, form: ExtensionForm) -> bool:
    if form.until > call.closes:
        return True
    form.viimeistaan.errors = [msg("Valitkaa päivä hakuajan päättymisen jälkeen.")]
    return False


@bp.route("/<call_key>/<reference>/hyvaksy-myohassa", methods=["GET", "POST"])
@needs(Role.OFFICER)
def accept_late(call_key: str, reference: str) -> ResponseReturnValue:
    """Take in, as a new version, what was edited after the last sending."""
    call = call_or_404(call_key)
    application = application_or_404(call, reference)
    form = LateForm(request.form)
    if request.method == "GET" or not (form.validate() and _accept(application, form)):
        return _page("late", call, form, application)
    return _done(_page_of(application), msg("Muutokset on otettu vastaan."))


@bp.route("/<call_key>/myohassa", methods=["GET", "POST"])
@needs(Role.OFFICER)
def accept_late_draft(call_key: str) -> ResponseReturnValue:
    """Take in an application that was never sent. Nothing of it is seen before that."""
    call = call_or_404(call_key)
    form = LateForm(request.form)
    application = _named(call, form)
    if application is None or not _accept(application, form):
        return _page("late", call, form, None)
    return _done(_page_of(application), msg("Hakemus on otettu vastaan."))


def _accept(application: Application, form: LateForm) -> bool:
    outcome = officers.accept_late(application, form.perustelu.data, me())
    if outcome.submission is None:
        form.form_errors = [_NOT_ACCEPTED[outcome.refusals[0]]]
    return outcome.submission is not None


def _named(call: Call, form: LateForm) -> Application | None:
    """The application of a posted form's reference, sent or not; None, with advice, where something is wrong."""
    if request.method == "GET":
        return None
    is_valid = form.validate()
    application = drafts.find(check.plain_reference(form.tunnus.data or ""))
    if application is None or application.call_key != call.key:
        form.tunnus.errors = [msg("Tässä haussa ei ole hakemusta, jolla on tämä tunnus.")]
        return None
    return application if is_valid else None


@bp.route("/<call_key>/<reference>/peruutus", methods=["GET", "POST"])
@needs(Role.OFFICER)
def withdraw(call_key: str, reference: str) -> ResponseReturnValue:
    """Withdraw an application; one that is withdrawn already has its own page, on which that is undone."""
    call = call_or_404(call_key)
    application = application_or_404(call, reference)
    form = WithdrawalForm(request.form)
    if request.method == "GET" or not form.validate():
        return _page("withdrawal", call, form, application, allowed=_allowance(application))
    if officers.withdrawn_at(application) is None:
        officers.withdraw(application, form.asked_on, form.perustelu.data, me())
    return _done(_page_of(application), msg("Hakemus on merkitty perutuksi."))


@bp.post("/<call_key>/<reference>/peruutus/kumoa")
def undo_withdrawal(call_key: str, reference: str) -> ResponseReturnValue:
    call = call_or_404(call_key)
    application = application_or_404(call, reference)
    form = ReasonForm(request.form)
    if not form.validate():
        return _page("withdrawal", call, form, application, allowed=_allowance(application))
    if officers.withdrawn_at(application) is not None:
        officers.undo_withdrawal(application, form.perustelu.data, me())
    return _done(_page_of(application), msg("Peruminen on kumottu."))


@bp.route("/<call_key>/<reference>/linkki", methods=["GET", "POST"])
@needs(Role.OFFICER)
def mail_link(call_key: str, reference: str) -> ResponseReturnValue:
    call = call_or_404(call_key)
    application = application_or_404(call, reference)
    form = LinkForm(request.form)
    if request.method == "GET" or not (form.validate() and _mail(application, form)):
        return _page("link", call, form, application)
    return _done(_page_of(application), msg("Linkki on lähetetty."))


@bp.route("/<call_key>/linkki", methods=["GET", "POST"])
@needs(Role.OFFICER)
def mail_link_by_reference(call_key: str) -> ResponseReturnValue:
    """A new link for whoever knows the reference, also of a draft, of which nothing is seen."""
    call = call_or_404(call_key)
    form = LinkForm(request.form)
    application = _named(call, form)
    if application is None or not _mail(application, form):
        return _page("link", call, form, None)
    return _done(url_for("desk.mail_link_by_reference", call_key=call_key), msg("Linkki on lähetetty."))


def _mail(application: Application, form: LinkForm) -> bool:
    if form.other is None and application.contact_email is None:
        form.sahkoposti.errors = [msg("Hakemuksessa ei ole yhteyshenkilön osoitetta. Kirjoittakaa osoite.")]
        return False
    if not officers.mail_link(application, form.other, form.perustelu.data, me()):
        form.form_errors = [outbox.TOO_MANY]
        return False
    return True
