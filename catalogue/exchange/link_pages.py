"""The page behind the link in an order's mail: to look and to answer; nobody signs in."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from catalogue.accounts import throttling
from catalogue.core.errors import Invalid
from catalogue.core.http import (
    EVERYONE,
    flash,
    go,
    now,
    reading,
    render,
    route,
    state,
    transaction,
    who,
)
from catalogue.core.text import Text
from catalogue.core.text import lazy as _
from catalogue.ordering import change_schema, schema
from catalogue.ordering import rules as ordering
from catalogue.ordering.rules import Step
from catalogue.products.rules import UNIT_NAMES

from . import links
from .link_rules import Standing
from .links import Answer, Seen

blueprint = Blueprint("links", __name__)
DONE: dict[Step, Text] = {
    Step.CONFIRM: _("The order is confirmed, and the buyer is told."),
    Step.CONFIRM_PART: _("A part of the order is confirmed. The buyer answers."),
    Step.REJECT: _("The order is rejected, and the buyer is told why."),
    Step.PROPOSE: _("The day is proposed. The buyer answers."),
}


@route(blueprint, "/ordrelink/<token>", access=EVERYONE)
def show(token: str) -> Response:
    """Show the order and what may be answered. Nothing changes: mail guards open links too."""
    return _look(token, {}, 200)


@route(blueprint, "/ordrelink/<token>/bekraeft", access=EVERYONE, methods=["POST"])
def confirm(token: str) -> Response:
    """Confirm the order to the buyer."""
    return _answer(token, Answer(Step.CONFIRM, None, who()))


@route(blueprint, "/ordrelink/<token>/bekraeft-dag", access=EVERYONE, methods=["POST"])
def confirm_on(token: str) -> Response:
    """Confirm the order with the day that it will be delivered."""
    try:
        day = change_schema.read_promised_day(request.form)
        return _answer(token, Answer(Step.CONFIRM, None, who(), delivery_on=day))
    except Invalid as error:
        return _look(token, error.problems, 422)


@route(blueprint, "/ordrelink/<token>/foreslaa-dag", access=EVERYONE, methods=["POST"])
def propose_day(token: str) -> Response:
    """Ask the buyer whether another day of delivery fits, with a reason."""
    try:
        change = change_schema.read_new_day(request.form)
        return _answer(token, Answer(Step.PROPOSE, change.reason, who(), change=change))
    except Invalid as error:
        return _look(token, error.problems, 422)


@route(blueprint, "/ordrelink/<token>/afvis", access=EVERYONE, methods=["POST"])
def reject(token: str) -> Response:
    """Reject the order with a reason for the buyer."""
    try:
        reason = schema.read_reason(request.form)
    except Invalid as error:
        return _look(token, error.problems, 422)
    return _answer(token, Answer(Step.REJECT, reason, who()))


@route(blueprint, "/ordrelink/<token>/bekraeft-del", access=EVERYONE, methods=["POST"])
def confirm_part(token: str) -> Response:
    """Confirm what can be delivered, and say no to the rest with a reason for the buyer."""
    try:
        part = change_schema.read_part(request.form)
        return _answer(token, Answer(Step.CONFIRM_PART, part.reason, who(), part))
    except Invalid as error:
        return _look(token, error.problems, 422)


@route(blueprint, "/ordrelink/<token>/set", access=EVERYONE, methods=["POST"])
def see(token: str) -> Response:
    """Tell the buyer that the order is seen; the answer can wait."""
    with transaction() as session:
        throttled = throttling.is_throttled(session, _limit(), now())
        seen = None if throttled else links.see(session, token, who(), now())
    if refused := _refusal(seen, throttled=throttled):
        return refused
    flash(_("The buyer can read that you have seen the order. Remember to confirm or reject it."))
    return go("catalogue.links.show", token=token)


def _look(token: str, errors: dict[str, list[Any]], status: int) -> Response:
    with reading() as session:
        throttled = throttling.is_throttled(session, _limit(), now())
        seen = None if throttled else links.look(session, token, now())
    if throttled:
        return _draw("too_many", None, {}, 429)
    if seen is None:
        _note_failure()
        return _draw("unknown", None, {}, 404)
    return _draw(seen.standing, seen, errors, status)


def _answer(token: str, given: Answer) -> Response:
    with transaction() as session:
        throttled = throttling.is_throttled(session, _limit(), now())
        seen = None if throttled else links.answer(session, token, given, now())
    if refused := _refusal(seen, throttled=throttled):
        return refused
    flash(DONE[given.step])
    return go("catalogue.links.show", token=token)


def _refusal(seen: Seen | None, *, throttled: bool) -> Response | None:
    """Return why a form behind a link had no effect; None when it had."""
    if throttled:
        return _draw("too_many", None, {}, 429)
    if seen is not None and seen.standing == Standing.OPEN:
        return None
    _note_failure()
    return _draw(*((seen.standing, seen, {}, 409) if seen else ("unknown", None, {}, 404)))


def _draw(standing: str, seen: Seen | None, errors: dict[str, list[Any]], status: int) -> Response:
    response = render(
        "exchange/link.html",
        status,
        standing=standing,
        seen=seen,
        page=seen.page if seen else None,
        errors=errors,
        typed=request.form,
        token=(request.view_args or {})["token"],
        state_names=ordering.STATE_NAMES,
        unit_names=UNIT_NAMES,
    )
    # The address is the key: it goes to no other page, and into no index.
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _limit() -> dict[str, int]:
    """Return how often links may be guessed from here: as often as passwords."""
    subject = throttling.subject("link", request.remote_addr or "")
    return {subject: state().settings.sign_in_attempts_per_address}


def _note_failure() -> None:
    with transaction() as session:
        throttling.forget_old(session, now())
        throttling.note_failure(session, _limit(), now())
