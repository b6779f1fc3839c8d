"""The pages of webhooks: what is told to which address, what became of it, and sending again."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request
from flask import session as cookie

from catalogue.core.errors import Invalid
from catalogue.core.http import (
    ENTERPRISES,
    STAFF,
    flash,
    go,
    now,
    once,
    reading,
    render,
    route,
    state,
    transaction,
    who,
)
from catalogue.core.seen import ChangedMeanwhile, mark_of, refuse_unless_seen
from catalogue.core.text import COPENHAGEN
from catalogue.core.text import lazy as _

from . import queries, rules, schema, service, signing, words
from .models import Webhook
from .schema import LABELS, Allowed, Terms

blueprint = Blueprint("webhooks", __name__)
OWNERS = STAFF | ENTERPRISES
SHOWN_ONCE = "catalogue_webhook_secret"
ONE = "/webhooks/<int:webhook_id>"


@route(blueprint, "/webhooks", access=OWNERS, endpoint="webhooks")
def list_webhooks() -> Response:
    """List the addresses that are told what happens."""
    with reading() as session:
        listed = queries.list_own(session, who())
    return render("exchange/webhooks.html", listed=listed, most=rules.MOST, **words.NAMES)


@route(blueprint, "/webhooks/ny", access=OWNERS)
def new() -> Response:
    """Show the form of a new webhook."""
    return _draw_form(None, {}, [], {})


@route(blueprint, "/webhooks/ny", access=OWNERS, methods=["POST"])
@once
def create() -> Response:
    """Make a webhook, and show its secret once."""
    try:
        terms = _read_terms()
    except Invalid as error:
        return _refuse(None, error)
    with transaction() as session:
        made = service.create(session, who(), terms, now())
    cookie[SHOWN_ONCE] = made.id
    return go("catalogue.webhooks.webhook", webhook_id=made.id)


@route(blueprint, ONE, access=OWNERS)
def webhook(webhook_id: int) -> Response:
    """Show a webhook with its newest deliveries."""
    return _draw(webhook_id, {})


@route(blueprint, f"{ONE}/ret", access=OWNERS)
def edit(webhook_id: int) -> Response:
    """Show the form of a webhook."""
    with reading() as session:
        hook = queries.get_own(session, who(), webhook_id)
    return _draw_form(hook, _typed(hook), hook.types, {})


@route(blueprint, f"{ONE}/ret", access=OWNERS, methods=["POST"])
@once
def amend(webhook_id: int) -> Response:
    """Change a webhook."""
    with reading() as session:
        hook = queries.get_own(session, who(), webhook_id)
    try:
        terms = _read_terms()
    except Invalid as error:
        return _refuse(hook, error)
    try:
        with transaction() as session:
            kept = queries.get_own(session, who(), webhook_id, locked=True)
            refuse_unless_seen(_mark_of(kept), request.form.get("seen"))
            service.amend(session, who(), webhook_id, terms, now())
    except ChangedMeanwhile as error:
        flash(error.detail, "warning")
        typed = request.form.to_dict() | {"seen": ""}
        return _draw_form(hook, typed, request.form.getlist("types"), {})
    flash(_("The webhook is changed."))
    return go("catalogue.webhooks.webhook", webhook_id=webhook_id)


@route(blueprint, f"{ONE}/ny-hemmelighed", access=OWNERS, methods=["POST"])
@once
def rotate(webhook_id: int) -> Response:
    """Make a new secret, shown once; the present one signs too for a day."""
    with transaction() as session:
        service.rotate(session, who(), webhook_id, now())
    cookie[SHOWN_ONCE] = webhook_id
    return go("catalogue.webhooks.webhook", webhook_id=webhook_id)


@route(blueprint, f"{ONE}/pause", access=OWNERS, methods=["POST"])
def pause(webhook_id: int) -> Response:
    """Send nothing for now."""
    with transaction() as session:
        service.pause(session, who(), webhook_id, now())
    flash(_("The webhook is paused. What happens is held back."))
    return go("catalogue.webhooks.webhook", webhook_id=webhook_id)


@route(blueprint, f"{ONE}/genoptag", access=OWNERS, methods=["POST"])
def resume(webhook_id: int) -> Response:
    """Send what happens from now on."""
    with transaction() as session:
        service.resume(session, who(), webhook_id, now())
    flash(_("The webhook is told again of what happens from now on."))
    return go("catalogue.webhooks.webhook", webhook_id=webhook_id)


@route(blueprint, f"{ONE}/slet", access=OWNERS, methods=["POST"])
def delete(webhook_id: int) -> Response:
    """Take a webhook out."""
    with transaction() as session:
        gone = service.delete(session, who(), webhook_id, now())
    flash(_("The webhook %(name)s is deleted.", name=gone.name))
    return go("catalogue.webhooks.webhooks")


@route(blueprint, f"{ONE}/afproev", access=OWNERS, methods=["POST"])
@once
def test(webhook_id: int) -> Response:
    """Have a test sent."""
    with transaction() as session:
        service.test(session, who(), webhook_id, now())
    flash(_("A test is on its way. Load the page again in a moment to see what became of it."))
    return go("catalogue.webhooks.webhook", webhook_id=webhook_id)


@route(blueprint, f"{ONE}/leveringer/<int:delivery_id>", access=OWNERS, methods=["POST"])
@once
def resend(webhook_id: int, delivery_id: int) -> Response:
    """Send one delivery again."""
    with transaction() as session:
        service.resend(session, who(), webhook_id, delivery_id, now())
    flash(_("It is sent again. Load the page again in a moment to see what became of it."))
    return go("catalogue.webhooks.webhook", webhook_id=webhook_id)


@route(blueprint, f"{ONE}/send-igen", access=OWNERS, methods=["POST"])
@once
def replay(webhook_id: int) -> Response:
    """Send all again that did not go through since a time."""
    try:
        since = schema.read_since(request.form)
    except Invalid as error:
        return _draw(webhook_id, error.problems)
    with transaction() as session:
        sent = service.replay(session, who(), webhook_id, since, now())
    flash(_("Events that are sent again: %(number)s.", number=sent), "success" if sent else "info")
    return go("catalogue.webhooks.webhook", webhook_id=webhook_id)


def _read_terms() -> Terms:
    allowed = Allowed(who().role, state().settings.webhook_hosts)
    return schema.read_terms(request.form, request.form.getlist("types"), allowed)


def _refuse(hook: Webhook | None, error: Invalid) -> Response:
    values, types = request.form.to_dict(), request.form.getlist("types")
    return _draw_form(hook, values, types, error.problems)


def _draw(webhook_id: int, errors: dict[str, list[Any]]) -> Response:
    with reading() as session:
        found = queries.open_own(session, who(), webhook_id)
    here, settings = state(), state().settings
    shown = None
    if not errors and cookie.get(SHOWN_ONCE) == webhook_id:
        cookie.pop(SHOWN_ONCE)
        shown = signing.secret_of(settings.secret(), found.hook.key)
    first = min((each.happened_at for each in found.deliveries), default=here.clock())
    return render(
        "exchange/webhook.html", 422 if errors else 200, found=found, hook=found.hook,
        secret=shown, errors=errors, labels=LABELS, now=now(), days=settings.webhook_log_days,
        since=request.form.get("since", f"{first.astimezone(COPENHAGEN):%Y-%m-%dT%H:%M}"),
        **words.NAMES,
    )  # fmt: skip


def _typed(hook: Webhook) -> dict[str, Any]:
    return {"name": hook.name, "url": hook.url}


def _mark_of(hook: Webhook) -> str:
    return mark_of(_typed(hook) | {"types": sorted(hook.types)})


def _draw_form(
    hook: Webhook | None, values: dict[str, Any], chosen: list[str], errors: dict[str, list[Any]]
) -> Response:
    return render(
        "exchange/webhook_form.html", 422 if errors else 200, hook=hook, values=values,
        chosen=chosen, errors=errors, labels=LABELS,
        seen=values.get("seen") or (_mark_of(hook) if hook else ""),
        types=[(each.name, each.title) for each in rules.types_for(who().role)],
    )  # fmt: skip
