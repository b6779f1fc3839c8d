"""What the pages of new prices show: lists and one proposal, from either side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from catalogue.accounts.models import Municipality, Person
from catalogue.agreements import queries as agreements
from catalogue.agreements.queries import Covering
from catalogue.agreements.rules import covers
from catalogue.core.errors import Missing
from catalogue.core.ids import LARGEST_ID
from catalogue.core.listing import MOST_ROWS
from catalogue.core.text import lazy as _
from catalogue.enterprises.models import Enterprise

from . import price_rules as rules
from . import prices, proposing
from .models import Answer, PriceDecision, PriceLine, PriceProposal, Product, ProposalState
from .price_rules import Price, Stage


@dataclass(frozen=True)
class Listed:
    """A proposal in the enterprise's list: where it stands, and how many gave which answer."""

    proposal: PriceProposal
    stage: Stage
    products: int
    answers: dict[str, int]


@dataclass(frozen=True)
class Row:
    """A product of a proposal with its price before and after, from one side's point of view."""

    product: Product
    before: Price
    after: Price

    @property
    def difference_ore(self) -> int:
        """Return the change in øre."""
        return self.after.ore - self.before.ore

    @property
    def percent(self) -> Decimal | None:
        """Return the change in per cent, or None when the price was nothing."""
        return rules.change_percent(self.before.ore, self.after.ore)


@dataclass(frozen=True)
class Own:
    """A proposal as its enterprise sees it, with the municipalities' answers by name."""

    proposal: PriceProposal
    stage: Stage
    rows: tuple[Row, ...]
    answers: tuple[tuple[str, PriceDecision], ...]


@dataclass(frozen=True)
class AskedRow:
    """A proposal in the list of a municipality."""

    decision: PriceDecision
    proposal: PriceProposal
    enterprise_name: str
    products: int


@dataclass(frozen=True)
class Asked:
    """A proposal as a municipality sees it: with its own prices before, for what it may order."""

    proposal: PriceProposal
    decision: PriceDecision
    enterprise: Enterprise
    rows: tuple[Row, ...]
    decided_by: str | None

    def may(self, *, accept: bool) -> bool:
        """Tell whether the municipality may accept, or refuse, now."""
        return not self.is_withdrawn and rules.may_be_answered(self.decision.answer, accept)

    @property
    def is_withdrawn(self) -> bool:
        """Tell whether the enterprise has taken the proposal back, so that its prices are none."""
        return self.proposal.state == ProposalState.WITHDRAWN


def count_own(session: Session, enterprise_id: int | None) -> int:
    """Count the proposals of an enterprise."""
    query = select(func.count()).where(PriceProposal.enterprise_id == enterprise_id)
    return session.scalar(query) or 0


def list_own(
    session: Session, enterprise_id: int | None, today: date, *, offset: int, limit: int
) -> list[Listed]:
    """List proposals of the enterprise, the newest first. Two queries."""
    query = _own(enterprise_id).offset(offset).limit(limit)
    return [_listed(found, count, today) for found, count in session.execute(query)]


def list_own_below(
    session: Session, enterprise_id: int | None, today: date, *, before: int | None, limit: int
) -> list[Listed]:
    """List proposals of the enterprise, the newest first, below an id. Two queries."""
    query = _own(enterprise_id).where(PriceProposal.id < (before or LARGEST_ID)).limit(limit)
    return [_listed(found, count, today) for found, count in session.execute(query)]


def get_own(session: Session, enterprise_id: int | None, proposal_id: int, today: date) -> Own:
    """Return a proposal of the enterprise; raises Missing. Five queries."""
    found = session.scalars(
        select(PriceProposal)
        .where(PriceProposal.id == proposal_id, PriceProposal.enterprise_id == enterprise_id)
        .options(selectinload(PriceProposal.lines), selectinload(PriceProposal.decisions))
    ).first()
    if found is None:
        raise Missing(_("There is no such proposal."))
    products = _products(session, found.lines)
    rows = [
        Row(products[each.product_id], proposing.old_price(each), proposing.new_price(each))
        for each in found.lines
    ]
    ids = [each.municipality_id for each in found.decisions]
    named = session.execute(
        select(Municipality.id, Municipality.name).where(Municipality.id.in_(ids))
    )
    names = {id_: name for id_, name in named}
    answers = sorted(((names[each.municipality_id], each) for each in found.decisions), key=_name)
    return Own(found, _stage(found, today), tuple(rows), tuple(answers))


def count_asked(session: Session, municipality_id: int | None) -> dict[str, int]:
    """Count the proposals sent to a municipality by its answer."""
    query = (
        select(PriceDecision.answer, func.count())
        .join(PriceProposal, PriceProposal.id == PriceDecision.proposal_id)
        .where(_asked(municipality_id))
        .group_by(PriceDecision.answer)
    )
    found = {str(answer): count for answer, count in session.execute(query)}
    return {str(each): found[each] for each in Answer if each in found}


def list_asked(session: Session, municipality_id: int | None, answer: str | None) -> list[AskedRow]:
    """List proposals sent to a municipality: those that wait first, then by day. One query."""
    query = _asked_rows(municipality_id, answer).order_by(
        PriceDecision.answer != Answer.WAITING, PriceProposal.from_on.desc(),
        PriceProposal.id.desc(),
    )  # fmt: skip
    return [AskedRow(*row) for row in session.execute(query.limit(MOST_ROWS))]


def list_asked_below(
    session: Session,
    municipality_id: int | None,
    answer: str | None,
    *,
    before: int | None,
    limit: int,
) -> list[AskedRow]:
    """List proposals sent to a municipality, the newest first, below an id. One query."""
    query = _asked_rows(municipality_id, answer).where(PriceProposal.id < (before or LARGEST_ID))
    rows = session.execute(query.order_by(PriceProposal.id.desc()).limit(limit))
    return [AskedRow(*row) for row in rows]


def get_asked(
    session: Session, municipality_id: int | None, proposal_id: int, today: date
) -> Asked:
    """Return a proposal sent to a municipality, also one taken back since: mails lead to both.

    Raises Missing. Five queries.
    """
    query = (
        select(PriceProposal, PriceDecision, Enterprise, Person.name)
        .join(PriceDecision, PriceDecision.proposal_id == PriceProposal.id)
        .join(Enterprise, Enterprise.id == PriceProposal.enterprise_id)
        .outerjoin(Person, Person.id == PriceDecision.person_id)
        .where(PriceDecision.municipality_id == municipality_id, PriceProposal.id == proposal_id)
        .where(PriceProposal.state.in_([ProposalState.SENT, ProposalState.WITHDRAWN]))
        .options(selectinload(PriceProposal.lines))
    )
    row = session.execute(query).first()
    if row is None:
        raise Missing(_("There is no such proposal."))
    proposal, decision, enterprise, decided_by = row
    rows = _rows_of(session, proposal, decision, today)
    return Asked(proposal, decision, enterprise, tuple(rows), decided_by)


def _rows_of(
    session: Session, proposal: PriceProposal, decision: PriceDecision, today: date
) -> list[Row]:
    """Compare with what the municipality pays, or paid until it accepted."""
    begun = decision.in_force_from
    day = today if begun is None else min(today, begun - timedelta(days=1))
    products = _products(session, proposal.lines)
    covering = [
        each
        for each in agreements.list_covering(session, proposal.enterprise_id, proposal.from_on)
        if each.municipality_id == decision.municipality_id
    ]
    agreed = prices.list_agreed(session, list(products), day)
    rows = []
    for line in proposal.lines:
        product = products[line.product_id]
        closest = _closest(covering, product)
        if closest is not None:
            own = agreed.get((closest.agreement_id, product.id), [])
            before = rules.price_on(proposing.old_price(line), own, day)
            rows.append(Row(product, before, proposing.new_price(line)))
    return rows


def _closest(covering: Sequence[Covering], product: Product) -> Covering | None:
    """Return the agreement with the most precise covering category, as orderability does."""
    code = product.category_code or ""
    found = [each for each in covering if covers(each.prefixes, code)]
    return max(
        found,
        key=lambda each: max(len(one) for one in each.prefixes if code.startswith(one)),
        default=None,
    )


def _own(enterprise_id: int | None) -> Any:  # SQLAlchemy 2.0 and 2.1 write its type differently
    return (
        select(PriceProposal, _product_count())
        .where(PriceProposal.enterprise_id == enterprise_id)
        .options(selectinload(PriceProposal.decisions))
        .order_by(PriceProposal.id.desc())
    )


def _asked_rows(municipality_id: int | None, answer: str | None) -> Any:  # as above
    query = (
        select(PriceDecision, PriceProposal, Enterprise.name, _product_count())
        .join(PriceProposal, PriceProposal.id == PriceDecision.proposal_id)
        .join(Enterprise, Enterprise.id == PriceProposal.enterprise_id)
        .where(_asked(municipality_id))
    )
    return query if answer is None else query.where(PriceDecision.answer == answer)


def _asked(municipality_id: int | None) -> Any:
    return (PriceDecision.municipality_id == municipality_id) & (
        PriceProposal.state == ProposalState.SENT
    )


def _product_count() -> Any:
    return (
        select(func.count(PriceLine.id))
        .where(PriceLine.proposal_id == PriceProposal.id)
        .correlate(PriceProposal)
        .scalar_subquery()
    )


def _products(session: Session, lines: Sequence[PriceLine]) -> dict[int, Product]:
    ids = [each.product_id for each in lines]
    return {each.id: each for each in session.scalars(select(Product).where(Product.id.in_(ids)))}


def _listed(found: PriceProposal, count: int, today: date) -> Listed:
    given = [str(each.answer) for each in found.decisions]
    answers = {str(each): given.count(each) for each in Answer if each in given}
    return Listed(found, _stage(found, today), count, answers)


def _stage(found: PriceProposal, today: date) -> Stage:
    answers = [str(each.answer) for each in found.decisions]
    return rules.stage(found.state, found.from_on, today, answers)


def _name(named: tuple[str, PriceDecision]) -> str:
    return named[0]
