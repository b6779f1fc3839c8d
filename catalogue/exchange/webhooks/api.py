"""Webhooks for systems: make, list, change, pause, renew the secret, delete, and deliveries."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from sqlalchemy.orm import Session

from catalogue.core.http import ENTERPRISES, STAFF, contract, now, reading, state, transaction, who
from catalogue.core.http.answering import (
    Deed,
    deed,
    need_match,
    open_api,
    read_asked,
    show,
    show_page,
)
from catalogue.core.http.operations import Operation, Trait, serve

from . import queries, schema, service, signing
from .models import Delivery, Webhook
from .schema import Allowed, Terms

blueprint = open_api("webhooks_api", __name__)
OWNERS = STAFF | ENTERPRISES
READ, WRITE = "webhooks:read", "webhooks:write"
ONE = "/webhooks/<int:webhook_id>"
SHOWN, MADE = schema.WebhookShownSchema, schema.WebhookMadeSchema
PAGED, TAGGED = frozenset({Trait.PAGED}), frozenset({Trait.TAG})
KEYED = TAGGED | {Trait.KEY}
EXAMPLE = {"name": "ERP", "url": "https://erp.slagelse.example/hooks", "types": ["order.confirmed"]}


@serve(
    blueprint, "GET", "/webhooks",
    Operation("List webhooks, by id", OWNERS, READ, answer=SHOWN, traits=PAGED),
)  # fmt: skip
def list_webhooks() -> Response:
    """List the webhooks of the place that the token acts for."""
    asked = read_asked(contract.read_query())
    with reading() as session:
        rows = queries.list_after(session, who(), asked.after, asked.limit + 1)
    return show_page(rows, asked, _dump, lambda row: row.id)


@serve(
    blueprint, "POST", "/webhooks",
    Operation(
        "Make a webhook; its secret is told this once", OWNERS, WRITE, status=201,
        body=schema.WebhookBodySchema, answer=MADE, example=EXAMPLE,
    ),
)  # fmt: skip
def create_webhook() -> Response:
    """Make a webhook. No key makes it once: the answer with the secret would be kept for it."""
    terms = _read_terms()
    with transaction() as session:
        made = service.create(session, who(), terms, now())
        address = url_for("catalogue.webhooks_api.get_webhook", webhook_id=made.id)
        return _tell_secret(session, made, 201, address)


@serve(
    blueprint, "GET", ONE,
    Operation("Get a webhook", OWNERS, READ, answer=SHOWN, traits=TAGGED),
)  # fmt: skip
def get_webhook(webhook_id: int) -> Response:
    """Show a webhook."""
    with reading() as session:
        return show(_dump(queries.get_own(session, who(), webhook_id)))


@serve(
    blueprint, "PUT", ONE,
    Operation(
        "Change name, address and types", OWNERS, WRITE, answer=SHOWN,
        body=schema.WebhookBodySchema, traits=KEYED | {Trait.MATCH}, example=EXAMPLE,
    ),
)  # fmt: skip
def put_webhook(webhook_id: int) -> Response:
    """Change a webhook that the sender has read as it is; what waits goes to the new address."""
    terms = _read_terms()
    with deed() as doing:
        need_match(_dump(queries.get_own(doing.session, who(), webhook_id, locked=True)))
        service.amend(doing.session, who(), webhook_id, terms, now())
        return _answer(doing, webhook_id)


@serve(
    blueprint, "POST", f"{ONE}/pause",
    Operation("Send nothing for now: what happens is held back", OWNERS, WRITE, answer=SHOWN,
              traits=KEYED),
)  # fmt: skip
def pause_webhook(webhook_id: int) -> Response:
    """Pause a webhook; paused already, nothing changes."""
    with deed() as doing:
        service.pause(doing.session, who(), webhook_id, now())
        return _answer(doing, webhook_id)


@serve(
    blueprint, "POST", f"{ONE}/resume",
    Operation("Send what happens from now on; what was held back is sent by replay", OWNERS, WRITE,
              answer=SHOWN, traits=KEYED),
)  # fmt: skip
def resume_webhook(webhook_id: int) -> Response:
    """Resume a webhook; one that is not paused stays as it is."""
    with deed() as doing:
        service.resume(doing.session, who(), webhook_id, now())
        return _answer(doing, webhook_id)


@serve(
    blueprint, "POST", f"{ONE}/replay",
    Operation(
        "Send all again that failed or was held back of what happened since", OWNERS, WRITE,
        status=202, body=schema.ReplayBodySchema, answer=schema.ReplayedSchema,
        traits=frozenset({Trait.KEY}), example={"since": "2026-11-24T06:00:00Z"},
    ),
)  # fmt: skip
def replay_webhook(webhook_id: int) -> Response:
    """Send all again since a time."""
    since = schema.read_since(contract.read_body())
    with deed() as doing:
        sent = service.replay(doing.session, who(), webhook_id, since, now())
        return doing.answer({"sent": sent}, 202, tagged=False)


@serve(
    blueprint, "DELETE", ONE,
    Operation("Delete a webhook with its deliveries", OWNERS, WRITE, status=204),
)  # fmt: skip
def delete_webhook(webhook_id: int) -> Response:
    """Take a webhook out."""
    with transaction() as session:
        service.delete(session, who(), webhook_id, now())
    return Response(status=204)


@serve(
    blueprint, "POST", f"{ONE}/secret",
    Operation(
        "Make a new secret; the present one signs too for 24 hours", OWNERS, WRITE, answer=MADE
    ),
)  # fmt: skip
def rotate_secret(webhook_id: int) -> Response:
    """Give a new secret."""
    with transaction() as session:
        return _tell_secret(session, service.rotate(session, who(), webhook_id, now()))


@serve(
    blueprint, "POST", f"{ONE}/test",
    Operation(
        "Have a test sent", OWNERS, WRITE, status=202, answer=schema.WebhookDeliverySchema,
        traits=frozenset({Trait.KEY}),
    ),
)  # fmt: skip
def send_test(webhook_id: int) -> Response:
    """Have a test sent to the address."""
    with deed() as doing:
        made = service.test(doing.session, who(), webhook_id, now())
        return doing.answer(_dump_delivery(made), 202, tagged=False)


@serve(
    blueprint, "GET", f"{ONE}/deliveries",
    Operation(
        "List deliveries, the newest first", OWNERS, READ, answer=schema.WebhookDeliverySchema,
        traits=PAGED,
    ),
)  # fmt: skip
def list_deliveries(webhook_id: int) -> Response:
    """List what was sent to the address, and what became of it."""
    asked = read_asked(contract.read_query())
    with reading() as session:
        hook = queries.get_own(session, who(), webhook_id)
        rows = queries.list_deliveries(session, hook, asked.after, asked.limit + 1)
    return show_page(rows, asked, _dump_delivery, lambda row: row.id)


@serve(
    blueprint, "POST", f"{ONE}/deliveries/<int:delivery_id>/resend",
    Operation(
        "Send a delivery again, under the same id", OWNERS, WRITE, status=202,
        answer=schema.WebhookDeliverySchema, traits=frozenset({Trait.KEY}),
    ),
)  # fmt: skip
def resend_delivery(webhook_id: int, delivery_id: int) -> Response:
    """Send a delivery again."""
    with deed() as doing:
        sent = service.resend(doing.session, who(), webhook_id, delivery_id, now())
        return doing.answer(_dump_delivery(sent), 202, tagged=False)


def _read_terms() -> Terms:
    body = contract.read_body()
    allowed = Allowed(who().role, state().settings.webhook_hosts)
    return schema.read_terms(body, body["types"], allowed)


def _answer(doing: Deed, webhook_id: int) -> Response:
    doing.session.flush()
    return doing.answer(_dump(queries.get_own(doing.session, who(), webhook_id)))


def _tell_secret(
    session: Session, hook: Webhook, status: int = 200, location: str = ""
) -> Response:
    """Answer with the secret, which is kept nowhere: not for a key either."""
    secret = signing.secret_of(state().settings.secret(), hook.key)
    told = {**_dump(hook), "secret": secret}
    return Deed(session, None).answer(told, status, location=location, tagged=False)


def _dump(hook: Webhook) -> Any:
    return schema.WebhookShownSchema().dump(hook)


def _dump_delivery(each: Delivery) -> Any:
    return schema.WebhookDeliverySchema().dump(each)
