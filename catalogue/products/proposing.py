"""What a proposal of new prices does to products and agreements; whose turn it is, is asked before.

A municipality that would pay more keeps its price by a row of its own until it accepts; a price
that falls for it comes into force on the proposal's day without being asked about.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from catalogue.agreements import queries as agreements
from catalogue.agreements.queries import Covering
from catalogue.agreements.rules import covers
from catalogue.core.errors import Conflict
from catalogue.core.text import lazy as _

from . import families, prices, shelf
from . import price_rules as rules
from .models import (
    Answer,
    PriceDecision,
    PriceLine,
    PriceProposal,
    Product,
    ProductState,
    ProposalState,
)
from .price_rules import Price, PriceChange

_OPEN = (Answer.WAITING, Answer.REFUSED)


class CannotBeSent(Conflict):
    """The proposal does not go with the products as they are now; nothing was sent."""

    title = _("The proposal cannot be sent")


def list_choices(session: Session, enterprise_id: int, today: date) -> list[Product]:
    """List the products on the shelf whose price only a proposal can raise, by title."""
    query = (
        select(Product)
        .where(Product.enterprise_id == enterprise_id, prices.bound_where(today))
        .where(Product.state == ProductState.PUBLISHED, Product.price_ore.is_not(None))
        .order_by(Product.title, Product.id)
    )
    return list(session.scalars(query))


def new_price(line: PriceLine) -> Price:
    """Return the price that a line proposes."""
    return Price(line.new_price_ore, line.price_base_quantity, line.unit)


def old_price(line: PriceLine) -> Price:
    """Return the list price when a line was drafted."""
    return Price(line.old_price_ore, line.price_base_quantity, line.unit)


def check_products(session: Session, proposal: PriceProposal, today: date) -> None:
    """Refuse a proposal when a product has changed since, or is in another one on its way."""
    ids = [each.product_id for each in proposal.lines]
    others = (
        select(PriceLine.product_id)
        .join(PriceProposal, PriceProposal.id == PriceLine.proposal_id)
        .where(PriceLine.product_id.in_(ids), PriceProposal.id != proposal.id)
        .where(PriceProposal.state == ProposalState.SENT, PriceProposal.from_on > today)
    )
    on_their_way = set(session.scalars(others))
    products = _lock_products(session, ids)
    for line in proposal.lines:
        product = products[line.product_id]
        if product.id in on_their_way:
            raise CannotBeSent(
                _(
                    "“%(title)s” is in a proposal on its way. Withdraw that one, or wait for its"
                    " day.",
                    title=product.name,
                )
            )
        if prices.listed(product) != old_price(line):
            raise CannotBeSent(
                _("“%(title)s” has a new price since. Make a new draft.", title=product.name)
            )


def replace_older(session: Session, proposal: PriceProposal, now: datetime) -> None:
    """Close what was not accepted of older proposals for the same products.

    Both rows are locked: who answers one of them meanwhile waits, and is told that it is replaced.
    """
    ids = [each.product_id for each in proposal.lines]
    older = (
        select(PriceDecision)
        .join(PriceProposal, PriceProposal.id == PriceDecision.proposal_id)
        .where(PriceProposal.id != proposal.id, PriceProposal.state == ProposalState.SENT)
        .where(PriceProposal.lines.any(PriceLine.product_id.in_(ids)))
        .where(PriceDecision.answer.in_(_OPEN))
        .order_by(PriceDecision.proposal_id, PriceDecision.municipality_id)
        .with_for_update(of=[PriceProposal, PriceDecision])
        .execution_options(populate_existing=True)
    )
    for decision in session.scalars(older):
        decision.answer, decision.decided_at = Answer.REPLACED, now


def ask(session: Session, proposal: PriceProposal, today: date) -> None:
    """Ask every municipality that would pay more, and keep its present prices for it.

    Those are asked whose agreement applies on the day of the new prices or later.
    """
    covering = agreements.list_covering(session, proposal.enterprise_id, proposal.from_on)
    agreed = prices.list_agreed(session, [each.product_id for each in proposal.lines], today)
    asked: set[int] = set()
    for agreement, line in _covered(session, covering, proposal.lines):
        pair = (agreement.agreement_id, line.product_id)
        kept = rules.agreed_on(agreed.get(pair, []), today)
        present, new = kept.price if kept else old_price(line), new_price(line)
        change = rules.compare_prices(present, new)
        if rules.must_be_accepted(change):
            asked.add(agreement.municipality_id)
            if kept is None:
                session.add(prices.agreed_row(pair, present, today, proposal.id))
        elif change == PriceChange.FALLEN:
            session.add(prices.agreed_row(pair, new, proposal.from_on, proposal.id))
    proposal.decisions = [
        PriceDecision(municipality_id=each, answer=Answer.WAITING) for each in sorted(asked)
    ]
    session.flush()


def agree(session: Session, proposal: PriceProposal, decision: PriceDecision, today: date) -> None:
    """Write the accepted prices under the municipality's agreements, from the decision's day on."""
    begins = decision.in_force_from or proposal.from_on
    covering = [
        each
        for each in agreements.list_covering(session, proposal.enterprise_id, begins)
        if each.municipality_id == decision.municipality_id
    ]
    agreed = prices.list_agreed(session, [each.product_id for each in proposal.lines], today)
    for agreement, line in _covered(session, covering, proposal.lines):
        pair = (agreement.agreement_id, line.product_id)
        present = rules.price_on(old_price(line), agreed.get(pair, []), begins)
        if rules.must_be_accepted(rules.compare_prices(present, new_price(line))):
            session.add(prices.agreed_row(pair, new_price(line), begins, proposal.id))


def put_list_prices(session: Session, lines: Sequence[PriceLine], now: datetime) -> None:
    """Write the proposed prices as list prices; what is on the shelf gets a new version."""
    products = _lock_products(session, [each.product_id for each in lines])
    missing = {each.leader_id for each in products.values()} - products.keys()
    products |= _lock_products(session, missing)
    of_variants: dict[int, dict[int, int]] = {}  # new prices by leading product and key
    for line in lines:
        product = products[line.product_id]
        if product.variant_of_id is not None:
            by_key = of_variants.setdefault(product.variant_of_id, {})
            by_key[product.variant_key or families.LEADER] = line.new_price_ore
            continue
        product.price_ore, product.unit = line.new_price_ore, line.unit
        product.price_base_quantity = line.price_base_quantity
        prices.pass_on(session, product, now)
    for product in products.values():
        if product.variant_of_id is not None:
            continue  # its row follows the leading product
        if found := of_variants.get(product.id):
            facts = families.with_prices(shelf.facts_of(product), found)
            shelf.put_facts(product, facts)
        product.updated_at = now
        if product.state == ProductState.PUBLISHED:
            shelf.record_version(session, product, person_id=None, now=now)


def _covered(
    session: Session, covering: Sequence[Covering], lines: Sequence[PriceLine]
) -> Iterator[tuple[Covering, PriceLine]]:
    """Yield each agreement with each line whose product it covers. One query."""
    ids = [each.product_id for each in lines]
    rows = session.execute(select(Product.id, Product.category_code).where(Product.id.in_(ids)))
    codes = {product_id: code or "" for product_id, code in rows}
    for agreement in covering:
        for line in lines:
            if covers(agreement.prefixes, codes[line.product_id]):
                yield agreement, line


def _lock_products(session: Session, product_ids: Collection[int]) -> dict[int, Product]:
    query = (
        select(Product)
        .where(Product.id.in_(product_ids))
        .options(selectinload(Product.images), selectinload(Product.delivery_area))
        .order_by(Product.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {each.id: each for each in session.scalars(query)}
