"""The pages of the second factor: the second step of a sign-in, and one's own page of it."""

from __future__ import annotations

from flask import Blueprint, Response, request, url_for
from flask import session as cookie

from catalogue.core.errors import Invalid
from catalogue.core.fields import load
from catalogue.core.http import (
    EVERYONE,
    SIGNED_IN,
    flash,
    go,
    go_to,
    now,
    reading,
    render,
    route,
    state,
    transaction,
    who,
)
from catalogue.core.text import lazy as _

from . import browser, half_sign_ins, second_factor
from .factor_rules import Step
from .factor_schema import CodeSchema, MoveSchema, ProofSchema
from .factor_screens import (
    PROOF_REFUSALS,
    RECOVERY_REFUSALS,
    REFUSALS,
    Errors,
    draw_picture,
    gate,
    pending_secret,
)
from .half_sign_ins import Half
from .second_factor import Proof, Tried

blueprint = Blueprint("factor", __name__)


@route(blueprint, "/log-ind/kode", access=EVERYONE)
def owe_code() -> Response:
    """Ask for the one-time code."""
    return _ask({}, request.args.get("next", "")) if _half(Step.CODE) else _begin_anew()


@route(blueprint, "/log-ind/kode", access=EVERYONE, methods=["POST"])
def give_code() -> Response:
    """Take a one-time code or a recovery code, and sign in."""
    half, back = _half(Step.CODE), request.form.get("next", "")
    if half is None:
        return _begin_anew()
    name = "recovery" if "recovery" in request.form else "code"
    try:
        typed = load(CodeSchema(), {"code": request.form.get(name)})
    except Invalid as error:
        return _ask({name: error.problems["code"]}, back)
    hours = state().settings.session_hours
    with transaction() as session:
        tried, token = half_sign_ins.finish(session, half, typed["code"], gate(), hours)
    if tried != Tried.RIGHT:
        said = (RECOVERY_REFUSALS if name == "recovery" else REFUSALS)[tried]
        return _ask({name: [said]}, back, 429 if tried == Tried.TOO_MANY else 422)
    browser.hold(token)
    return go_to(back) if back else go("catalogue.front")


@route(blueprint, "/log-ind/opsaet", access=EVERYONE)
def owe_set_up() -> Response:
    """Show how to set up the second factor that the municipality asks for."""
    half = _half(Step.SET_UP)
    return _set_up_first(half, {}, request.args.get("next", "")) if half else _begin_anew()


@route(blueprint, "/log-ind/opsaet", access=EVERYONE, methods=["POST"])
def set_up_first() -> Response:
    """Turn the second factor on, sign in and show the recovery codes."""
    half, back = _half(Step.SET_UP), request.form.get("next", "")
    if half is None:
        return _begin_anew()
    hours = state().settings.session_hours
    try:
        typed = load(CodeSchema(), request.form)
        new = (pending_secret(half.person_id), typed["code"])
        with transaction() as session:
            codes, token = half_sign_ins.finish_set_up(session, half, new, gate(), hours)
    except Invalid as error:
        return _set_up_first(half, error.problems, back)
    browser.hold(token)
    return _codes(codes, back)


@route(blueprint, "/totrin", access=SIGNED_IN)
def own() -> Response:
    """Show where one's own second factor stands."""
    return _own({})


@route(blueprint, "/totrin/opsaet", access=SIGNED_IN)
def set_up() -> Response:
    """Show what to scan, for the first phone or another."""
    return _set_up({})


@route(blueprint, "/totrin/opsaet", access=SIGNED_IN, methods=["POST"])
def turn_on() -> Response:
    """Turn the second factor on, and show the recovery codes."""
    person_id = who().person_id or 0
    try:
        typed = load(CodeSchema(), request.form)
        with transaction() as session:
            secret = pending_secret(person_id)
            codes = second_factor.turn_on(session, person_id, secret, typed["code"], gate())
    except Invalid as error:
        return _set_up(error.problems)
    return _codes(codes, "")


@route(blueprint, "/totrin/flyt", access=SIGNED_IN, methods=["POST"])
def move() -> Response:
    """Put another phone in the place of the present one."""
    person_id = who().person_id or 0
    try:
        typed = load(MoveSchema(), request.form)
        proof = Proof(typed["password"], typed["code"])
        new = (pending_secret(person_id), typed["new_code"])
        with transaction() as session:
            tried, codes = second_factor.move(session, person_id, proof, new, gate())
    except Invalid as error:
        return _set_up(error.problems)
    return _codes(codes, "") if codes else _set_up({"code": [PROOF_REFUSALS[tried]]})


@route(blueprint, "/totrin/koder", access=SIGNED_IN, methods=["POST"])
def renew_codes() -> Response:
    """Make new recovery codes."""
    try:
        typed = load(ProofSchema(), request.form)
        with transaction() as session:
            tried, codes = second_factor.renew_codes(
                session, who().person_id or 0, Proof(**typed), gate()
            )
    except Invalid as error:
        return _own(error.problems)
    return _codes(codes, "") if codes else _own({"code": [PROOF_REFUSALS[tried]]})


@route(blueprint, "/totrin/sluk", access=SIGNED_IN, methods=["POST"])
def turn_off() -> Response:
    """Turn one's own second factor off."""
    try:
        typed = load(ProofSchema(), request.form)
        with transaction() as session:
            tried = second_factor.turn_off(session, who().person_id or 0, Proof(**typed), gate())
    except Invalid as error:
        return _own(error.problems)
    if tried != Tried.RIGHT:
        return _own({"code": [PROOF_REFUSALS[tried]]})
    flash(_("It is off. From now on your password is enough to sign in."))
    return go("catalogue.factor.own")


def _half(step: Step) -> Half | None:
    """Return who is at that step of a sign-in in this browser."""
    token = cookie.get(browser.HALF)
    if not token:
        return None
    with reading() as session:
        half = half_sign_ins.find(session, token, now())
    return half if half is not None and half.step == step else None


def _begin_anew() -> Response:
    if who().signed_in:
        return go("catalogue.front")
    flash(_("It took too long. Begin with your password again."), "info")
    return go("catalogue.accounts.sign_in")


def _ask(errors: Errors, back: str, status: int = 0) -> Response:
    return render(
        "accounts/code.html", status or (422 if errors else 200), errors=errors, back=back
    )


def _set_up_first(half: Half, errors: Errors, back: str) -> Response:
    picture = draw_picture(pending_secret(half.person_id), half.email)
    return render(
        "accounts/factor_set_up.html", 422 if errors else 200, picture=picture, errors=errors,
        back=back, first=True, moving=False, target="catalogue.factor.set_up_first",
    )  # fmt: skip


def _set_up(errors: Errors) -> Response:
    person_id = who().person_id or 0
    with reading() as session:
        standing = second_factor.get_standing(session, person_id)
    if not standing.is_local:
        return go("catalogue.factor.own")
    moving = standing.turned_on_at is not None
    picture = draw_picture(pending_secret(person_id), who().email)
    return render(
        "accounts/factor_set_up.html", 422 if errors else 200, picture=picture, errors=errors,
        back="", first=False, moving=moving,
        target="catalogue.factor.move" if moving else "catalogue.factor.turn_on",
    )  # fmt: skip


def _own(errors: Errors) -> Response:
    with reading() as session:
        standing = second_factor.get_standing(session, who().person_id or 0)
    return render("accounts/factor.html", 422 if errors else 200, standing=standing, errors=errors)


def _codes(codes: list[str], back: str) -> Response:
    """Show recovery codes, for the only time; where she wanted to go comes after."""
    cookie.pop(browser.NEW_FACTOR, None)
    onward = go_to(back).location if back else url_for("catalogue.factor.own")
    return render("accounts/recovery_codes.html", codes=codes, onward=onward)
