"""The verbs of new prices: draft, send and withdraw a proposal, accept or refuse it.

The answer of a municipality is written as rows of agreed prices with the day from which they
apply, so that nothing has to be done on that day; the list price, which search sorts by and new
agreements are made at, follows by the outbox.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, selectinload

from catalogue.core import audit, jobs
from catalogue.core.errors import Conflict, Invalid, Missing
from catalogue.core.fields import MESSAGES
from catalogue.core.text import COPENHAGEN, today_in_copenhagen
from catalogue.core.text import lazy as _
from catalogue.core.who import Who

from . import price_rules as rules
from . import proposing, shelf
from .models import (
    AgreedPrice,
    Answer,
    PriceDecision,
    PriceLine,
    PriceProposal,
    Product,
    ProposalState,
)

MAIL, LIST = "price.mail", "price.list"


class OutOfTurn(Conflict):
    """The proposal is in a state from which this step does not lead on."""

    title = _("The proposal has moved on")


@dataclass(frozen=True)
class Proposed:
    """What an enterprise drafts: all its bound products or some, raised by per cent or not yet."""

    from_on: date
    text: str = ""
    percent: Decimal = Decimal(0)
    product_ids: frozenset[int] | None = None  # None: all


def draft(
    session: Session, who: Who, proposed: Proposed, notice_days: int, now: datetime
) -> PriceProposal:
    """Make a draft with a line for each product; raises Invalid by field.

    Only products that agreements bind are taken: the price of others is simply edited.
    """
    today = today_in_copenhagen(now)
    products = proposing.list_choices(session, who.enterprise_id or 0, today)
    if proposed.product_ids is not None:
        products = [each for each in products if each.id in proposed.product_ids]
    _check_draft(proposed, len(products), today, notice_days)
    made = PriceProposal(
        enterprise_id=who.enterprise_id,
        from_on=proposed.from_on,
        text=proposed.text,
        state=ProposalState.DRAFT,
        created_at=now,
        lines=[_line(each, proposed.percent) for each in products],
        decisions=[],
    )
    session.add(made)
    session.flush()
    _record(session, who, "drafted", made, now)
    return made


def set_prices(
    session: Session, who: Who, proposal_id: int, new_prices: Mapping[int, int], now: datetime
) -> PriceProposal:
    """Set new prices in øre by product id in a draft; products it has no line for are passed over.

    A line whose price stays what it was is left out when the proposal is sent.
    """
    found = _lock_own(session, who, proposal_id)
    _refuse_unless(found, ProposalState.DRAFT)
    for line in found.lines:
        line.new_price_ore = new_prices.get(line.product_id, line.new_price_ore)
    _record(session, who, "changed", found, now)
    return found


def discard(session: Session, who: Who, proposal_id: int, now: datetime) -> None:
    """Throw a draft away."""
    found = _lock_own(session, who, proposal_id)
    _refuse_unless(found, ProposalState.DRAFT)
    _record(session, who, "discarded", found, now)
    session.delete(found)


def send(
    session: Session, who: Who, proposal_id: int, notice_days: int, now: datetime
) -> PriceProposal:
    """Send a draft to the municipalities that would pay more; their old prices are kept for them.

    Raises Invalid when its day is too near or nothing changes, Conflict when a product has changed
    since or stands in another proposal that is on its way.
    """
    found = _lock_own(session, who, proposal_id)
    _refuse_unless(found, ProposalState.DRAFT)
    today = today_in_copenhagen(now)
    if problem := rules.day_problem(found.from_on, today, notice_days):
        raise Invalid({"from_on": [problem]})
    found.lines = [each for each in found.lines if each.new_price_ore != each.old_price_ore]
    if not found.lines:
        raise Invalid({"prices": [_("Change at least one price before you send")]})
    proposing.replace_older(session, found, now)  # who answers locks it before the products too
    proposing.check_products(session, found, today)
    found.state, found.sent_at = ProposalState.SENT, now
    proposing.ask(session, found, today)
    _record(session, who, "sent", found, now)
    jobs.put(session, LIST, {"proposal_id": found.id}, now=now, due_at=_begin(found.from_on))
    _mail(session, found, [each.municipality_id for each in found.decisions], now)
    return found


def withdraw(session: Session, who: Who, proposal_id: int, now: datetime) -> PriceProposal:
    """Take a sent proposal back before its day; all prices stay what they were."""
    found = _lock_own(session, who, proposal_id)
    _refuse_unless(found, ProposalState.SENT)
    if found.from_on <= today_in_copenhagen(now):
        raise OutOfTurn(_("The new prices are in force. Propose other ones instead."))
    session.execute(delete(AgreedPrice).where(AgreedPrice.proposal_id == found.id))
    found.state = ProposalState.WITHDRAWN
    _record(session, who, "withdrawn", found, now)
    _mail(session, found, [each.municipality_id for each in found.decisions], now)
    return found


def accept(session: Session, who: Who, proposal_id: int, now: datetime) -> PriceDecision:
    """Accept a proposal for the municipality `who` acts for, from its day on or from tomorrow.

    A refusal may be turned into an acceptance; raises OutOfTurn for other answers.
    """
    proposal, decision = _lock_asked(session, who, proposal_id)
    _refuse_answer(decision, accepting=True)
    today = today_in_copenhagen(now)
    decision.in_force_from = rules.in_force_from(proposal.from_on, today)
    decision.reason = None  # of a refusal that counts no more
    proposing.agree(session, proposal, decision, today)
    _answer(session, who, decision, Answer.ACCEPTED, now)
    return decision


def refuse(
    session: Session, who: Who, proposal_id: int, reason: str, now: datetime
) -> PriceDecision:
    """Refuse a proposal with a reason; the municipality keeps its prices. Raises Invalid."""
    _proposal, decision = _lock_asked(session, who, proposal_id)
    _refuse_answer(decision, accepting=False)
    if not reason:
        raise Invalid({"reason": [MESSAGES["required"]]})
    decision.reason = reason
    _answer(session, who, decision, Answer.REFUSED, now)
    return decision


_PARTS = (selectinload(PriceProposal.lines), selectinload(PriceProposal.decisions))


def _check_draft(proposed: Proposed, count: int, today: date, notice_days: int) -> None:
    problems = {}
    if problem := rules.day_problem(proposed.from_on, today, notice_days):
        problems["from_on"] = [problem]
    if not count:
        problems["products"] = [_("Choose at least one product that an agreement covers")]
    if count > rules.MOST_LINES:
        text = _("Choose at most %(limit)s products at a time", limit=rules.MOST_LINES)
        problems["products"] = [text]
    if problems:
        raise Invalid({field: list(texts) for field, texts in problems.items()})


def _line(product: Product, percent: Decimal) -> PriceLine:
    price_ore = product.price_ore or 0
    return PriceLine(
        product_id=product.id,
        old_price_ore=price_ore,
        new_price_ore=rules.raised(price_ore, percent),
        price_base_quantity=product.price_base_quantity,
        unit=product.unit,
    )


def _lock_own(session: Session, who: Who, proposal_id: int) -> PriceProposal:
    """Return a proposal of the enterprise, locked; its enterprise sends one at a time."""
    shelf.lock_enterprise(session, who)
    own = (PriceProposal.id == proposal_id, PriceProposal.enterprise_id == who.enterprise_id)
    query = select(PriceProposal).where(*own).options(*_PARTS).with_for_update()
    found = session.scalars(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise Missing(_("There is no such proposal."))
    return found


def _lock_asked(
    session: Session, who: Who, proposal_id: int
) -> tuple[PriceProposal, PriceDecision]:
    """Return a sent proposal and the municipality's answer to it, both locked."""
    query = select(PriceProposal).where(PriceProposal.id == proposal_id)
    query = query.options(*_PARTS).with_for_update().execution_options(populate_existing=True)
    found = session.scalars(query).first()
    decisions = {each.municipality_id: each for each in found.decisions} if found else {}
    decision = decisions.get(who.municipality_id or 0)
    if found is None or decision is None:
        raise Missing(_("There is no such proposal."))
    _refuse_unless(found, ProposalState.SENT)
    return found, decision


def _refuse_unless(found: PriceProposal, state: ProposalState) -> None:
    if found.state != state:
        name = rules.STAGE_NAMES[found.state]
        raise OutOfTurn(_("The proposal is now: %(state)s.", state=name))


def _refuse_answer(decision: PriceDecision, *, accepting: bool) -> None:
    if not rules.may_be_answered(decision.answer, accepting):
        name = rules.ANSWER_NAMES[decision.answer]
        raise OutOfTurn(_("Your municipality's answer is now: %(answer)s.", answer=name))


def _answer(
    session: Session, who: Who, decision: PriceDecision, answer: Answer, now: datetime
) -> None:
    decision.answer, decision.decided_at, decision.person_id = answer, now, who.person_id
    audit.record(
        session,
        f"prices.{answer}",
        ("price_proposal", decision.proposal_id),
        person_id=who.person_id,
        now=now,
        facts=audit.changes({}, {"answer": str(answer), "reason": decision.reason}),
        municipality_id=decision.municipality_id,
    )
    payload = {"proposal_id": decision.proposal_id, "municipality_id": decision.municipality_id}
    jobs.put(session, MAIL, payload | {"event": str(answer)}, now=now)


def _mail(
    session: Session, found: PriceProposal, municipality_ids: Sequence[int], now: datetime
) -> None:
    for each in municipality_ids:
        payload = {"proposal_id": found.id, "municipality_id": each, "event": str(found.state)}
        jobs.put(session, MAIL, payload, now=now)


def _record(session: Session, who: Who, deed: str, found: PriceProposal, now: datetime) -> None:
    before = {str(each.product_id): each.old_price_ore for each in found.lines}
    after = {str(each.product_id): each.new_price_ore for each in found.lines}
    audit.record(
        session,
        f"prices.{deed}",
        ("price_proposal", found.id),
        person_id=who.person_id,
        now=now,
        facts=audit.changes({"prices": before}, {"prices": after})
        | {"from_on": str(found.from_on)},
    )


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), COPENHAGEN).astimezone(UTC)
