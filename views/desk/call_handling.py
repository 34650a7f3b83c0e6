"""The end of a call's handling: said by a day, from which the time runs after which contact details go."""

from datetime import date, datetime, time

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

import clock
from forms.definition import Call
from forms.texts import Message, msg
from language import localise
from services import completion, erasure, retention
from views.desk.access import bp, call_or_404, me
from views.desk.act_forms import EndForm, ReasonForm, SmallForm

_PATH = "/<call_key>/kasittely"


@bp.get(_PATH)
def call_handling(call_key: str) -> ResponseReturnValue:
    return _page(call_or_404(call_key), SmallForm())


@bp.post(_PATH)
def end_handling(call_key: str) -> ResponseReturnValue:
    call = call_or_404(call_key)
    form = EndForm(request.form)
    if retention.handling_ended(call) is not None:
        return _done(call, msg("Käsittely oli jo merkitty päättyneeksi."))
    if not (form.validate() and _end(call, form)):
        return _page(call, form)
    return _done(call, msg("Käsittely on merkitty päättyneeksi."))


def _end(call: Call, form: EndForm) -> bool:
    at = _begin_of(form.ended_on)
    if retention.erased_from(call, at) <= clock.now():
        # What goes at once can't be taken back.
        form.paiva.errors = [msg("Yhteystiedot poistettaisiin heti. Valitkaa myöhempi päivä.")]
        return False
    try:
        retention.end_handling(call, at, me())
    except retention.NotClosedError:
        form.paiva.errors = [msg("Valitkaa päivä hakuajan päättymisen jälkeen.")]
        return False
    return True


@bp.post(f"{_PATH}/kumoa")
def reopen_handling(call_key: str) -> ResponseReturnValue:
    call = call_or_404(call_key)
    form = ReasonForm(request.form)
    if not form.validate():
        return _page(call, form)
    try:
        retention.reopen(call, form.perustelu.data, me())
    except retention.ErasedError:
        form.form_errors = [msg("Yhteystietoja on jo poistettu. Päättymistä ei voi enää kumota.")]
        return _page(call, form)
    return _done(call, msg("Käsittelyn päättyminen on kumottu."))


def _begin_of(day: date) -> datetime:
    return datetime.combine(day, time.min, clock.HELSINKI)


def _page(call: Call, form: SmallForm) -> ResponseReturnValue:
    now = clock.now()
    today = clock.in_helsinki(now).date()
    ended, gone = retention.handling_ended(call), retention.contact_until(call)
    page = render_template(
        "desk/call_handling.html",
        call=call,
        form=form,
        today=today,
        can_end=_begin_of(today) >= call.closes,
        gone_on_if_today=clock.in_helsinki(retention.erased_from(call, _begin_of(today))).date(),
        ended_on=clock.in_helsinki(ended).date() if ended else None,
        gone_on=clock.in_helsinki(gone).date() if gone else None,
        is_due=retention.is_contact_due(call, now),
        has_erased=erasure.has_erased(call),
        waiting=len(completion.open_in(call, now)),
    )
    return make_response(page, 422 if form.advice else 200)


def _done(call: Call, said: Message) -> ResponseReturnValue:
    flash(str(localise(said)))
    return redirect(url_for("desk.call_handling", call_key=call.key), 303)
