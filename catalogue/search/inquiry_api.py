"""What municipalities ask an enterprise, for its systems: can you make this? No, or a draft."""

from __future__ import annotations

from flask import Response

from catalogue.core.http import ENTERPRISES, contract, now, reading, who
from catalogue.core.http.answering import Deed, deed, open_api, read_asked, show, show_slice
from catalogue.core.http.operations import Operation, Trait, serve

from . import demand_api_schema as shapes
from . import inquiries as service
from . import inquiry_queries as queries
from . import inquiry_schema as schema

blueprint = open_api("inquiries_api", __name__)
READ, WRITE = "demands:read", "demands:write"
ONE = "/inquiries/<int:inquiry_id>"
KEYED = frozenset({Trait.TAG, Trait.KEY})


@serve(
    blueprint, "GET", "/inquiries",
    Operation(
        "List what we are asked to make, not answered first; the latest fifty", ENTERPRISES, READ,
        answer=shapes.InquiryShownSchema, traits=frozenset({Trait.PAGED}),
    ),
)  # fmt: skip
def list_inquiries() -> Response:
    """List inquiries; none for an enterprise that is not verified."""
    asked = read_asked(contract.read_query())
    with reading() as session:
        found = queries.list_received(session, who().enterprise_id)
        return show_slice(found[asked.slice], asked, shapes.show_inquiry)


@serve(
    blueprint, "GET", ONE,
    Operation(
        "Get what we are asked to make", ENTERPRISES, READ, answer=shapes.InquiryShownSchema,
        traits=frozenset({Trait.TAG}),
    ),
)  # fmt: skip
def get_inquiry(inquiry_id: int) -> Response:
    """Show an inquiry."""
    with reading() as session:
        found = queries.get_received(session, who().enterprise_id, inquiry_id)
        return show(shapes.show_inquiry(found))


@serve(
    blueprint, "POST", f"{ONE}/accept",
    Operation(
        "Say yes: a draft is made, `product_id` of the answer, to be completed and published",
        ENTERPRISES, WRITE, body=shapes.InquiryYesSchema, answer=shapes.InquiryShownSchema,
        traits=KEYED, example={"title": "Genbrugt cykel", "text": "Istandsat og efterset."},
    ),
)  # fmt: skip
def accept_inquiry(inquiry_id: int) -> Response:
    """Say yes."""
    offer = schema.read_offer(contract.read_body())
    with deed() as doing:
        service.accept(doing.session, who(), inquiry_id, offer, now())
        return _answer(doing, inquiry_id)


@serve(
    blueprint, "POST", f"{ONE}/decline",
    Operation(
        "Say no, with or without a reason", ENTERPRISES, WRITE, body=shapes.InquiryNoSchema,
        answer=shapes.InquiryShownSchema, traits=KEYED, example={"reason": "Vi laver kun træ."},
    ),
)  # fmt: skip
def decline_inquiry(inquiry_id: int) -> Response:
    """Say no."""
    reason = schema.read_reason(contract.read_body())
    with deed() as doing:
        service.decline(doing.session, who(), inquiry_id, reason, now())
        return _answer(doing, inquiry_id)


def _answer(doing: Deed, inquiry_id: int) -> Response:
    doing.session.flush()
    found = queries.get_received(doing.session, who().enterprise_id, inquiry_id)
    return doing.answer(shapes.show_inquiry(found))
