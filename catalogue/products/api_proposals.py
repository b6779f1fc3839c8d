"""New prices as programs read them, from either side, and as an enterprise drafts them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from catalogue.core.errors import Invalid, Missing
from catalogue.core.text import lazy as _
from catalogue.core.who import Who

from . import proposal_queries as queries
from . import proposals
from .models import PriceDecision, PriceProposal
from .proposal_api_schema import (
    AskedListedSchema,
    AskedShownSchema,
    ProposalListedSchema,
    ProposalShownSchema,
)
from .proposal_queries import AskedRow, Listed, Row
from .proposals import Proposed


def draft(
    session: Session, who: Who, sent: Mapping[str, Any], notice_days: int, now: datetime
) -> PriceProposal:
    """Make a draft with the prices sent; raises Invalid by field.

    A product whose price needs no proposal is refused: it would be left out in silence.
    """
    new = {each["product_id"]: each["price_ore"] for each in sent["prices"]}
    if len(new) < len(sent["prices"]):
        raise Invalid({"prices": [_("Name each product once")]})
    proposed = Proposed(sent["from_on"], sent["text"], product_ids=frozenset(new))
    made = proposals.draft(session, who, proposed, notice_days, now)
    taken = {each.product_id for each in made.lines}
    problems: dict[str, list[Any]] = {
        f"prices.{place}.product_id": [_("Choose at least one product that an agreement covers")]
        for place, each in enumerate(sent["prices"])
        if each["product_id"] not in taken
    }
    if problems:
        raise Invalid(problems)
    return proposals.set_prices(session, who, made.id, new, now)


def show_listed(listed: Listed) -> dict[str, Any]:
    """Return a proposal as the list of its enterprise has it."""
    return dict(ProposalListedSchema().dump(_own(listed.proposal, listed.stage, listed.products)))


def show(session: Session, who: Who, proposal_id: int, today: date) -> dict[str, Any]:
    """Return a proposal of the enterprise with the answers to it; raises Missing."""
    session.expire_all()
    found = queries.get_own(session, who.enterprise_id, proposal_id, today)
    told = _own(found.proposal, found.stage, len(found.rows)) | {
        "prices": _prices(found.rows),
        "answers": [{"municipality": name} | _answer(each) for name, each in found.answers],
    }
    return dict(ProposalShownSchema().dump(told))


def show_asked_listed(row: AskedRow) -> dict[str, Any]:
    """Return a proposal as the list of a municipality has it."""
    told = _asked(row.proposal, row.decision, row.enterprise_name)
    return dict(AskedListedSchema().dump(told))


def show_asked(session: Session, who: Who, proposal_id: int, today: date) -> dict[str, Any]:
    """Return a proposal with what it changes for the municipality; raises Missing."""
    session.expire_all()
    found = queries.get_asked(session, who.municipality_id, proposal_id, today)
    if found.is_withdrawn:  # the contract has no word for it, and "accepted" would be untrue
        raise Missing(_("There is no such proposal."))
    told = _asked(found.proposal, found.decision, found.enterprise.name)
    return dict(AskedShownSchema().dump(told | {"prices": _prices(found.rows)}))


def _own(proposal: PriceProposal, stage: str, products: int) -> dict[str, Any]:
    return _facts(proposal) | {"stage": stage, "products": products}


def _asked(proposal: PriceProposal, decision: PriceDecision, enterprise: str) -> dict[str, Any]:
    told = _facts(proposal) | _answer(decision)
    return told | {"enterprise_id": proposal.enterprise_id, "enterprise": enterprise}


def _facts(proposal: PriceProposal) -> dict[str, Any]:
    return {name: getattr(proposal, name) for name in ("id", "from_on", "text", "sent_at")}


def _answer(decision: PriceDecision) -> dict[str, Any]:
    return {name: getattr(decision, name) for name in ("answer", "reason", "in_force_from")}


def _prices(rows: Iterable[Row]) -> Sequence[dict[str, Any]]:
    return [
        {"product_id": row.product.id, "title": row.product.name, "before_ore": row.before.ore,
         "after_ore": row.after.ore, "base_quantity": row.after.base_quantity,
         "unit": row.after.unit}
        for row in rows
    ]  # fmt: skip
