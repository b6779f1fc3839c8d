"""Quotes for the systems of buyers: ask, read the answers, answer questions, choose, close.

What the system of an enterprise does stands in `quote_answer_api`, frames in `frame_api`.
"""

from __future__ import annotations

from typing import Any

from flask import Response, url_for

from catalogue.core import receiving, shelves
from catalogue.core.errors import Missing
from catalogue.core.http import (
    BUYERS,
    ENTERPRISES,
    STAFF,
    contract,
    hand_out,
    now,
    reading,
    today,
    who,
)
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
from catalogue.core.receiving import Received
from catalogue.core.text import lazy as _

from . import (
    api_orders,
    api_quotes,
    frame_schema,
    frames,
    quote_choice,
    quote_files,
    quote_schema,
    quotes,
)
from . import quote_api_schema as schema
from . import quote_api_shown as shown
from . import quote_queries as queries
from .api_schema import DELIVERY
from .quote_choice import Chosen
from .quote_screens import take_in
from .service import Placing

blueprint = open_api("quotes_api", __name__)
READ, WRITE = "quotes:read", "quotes:write"
ONE = "/quote-requests/<int:request_id>"
SHOWN = shown.QuoteRequestShownSchema
KEYED = frozenset({Trait.TAG, Trait.KEY})
PDF = {"name": "tegning.pdf", "content": "JVBERi0xLjQKJSVFT0YK"}
REASON = "Laveste pris, som opfylder alle krav."
# What the form calls what a program sends.
NAMES = {name: f"details.{name}" for name in quote_schema.DETAILS} | {
    "enterprises": "enterprise_ids",
}


@serve(
    blueprint, "GET", "/askable-enterprises",
    Operation(
        "Whom one may ask for a quote in a category or about a product, and which details its"
        " form has",
        BUYERS, READ, query=schema.AskableQuerySchema, answer=shown.AskableSchema,
        traits=frozenset({Trait.TAG}),
    ),
)  # fmt: skip
def list_askable_enterprises() -> Response:
    """List whom one may ask."""
    query = contract.read_query()
    with reading() as session:
        begun, subject = api_quotes.begin(session, who(), query, today())
    return show(api_quotes.show_askable(begun, subject))


@serve(
    blueprint, "GET", "/quote-requests",
    Operation(
        "List requests for quotes, the newest first", BUYERS | STAFF, READ,
        answer=shown.QuoteRequestListedSchema, traits=frozenset({Trait.PAGED}),
    ),
)  # fmt: skip
def list_quote_requests() -> Response:
    """List the buyer's own requests; for staff, all of the municipality."""
    asked, day = read_asked(contract.read_query()), today()
    with reading() as session:
        rows = api_quotes.list_requests(session, who(), asked.after, asked.limit + 1)
    return show_page(
        rows, asked, lambda row: api_quotes.show_listed(row, day), lambda row: row.request.id
    )


@serve(
    blueprint, "POST", "/quote-requests",
    Operation(
        "Ask enterprises for quotes", BUYERS, WRITE, status=201, answer=SHOWN,
        body=schema.QuoteRequestBodySchema, traits=KEYED,
        example={
            "category_code": "37535200", "title": "Tre legehuse",
            "description": "Til tre børnehuse, med levering og opstilling.",
            "deadline_on": "2026-12-11", "enterprise_ids": [1],
            "details": {"quantity": 3, "place": "Slagelse"}, "files": [PDF],
        },
    ),
)  # fmt: skip
def ask_for_quotes() -> Response:
    """Send a request to enterprises."""
    body = contract.read_body()
    received = _receive(body)
    with contract.named(NAMES), deed() as doing:
        _begun, subject = api_quotes.begin(doing.session, who(), body, today())
        wanted = api_quotes.read_wanted(subject, body)
        made = quotes.ask(doing.session, who(), wanted, received, now())
        return _answer(doing, made.id, 201)


@serve(
    blueprint, "GET", ONE,
    Operation(
        "Get a request for quotes with all answers", BUYERS | STAFF, READ, answer=SHOWN,
        traits=frozenset({Trait.TAG}),
    ),
)  # fmt: skip
def get_quote_request(request_id: int) -> Response:
    """Show a request with questions, quotes, and who declined."""
    with reading() as session:
        return show(api_quotes.show(session, who(), request_id, today()))


@serve(
    blueprint, "PUT", f"{ONE}/deadline",
    Operation(
        "Give a later deadline; those asked are told", BUYERS, WRITE, answer=SHOWN,
        body=schema.DeadlineBodySchema, traits=KEYED | {Trait.MATCH},
        example={"deadline_on": "2026-12-18"},
    ),
)  # fmt: skip
def put_quote_deadline(request_id: int) -> Response:
    """Give a later deadline to a request that the sender has read as it is."""
    deadline_on = quote_schema.read_deadline(contract.read_body())
    with deed() as doing:
        need_match(api_quotes.show(doing.session, who(), request_id, today()))
        quotes.extend(doing.session, who(), request_id, deadline_on, now())
        return _answer(doing, request_id)


@serve(
    blueprint, "POST", f"{ONE}/enterprises",
    Operation(
        "Ask more enterprises; those asked already are passed over", BUYERS, WRITE, answer=SHOWN,
        body=schema.OthersBodySchema, traits=KEYED, example={"enterprise_ids": [2]},
    ),
)  # fmt: skip
def ask_other_enterprises(request_id: int) -> Response:
    """Ask others too."""
    chosen = contract.read_body()["enterprise_ids"]
    with contract.named(NAMES), deed() as doing:
        quotes.ask_others(doing.session, who(), request_id, chosen, now())
        return _answer(doing, request_id)


@serve(
    blueprint, "POST", f"{ONE}/questions/<int:question_id>/answer",
    Operation(
        "Answer a question, or mend the answer; all that were asked read it", BUYERS, WRITE,
        answer=SHOWN, body=schema.AnswerBodySchema, traits=KEYED,
        example={"answer": "Jorden er jævnet."},
    ),
)  # fmt: skip
def answer_quote_question(request_id: int, question_id: int) -> Response:
    """Answer a question of the request."""
    text = quote_schema.read_answer(contract.read_body())
    with deed() as doing:
        if queries.get_request_id(doing.session, who(), question_id) != request_id:
            raise Missing(_("There is no such request for quotes."))
        quotes.answer(doing.session, who(), question_id, text, now())
        return _answer(doing, request_id)


@serve(
    blueprint, "POST", f"{ONE}/close",
    Operation(
        "Decline all quotes and close the request, with a reason that those asked are told",
        BUYERS, WRITE, answer=SHOWN, body=schema.ReasonBodySchema, traits=KEYED,
        example={"reason": "Vi køber ikke i år."},
    ),
)  # fmt: skip
def close_quote_request(request_id: int) -> Response:
    """Close a request without an order."""
    reason = quote_schema.read_reason(contract.read_body())
    with deed() as doing:
        quotes.close(doing.session, who(), request_id, reason, now())
        return _answer(doing, request_id)


@serve(
    blueprint, "POST", f"{ONE}/choice",
    Operation(
        "Choose a quote with a reason, and order it", BUYERS, WRITE, answer=SHOWN, status=201,
        body=schema.ChoiceBodySchema, traits=KEYED,
        example={"quote_id": 1, "revision": 1, "reason": REASON, "delivery": DELIVERY},
    ),
)  # fmt: skip
def choose_quote(request_id: int) -> Response:
    """Order a quote that the sender has read; sent twice, it is the order of the first time."""
    body = contract.read_body()
    placing = Placing(who(), api_orders.read_delivery(body["delivery"]), "", now())
    with deed() as doing:
        quote_choice.choose(doing.session, placing, request_id, _chosen(body))
        return _answer(doing, request_id, 201)


@serve(
    blueprint, "POST", f"{ONE}/frame",
    Operation(
        "Choose a quote with a reason, as a frame that is called off in parts", BUYERS, WRITE,
        answer=SHOWN, status=201, body=schema.FrameChoiceBodySchema, traits=KEYED,
        example={
            "quote_id": 1, "revision": 1, "reason": REASON, "kind": "quantity",
            "valid_until": "2027-11-30",
        },
    ),
)  # fmt: skip
def choose_quote_as_frame(request_id: int) -> Response:
    """Keep a quote as a frame; nothing is ordered yet."""
    body = contract.read_body()
    frame = frame_schema.read_terms(
        {"frame_kind": body["kind"], "frame_until": body["valid_until"]}
    )
    with contract.named({"frame_until": "valid_until"}), deed() as doing:
        frames.choose_as_frame(doing.session, who(), request_id, _chosen(body), frame, now())
        return _answer(doing, request_id, 201)


@serve(
    blueprint, "GET", "/quote-files/<int:file_id>",
    Operation(
        "Fetch a file of a request or a quote", BUYERS | STAFF | ENTERPRISES, READ,
        files=tuple(receiving.TYPES.values()),
    ),
)  # fmt: skip
def get_quote_file(file_id: int) -> Response:
    """Hand a file out to those who may read it."""
    with reading() as session:
        found = quote_files.get(session, who(), file_id)
    return hand_out(shelves.QUOTES, found.sha256, found.file_type, found.name)


def _receive(body: dict[str, Any]) -> list[Received]:
    """Take in the files of a request, checked and stored; raises Invalid."""
    return list(take_in(shelves.QUOTES, api_quotes.read_files(body.get("files", []))))


def _chosen(body: dict[str, Any]) -> Chosen:
    return Chosen(body["quote_id"], body["revision"], quote_schema.read_reason(body))


def _answer(doing: Deed, request_id: int, status: int = 200) -> Response:
    doing.session.flush()
    told = api_quotes.show(doing.session, who(), request_id, today())
    address = url_for("catalogue.quotes_api.get_quote_request", request_id=request_id)
    return doing.answer(told, status, location=address if status == 201 else "")
