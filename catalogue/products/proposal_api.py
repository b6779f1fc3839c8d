"""New prices for systems: enterprises draft, send and withdraw them, staff accept or refuse."""

from __future__ import annotations

from flask import Response, url_for

from catalogue.core import fields
from catalogue.core.http import (
    ENTERPRISES,
    STAFF,
    contract,
    now,
    reading,
    state,
    today,
    transaction,
    who,
)
from catalogue.core.http.answering import Deed, deed, open_api, read_asked, show, show_page
from catalogue.core.http.operations import Operation, Trait, serve

from . import api_proposals, proposal_schema, proposals
from . import proposal_api_schema as schema
from . import proposal_queries as queries

blueprint = open_api("prices_api", __name__)
READ, WRITE = "prices:read", "prices:write"
OWN = "/price-proposals/<int:proposal_id>"
ASKED = "/incoming-price-proposals/<int:proposal_id>"
PAGED, TAGGED = frozenset({Trait.PAGED}), frozenset({Trait.TAG})
KEYED = TAGGED | {Trait.KEY}


@serve(
    blueprint, "GET", "/price-proposals",
    Operation(
        "List our proposals of new prices, the newest first", ENTERPRISES, READ,
        answer=schema.ProposalListedSchema, traits=PAGED,
    ),
)  # fmt: skip
def list_price_proposals() -> Response:
    """List the proposals of the enterprise."""
    asked = read_asked(contract.read_query())
    with reading() as session:
        rows = queries.list_own_below(
            session, who().enterprise_id, today(), before=asked.after, limit=asked.limit + 1
        )
    return show_page(rows, asked, api_proposals.show_listed, lambda row: row.proposal.id)


@serve(
    blueprint, "POST", "/price-proposals",
    Operation(
        "Draft new prices of products that agreements bind", ENTERPRISES, WRITE, status=201,
        body=schema.ProposalBodySchema, answer=schema.ProposalShownSchema, traits=KEYED,
        example={
            "from_on": "2027-02-01", "text": "Træ er blevet dyrere.",
            "prices": [{"product_id": 1, "price_ore": 1_310_000}],
        },
    ),
)  # fmt: skip
def draft_price_proposal() -> Response:
    """Make a draft of new prices."""
    body = fields.load(schema.ProposalBodySchema(), contract.read_body())
    with contract.named({"products": "prices"}), deed() as doing:
        made = api_proposals.draft(doing.session, who(), body, _notice(), now())
        return _answer(doing, made.id, 201)


@serve(
    blueprint, "GET", OWN,
    Operation(
        "Get a proposal of ours with the answers of municipalities", ENTERPRISES, READ,
        answer=schema.ProposalShownSchema, traits=TAGGED,
    ),
)  # fmt: skip
def get_price_proposal(proposal_id: int) -> Response:
    """Show a proposal of the enterprise."""
    with reading() as session:
        return show(api_proposals.show(session, who(), proposal_id, today()))


@serve(
    blueprint, "DELETE", OWN, Operation("Throw a draft away", ENTERPRISES, WRITE, status=204)
)  # fmt: skip
def delete_price_proposal(proposal_id: int) -> Response:
    """Throw a draft away."""
    with transaction() as session:
        proposals.discard(session, who(), proposal_id, now())
    return Response(status=204)


@serve(
    blueprint, "POST", f"{OWN}/send",
    Operation(
        "Send a draft to the municipalities that would pay more", ENTERPRISES, WRITE,
        answer=schema.ProposalShownSchema, traits=KEYED,
    ),
)  # fmt: skip
def send_price_proposal(proposal_id: int) -> Response:
    """Send a draft."""
    with deed() as doing:
        proposals.send(doing.session, who(), proposal_id, _notice(), now())
        return _answer(doing, proposal_id)


@serve(
    blueprint, "POST", f"{OWN}/withdraw",
    Operation(
        "Take a sent proposal back before its day", ENTERPRISES, WRITE,
        answer=schema.ProposalShownSchema, traits=KEYED,
    ),
)  # fmt: skip
def withdraw_price_proposal(proposal_id: int) -> Response:
    """Take a proposal back; all prices stay what they were."""
    with deed() as doing:
        proposals.withdraw(doing.session, who(), proposal_id, now())
        return _answer(doing, proposal_id)


@serve(
    blueprint, "GET", "/incoming-price-proposals",
    Operation(
        "List new prices that we are asked to accept, the newest first", STAFF, READ,
        query=schema.AskedQuerySchema, answer=schema.AskedListedSchema, traits=PAGED,
    ),
)  # fmt: skip
def list_incoming_price_proposals() -> Response:
    """List the proposals sent to the municipality."""
    query = contract.read_query()
    asked = read_asked(query)
    with reading() as session:
        rows = queries.list_asked_below(
            session, who().municipality_id, query.get("answer"), before=asked.after,
            limit=asked.limit + 1,
        )  # fmt: skip
    return show_page(rows, asked, api_proposals.show_asked_listed, lambda row: row.proposal.id)


@serve(
    blueprint, "GET", ASKED,
    Operation(
        "Get new prices with what they change for us", STAFF, READ,
        answer=schema.AskedShownSchema, traits=TAGGED,
    ),
)  # fmt: skip
def get_incoming_price_proposal(proposal_id: int) -> Response:
    """Show a proposal as the municipality sees it."""
    with reading() as session:
        return show(api_proposals.show_asked(session, who(), proposal_id, today()))


@serve(
    blueprint, "POST", f"{ASKED}/accept",
    Operation(
        "Accept new prices", STAFF, WRITE, answer=schema.AskedShownSchema, traits=KEYED
    ),
)  # fmt: skip
def accept_price_proposal(proposal_id: int) -> Response:
    """Accept new prices from their day on, or from tomorrow."""
    with deed() as doing:
        proposals.accept(doing.session, who(), proposal_id, now())
        return _answer_asked(doing, proposal_id)


@serve(
    blueprint, "POST", f"{ASKED}/reject",
    Operation(
        "Refuse new prices, with a reason", STAFF, WRITE, body=schema.RefusalBodySchema,
        answer=schema.AskedShownSchema, traits=KEYED, example={"reason": "For stor en stigning."},
    ),
)  # fmt: skip
def reject_price_proposal(proposal_id: int) -> Response:
    """Refuse new prices; the municipality keeps those it has."""
    reason = proposal_schema.read_reason(contract.read_body())
    with deed() as doing:
        proposals.refuse(doing.session, who(), proposal_id, reason, now())
        return _answer_asked(doing, proposal_id)


def _answer(doing: Deed, proposal_id: int, status: int = 200) -> Response:
    doing.session.flush()
    told = api_proposals.show(doing.session, who(), proposal_id, today())
    address = url_for("catalogue.prices_api.get_price_proposal", proposal_id=proposal_id)
    return doing.answer(told, status, location=address if status == 201 else "")


def _answer_asked(doing: Deed, proposal_id: int) -> Response:
    doing.session.flush()
    return doing.answer(api_proposals.show_asked(doing.session, who(), proposal_id, today()))


def _notice() -> int:
    return state().settings.price_notice_days
