"""Quotes for the systems of enterprises: read what is asked, ask back, send a quote, decline."""

from __future__ import annotations

from flask import Response

from catalogue.core import shelves
from catalogue.core.http import ENTERPRISES, contract, now, reading, today, who
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

from . import api_quotes, quote_answers, quote_schema
from . import quote_api_schema as schema
from . import quote_api_shown as shown
from .quote_screens import take_in

blueprint = open_api("incoming_quotes_api", __name__)
READ, WRITE = "quotes:read", "quotes:write"
ONE = "/incoming-quote-requests/<int:request_id>"
SHOWN = shown.IncomingShownSchema
KEYED = frozenset({Trait.TAG, Trait.KEY})


@serve(
    blueprint, "GET", "/incoming-quote-requests",
    Operation(
        "List what we are asked to quote for, the newest first", ENTERPRISES, READ,
        answer=shown.IncomingListedSchema, traits=frozenset({Trait.PAGED}),
    ),
)  # fmt: skip
def list_incoming_quote_requests() -> Response:
    """List what the enterprise was asked."""
    asked, day = read_asked(contract.read_query()), today()
    with reading() as session:
        rows = api_quotes.list_incoming(session, who(), asked.after, asked.limit + 1)
    return show_page(
        rows, asked, lambda row: api_quotes.show_incoming_listed(row, day),
        lambda row: row.request.id,
    )  # fmt: skip


@serve(
    blueprint, "GET", ONE,
    Operation(
        "Get what we are asked to quote for, with our own answer", ENTERPRISES, READ,
        answer=SHOWN, traits=frozenset({Trait.TAG}),
    ),
)  # fmt: skip
def get_incoming_quote_request(request_id: int) -> Response:
    """Show what the enterprise was asked, and nothing of the answers of others."""
    with reading() as session:
        return show(api_quotes.show_incoming(session, who(), request_id, today()))


@serve(
    blueprint, "PUT", f"{ONE}/quote",
    Operation(
        "Send a quote, or replace the one sent", ENTERPRISES, WRITE, answer=SHOWN,
        body=schema.OfferBodySchema, traits=KEYED | {Trait.MATCH},
        example={
            "text": "Levering og opstilling er med.", "valid_until": "2027-01-15",
            "delivery_days": 14,
            "lines": [
                {"title": "Legehus", "quantity": 3, "unit": "piece", "price_ore": 1_150_000,
                 "vat_rate": 25},
            ],
        },
    ),
)  # fmt: skip
def put_quote(request_id: int) -> Response:
    """Send a quote for what the sender has read as it is."""
    body = contract.read_body()
    offer = api_quotes.read_offer(body)
    sent = api_quotes.read_files(body.get("files", []))
    received = take_in(shelves.QUOTES, sent)
    with deed() as doing:
        need_match(api_quotes.show_incoming(doing.session, who(), request_id, today()))
        quote_answers.send(doing.session, who(), request_id, offer, received=received, now=now())
        return _answer(doing, request_id)


@serve(
    blueprint, "POST", f"{ONE}/decline",
    Operation(
        "Decline to quote, with a reason", ENTERPRISES, WRITE, answer=SHOWN,
        body=schema.ReasonBodySchema, traits=KEYED,
        example={"reason": "Vi har ingen ledige hænder."},
    ),
)  # fmt: skip
def decline_to_quote(request_id: int) -> Response:
    """Say no; a quote sent before is taken back."""
    reason = quote_schema.read_reason(contract.read_body())
    with deed() as doing:
        quote_answers.decline(doing.session, who(), request_id, reason, now())
        return _answer(doing, request_id)


@serve(
    blueprint, "POST", f"{ONE}/questions",
    Operation(
        "Ask the buyer something; all that were asked read the answer", ENTERPRISES, WRITE,
        answer=SHOWN, body=schema.QuestionBodySchema, traits=KEYED,
        example={"question": "Er jorden jævn?"},
    ),
)  # fmt: skip
def ask_buyer(request_id: int) -> Response:
    """Ask back."""
    text = quote_schema.read_question(contract.read_body())
    with deed() as doing:
        quote_answers.question(doing.session, who(), request_id, text, now())
        return _answer(doing, request_id)


def _answer(doing: Deed, request_id: int) -> Response:
    doing.session.flush()
    return doing.answer(api_quotes.show_incoming(doing.session, who(), request_id, today()))
