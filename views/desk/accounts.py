"""The accounts of the ministry's people, for those who look after them."""

from collections.abc import Callable

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from forms.texts import Message, msg
from language import current, localise
from models.officer import Officer
from services import account_acts, accounts
from services.accounts import Role
from views.after import deliver_mails_after
from views.desk.access import bp, me, needs
from views.desk.act_forms import AccountForm, RoleForm

_PATH = "/kayttajatunnukset"


@bp.get(_PATH)
@needs(Role.ADMIN)
def account_list() -> str:
    return render_template("desk/accounts.html", accounts=account_acts.everybody(), roles=accounts.ROLES)


@bp.route(f"{_PATH}/uusi", methods=["GET", "POST"])
@needs(Role.ADMIN)
def add_account() -> ResponseReturnValue:
    form = AccountForm(request.form)
    is_valid = request.method == "POST" and form.validate()
    if is_valid and accounts.find(form.email) is not None:
        form.sahkoposti.errors = [msg("Osoitteella on jo käyttäjätunnus.")]
        is_valid = False
    if not is_valid:
        page = render_template("desk/add_account.html", form=form, roles=accounts.ROLES)
        return make_response(page, 422 if form.advice else 200)
    accounts.add(form.email, form.role, current(), me())
    return _done(_link_sent(form.email))


@bp.get(f"{_PATH}/<int:number>")
@needs(Role.ADMIN)
def account(number: int) -> ResponseReturnValue:
    officer = _officer_or_404(number)
    return _page(officer, RoleForm(rooli=officer.role))


@bp.post(f"{_PATH}/<int:number>/rooli")
@needs(Role.ADMIN)
def change_role(number: int) -> ResponseReturnValue:
    officer, form = _officer_or_404(number), RoleForm(request.form)
    if not form.validate():
        return _page(officer, form)
    said = msg("%(email)s: rooli on nyt %(role)s.", email=officer.email, role=accounts.ROLES[form.role])
    return _act(officer, form, lambda: account_acts.change_role(officer, form.role, me()), said)


@bp.post(f"{_PATH}/<int:number>/linkki")
@needs(Role.ADMIN)
def renew_account(number: int) -> ResponseReturnValue:
    """A lost telephone or password."""
    officer = _officer_or_404(number)
    form = RoleForm(rooli=officer.role)
    return _act(officer, form, lambda: account_acts.renew(officer, current(), me()), _link_sent(officer.email))


@bp.post(f"{_PATH}/<int:number>/poisto")
@needs(Role.ADMIN)
def remove_account(number: int) -> ResponseReturnValue:
    officer = _officer_or_404(number)
    said = msg("Käyttäjätunnus %(email)s on poistettu käytöstä.", email=officer.email)
    return _act(officer, RoleForm(rooli=officer.role), lambda: account_acts.remove(officer, me()), said)


def _link_sent(email: str) -> Message:
    return msg("Käyttöönottolinkki on lähetetty osoitteeseen %(email)s.", email=email)


def _officer_or_404(number: int) -> Officer:
    return account_acts.of_number(number) or abort(404)


def _act(officer: Officer, form: RoleForm, act: Callable[[], None], said: Message) -> ResponseReturnValue:
    try:
        act()
    except account_acts.LastAdminError:
        form.form_errors = [msg("Tämä on ainoa pääkäyttäjä. Tehkää ensin toisesta käyttäjätunnuksesta pääkäyttäjä.")]
        return _page(officer, form)
    return _done(said)


def _page(officer: Officer, form: RoleForm) -> ResponseReturnValue:
    page = render_template("desk/account.html", officer=officer, form=form, roles=accounts.ROLES)
    return make_response(page, 422 if form.advice or form.form_errors else 200)


def _done(said: Message) -> ResponseReturnValue:
    """Back to the list, unless the act was on oneself and took that away."""
    flash(str(localise(said)))
    return deliver_mails_after(redirect(url_for("desk.account_list" if _is_still_admin() else "desk.home"), 303))


def _is_still_admin() -> bool:
    found = accounts.session_of(current_user.session.id)
    return found is not None and Role(found.officer.role).may(Role.ADMIN)
