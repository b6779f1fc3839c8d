"""Orderability: the rule and its set-based form say the same, at every edge and in any world."""

from __future__ import annotations

from datetime import timedelta

import cast
import pytest
from agreements.judging import CODES, DAY, by_rule, decision, reason
from sqlalchemy.orm import Session

from catalogue.agreements import queries, refusals
from catalogue.agreements.rules import Reason
from catalogue.core.db import Database
from catalogue.enterprises.models import (
    EnterpriseState,
    Recognition,
)
from catalogue.products.models import ProductState


@pytest.mark.parametrize(
    ("offset", "expected"),
    [
        (-1, Reason.NO_AGREEMENT),  # the day before the first
        (0, None),  # the first day
        (9, None),
        (10, None),  # the last day
        (11, Reason.NO_AGREEMENT),  # the day after the last
    ],
)
def test_first_and_last_day_belong_to_the_period(
    session: Session, offset: int, expected: Reason | None
) -> None:
    home, seller = cast.municipality(session), cast.enterprise(session)
    product = cast.product(session, seller)
    cast.voluntary(
        session, home, seller, starts_on=cast.TODAY, ends_on=cast.TODAY + timedelta(days=10)
    )
    assert reason(session, home, product, cast.TODAY + offset * DAY) == expected


@pytest.mark.parametrize(
    ("agreed", "expected"),
    [
        ("37535200", None),
        ("37535000", None),  # its parent
        ("37000000", None),  # its division
        ("37535210", Reason.NO_AGREEMENT),  # a child does not cover its parent
        ("37520000", Reason.NO_AGREEMENT),  # a neighbour
        ("03000000", Reason.NO_AGREEMENT),  # 03 is not the beginning of 37...
    ],
)
def test_agreement_covers_its_category_and_all_below(
    session: Session, agreed: str, expected: Reason | None
) -> None:
    home, seller = cast.municipality(session), cast.enterprise(session)
    product = cast.product(session, seller, category_code="37535200")
    cast.voluntary(session, home, seller, categories=[agreed])
    assert reason(session, home, product, cast.TODAY) == expected


@pytest.mark.parametrize(
    ("mandatory", "expected"),
    [
        ("37535200", Reason.MANDATORY),
        ("37500000", Reason.MANDATORY),  # above the voluntary one
        ("37535210", None),  # below the product: another thing
        ("18530000", None),
    ],
)
def test_mandatory_agreement_takes_precedence_where_it_covers(
    session: Session, mandatory: str, expected: Reason | None
) -> None:
    home, seller = cast.municipality(session), cast.enterprise(session)
    product = cast.product(session, seller, category_code="37535200")
    cast.voluntary(session, home, seller, categories=["37535000"])
    cast.mandatory(session, home, categories=[mandatory])
    assert reason(session, home, product, cast.TODAY) == expected


def test_mandatory_agreement_that_starts_tomorrow_refuses_from_tomorrow(session: Session) -> None:
    home, seller = cast.municipality(session), cast.enterprise(session)
    product = cast.product(session, seller)
    cast.voluntary(session, home, seller)
    cast.mandatory(session, home, starts_on=cast.TODAY + DAY)
    assert reason(session, home, product, cast.TODAY) is None
    assert reason(session, home, product, cast.TODAY + DAY) == Reason.MANDATORY


@pytest.mark.parametrize("state", [ProductState.DRAFT, ProductState.WITHDRAWN])
def test_draft_or_withdrawn_product_is_not_orderable(session: Session, state: ProductState) -> None:
    home, seller = cast.municipality(session), cast.enterprise(session)
    product = cast.product(session, seller, state=state)
    cast.voluntary(session, home, seller)
    assert reason(session, home, product, cast.TODAY) == Reason.NOT_PUBLISHED


def test_product_without_category_is_covered_by_nothing(session: Session) -> None:
    home, seller = cast.municipality(session), cast.enterprise(session)
    product = cast.product(session, seller, category_code=None)
    cast.voluntary(session, home, seller, categories=["37000000"])
    cast.mandatory(session, home, categories=["37000000"])
    assert reason(session, home, product, cast.TODAY) == Reason.NO_AGREEMENT


@pytest.mark.parametrize(
    "state", [EnterpriseState.APPLIED, EnterpriseState.RETURNED, EnterpriseState.SUSPENDED]
)
def test_enterprise_that_is_not_verified_sells_nothing(
    session: Session, state: EnterpriseState
) -> None:
    home, seller = cast.municipality(session), cast.enterprise(session, state=state)
    product = cast.product(session, seller)
    cast.voluntary(session, home, seller)
    assert reason(session, home, product, cast.TODAY) == Reason.NOT_VERIFIED


@pytest.mark.parametrize(("offset", "expected"), [(-1, None), (0, None), (1, Reason.NOT_VERIFIED)])
def test_verification_counts_on_its_last_day_and_then_the_refusal_says_it_lapsed(
    session: Session, offset: int, expected: Reason | None
) -> None:
    home, seller = cast.municipality(session), cast.enterprise(session, verified_until=cast.TODAY)
    product = cast.product(session, seller)
    cast.voluntary(session, home, seller)
    day = cast.TODAY + offset * DAY
    assert reason(session, home, product, day) == expected
    if expected is not None:
        refusal = refusals.explain(by_rule(session, home.id, day)[product.id])
        assert "lapsed" in str(refusal.title.message)


def test_municipality_that_does_not_recognise_an_enterprise_buys_nothing_from_it(
    session: Session,
) -> None:
    home, other = cast.municipality(session), cast.municipality(session, "Vejle")
    seller = cast.enterprise(session)
    product = cast.product(session, seller)
    for each in (home, other):
        cast.voluntary(session, each, seller)
    session.add(decision(seller, home, Recognition.NOT_RECOGNISED))
    session.flush()
    assert reason(session, home, product, cast.TODAY) == Reason.NOT_VERIFIED
    assert reason(session, other, product, cast.TODAY) is None


def test_agreements_of_another_municipality_do_not_count(session: Session) -> None:
    home, other = cast.municipality(session), cast.municipality(session, "Vejle")
    seller = cast.enterprise(session)
    product = cast.product(session, seller)
    cast.voluntary(session, home, seller)
    cast.mandatory(session, other)
    assert reason(session, home, product, cast.TODAY) is None
    assert reason(session, other, product, cast.TODAY) == Reason.MANDATORY


def test_agreement_with_another_enterprise_does_not_count(session: Session) -> None:
    home = cast.municipality(session)
    seller, rival = cast.enterprise(session), cast.enterprise(session, "Rivalen")
    product = cast.product(session, rival)
    cast.voluntary(session, home, seller)
    assert reason(session, home, product, cast.TODAY) == Reason.NO_AGREEMENT


def test_refusal_names_the_closest_mandatory_agreement_and_where_to_buy(session: Session) -> None:
    home, seller = cast.municipality(session), cast.enterprise(session)
    product = cast.product(session, seller)
    cast.mandatory(session, home, number="F-1", categories=["37000000"], where_to_buy="Fjernt")
    cast.mandatory(session, home, number="F-2", categories=["37535000"], where_to_buy="Hos Nær")
    refusal = refusals.explain(by_rule(session, home.id, cast.TODAY)[product.id])
    assert refusal.agreement_number == "F-2"
    assert refusal.where_to_buy == "Hos Nær"
    assert "F-2" in str(refusal.detail)


def test_what_is_in_force_takes_few_queries(database: Database) -> None:
    with database.transaction() as opened:
        home = cast.municipality(opened)
        for _each in range(5):
            cast.voluntary(opened, home, cast.enterprise(opened), categories=list(CODES[:3]))
            cast.mandatory(opened, home, categories=list(CODES[4:]))
    with database.reading() as opened, cast.counted_queries(database) as sent:
        applies = queries.in_force(opened, home.id, cast.TODAY)
    assert len(applies.voluntary) == len(applies.mandatory) == len(applies.verified) == 5
    assert len(sent) <= 3  # agreements, and who counts as verified
