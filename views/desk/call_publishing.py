"""Publishing a version of a call, now or from a time on; and taking back what is not in force yet."""

from dataclasses import dataclass

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from forms.moves import Moves
from forms.question import Question
from forms.texts import Message, msg
from models.call import CallVersion
from services import call_versions, publishing
from services.accounts import Role
from services.publishing import NotPublishedError, Plan
from views.desk.access import bp, me, needs
from views.desk.act_forms import PublicationForm
from views.desk.call_versions import ONE, call_of_or_404, done, version_or_404

ASIDE = "-"
"""In the place of a question: the answers go nowhere, and stay to be read as those to an earlier question."""


@dataclass(frozen=True)
class Choice:
    """Where the answers to a question go that has no place any more."""

    question: Question
    chosen: str
    advice: Message | None

    @property
    def name(self) -> str:
        return f"siirto.{self.question.key}"


@bp.route(f"{ONE}/julkaise", methods=["GET", "POST"])
@needs(Role.ADMIN)
def publish_call(call_key: str, number: int) -> ResponseReturnValue:
    version = version_or_404(call_key, number)
    call_of_or_404(version)
    file = call_versions.file_of(version)
    form = PublicationForm(request.form)
    undecided = publishing.plan(file)
    choices = [_choice(question, undecided.free) for question in undecided.homeless]
    if request.method == "GET":
        return _page(version, form, undecided, undecided, choices)
    moves: Moves = {one.question.key: None if one.chosen == ASIDE else one.chosen for one in choices if one.chosen}
    planned = publishing.plan(file, moves)
    is_valid = form.validate()
    if form.edellinen.data != _number_of(planned):
        form.form_errors = [msg("Haku on muuttunut sen jälkeen, kun avasitte sivun. Tarkistakaa muutokset uudelleen.")]
    elif is_valid and not any(one.advice for one in choices):
        try:
            published = publishing.publish(
                file,
                form.begins,
                moves=moves,
                is_accepted=form.hyvaksyn.data,
                note=form.perustelu.data,
                officer=me(),
            )
        except NotPublishedError as error:
            form.form_errors = error.faults
        else:
            return done(published, _said(published, form))
    return _page(version, form, undecided, planned, choices)


def _said(published: CallVersion, form: PublicationForm) -> Message:
    if form.begins is None:
        return msg("Versio %(number)s on voimassa.", number=published.number)
    return msg("Versio %(number)s tulee voimaan %(time)s.", number=published.number, time=form.begins)


def _choice(question: Question, free: list[Question]) -> Choice:
    """As it was posted, with what is wrong with it."""
    chosen = request.form.get(f"siirto.{question.key}", "")
    is_known = chosen in (ASIDE, *(one.key for one in free))
    advice = None if is_known or request.method == "GET" else msg("Valitkaa, minne vastaukset siirtyvät.")
    return Choice(question, chosen if is_known else "", advice)


def _number_of(planned: Plan) -> str:
    return str(planned.before.number) if planned.before else ""


def _page(
    version: CallVersion, form: PublicationForm, undecided: Plan, planned: Plan, choices: list[Choice]
) -> ResponseReturnValue:
    page = render_template(
        "desk/publish_call.html",
        call=planned.file.call,
        version=version,
        form=form,
        planned=planned,
        stops=undecided.faults,
        choices=choices,
        free=undecided.free,
        aside=ASIDE,
        before=_number_of(planned),
    )
    is_wrong = form.advice or form.form_errors or any(one.advice for one in choices)
    return make_response(page, 422 if is_wrong else 200)


@bp.post(f"{ONE}/peru")
@needs(Role.ADMIN)
def take_back_call(call_key: str, number: int) -> ResponseReturnValue:
    """Publish a version not after all, while it is not in force yet."""
    version = version_or_404(call_key, number)
    newest = call_versions.newest(call_key)
    is_newest = newest is not None and newest.number == number
    if is_newest and publishing.take_back(call_key, me()):
        return done(version, msg("Julkaisu on peruttu."))
    return done(version, msg("Julkaisua ei voi perua: versio ei odota voimaantuloa."))
