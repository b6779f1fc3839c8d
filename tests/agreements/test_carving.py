"""Carve-outs: what a mandatory agreement lets be bought elsewhere, for how long, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import cast
import pytest
from agreements.judging import by_pairs, by_sql
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality
from catalogue.agreements import carving, queries
from catalogue.agreements.carving import CannotCarveOut, Wanted
from catalogue.agreements.models import Agreement, CarveOut
from catalogue.agreements.rules import Judgement, Reason, judge
from catalogue.core.audit import AuditEvent
from catalogue.core.errors import Invalid, Missing
from catalogue.core.who import Who
from catalogue.enterprises.models import Enterprise

DAY = timedelta(days=1)
WANTED = Wanted(
    cast.TODAY, cast.TODAY + 30 * DAY, "Små beløb er undtaget", category_code=cast.PLAY_HOUSES
)


@pytest.fixture
def home(session: Session) -> Municipality:
    """Slagelse."""
    cast.category(session, cast.GIFTS)
    return cast.municipality(session)


@pytest.fixture
def staff(session: Session, home: Municipality) -> Who:
    """Procurement staff of Slagelse."""
    return cast.who(session, cast.staff(session, home))


@pytest.fixture
def seller(session: Session, home: Municipality) -> Enterprise:
    """An enterprise with a voluntary agreement on play houses."""
    made = cast.enterprise(session)
    cast.voluntary(session, home, made)
    return made


@pytest.fixture
def binding(session: Session, home: Municipality) -> Agreement:
    """A mandatory agreement on play houses."""
    return cast.mandatory(session, home)


def judged(session: Session, home: Municipality, seller: Enterprise, days: int = 0) -> Judgement:
    """Judge a play house of the enterprise on a day from today."""
    applies = queries.in_force(session, home.id, cast.TODAY + days * DAY)
    return judge(applies, published=True, enterprise_id=seller.id, category_code=cast.PLAY_HOUSES)


def test_carved_out_product_may_be_ordered_and_says_why(
    session: Session, home: Municipality, staff: Who, seller: Enterprise, binding: Agreement
) -> None:
    assert judged(session, home, seller).reason == Reason.MANDATORY
    carving.carve_out(session, staff, binding.id, WANTED, cast.NOW)
    found = judged(session, home, seller)
    assert found.orderable
    assert found.carved is not None
    assert found.carved.reason == "Små beløb er undtaget"
    assert judged(session, home, seller, 31).reason == Reason.MANDATORY


def test_carve_out_for_one_enterprise_helps_no_other(
    session: Session, home: Municipality, staff: Who, seller: Enterprise, binding: Agreement
) -> None:
    other = cast.enterprise(session, "En anden")
    cast.voluntary(session, home, other)
    wanted = replace(WANTED, category_code=None, enterprise_id=seller.id)
    carving.carve_out(session, staff, binding.id, wanted, cast.NOW)
    assert judged(session, home, seller).orderable
    assert judged(session, home, other).reason == Reason.MANDATORY


def test_another_mandatory_agreement_still_binds(
    session: Session, home: Municipality, staff: Who, seller: Enterprise, binding: Agreement
) -> None:
    cast.mandatory(session, home)
    carving.carve_out(session, staff, binding.id, WANTED, cast.NOW)
    assert judged(session, home, seller).reason == Reason.MANDATORY


def test_what_is_carved_out_frees_no_other_row_in_the_set_based_form(
    session: Session, home: Municipality, staff: Who, seller: Enterprise, binding: Agreement
) -> None:
    other = cast.enterprise(session, "En anden")
    cast.voluntary(session, home, other)
    freed, _bound = (cast.product(session, each, "Legehus") for each in (seller, other))
    wanted = replace(WANTED, category_code=None, enterprise_id=seller.id)
    carving.carve_out(session, staff, binding.id, wanted, cast.NOW)
    assert by_sql(session, home.id, cast.TODAY) == {freed.id}
    assert by_pairs(session, home.id, cast.TODAY) == {freed.id}


def test_ended_carve_out_binds_again_from_today(
    session: Session, home: Municipality, staff: Who, seller: Enterprise, binding: Agreement
) -> None:
    made = carving.carve_out(session, staff, binding.id, WANTED, cast.NOW)
    carving.end_carve_out(session, staff, made.id, cast.NOW + 5 * DAY)
    assert judged(session, home, seller, 4).orderable
    assert judged(session, home, seller, 5).reason == Reason.MANDATORY
    assert list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id))) == [
        "agreement.carved_out", "agreement.carve_out_ended",
    ]  # fmt: skip


def test_carve_out_that_has_not_begun_is_taken_back(
    session: Session, staff: Who, binding: Agreement
) -> None:
    made = carving.carve_out(session, staff, binding.id, WANTED, cast.NOW)
    carving.end_carve_out(session, staff, made.id, cast.NOW)
    assert session.scalars(select(CarveOut)).all() == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"starts_on": cast.TODAY - DAY}, "starts_on"),
        ({"ends_on": cast.TODAY - DAY}, "ends_on"),
        ({"ends_on": cast.TODAY + 1000 * DAY}, "ends_on"),
        ({"category_code": None}, "category_code"),
        ({"category_code": "99999999"}, "category_code"),
        ({"category_code": cast.GIFTS}, "category_code"),  # the agreement does not cover it
        ({"enterprise_id": 4711}, "enterprise_id"),
    ],
)
def test_carve_out_with_faults_is_refused_by_field(
    session: Session, staff: Who, binding: Agreement, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        carving.carve_out(session, staff, binding.id, replace(WANTED, **changes), cast.NOW)
    assert list(refused.value.problems) == [field]


def test_nothing_is_carved_out_of_a_voluntary_agreement(
    session: Session, home: Municipality, staff: Who
) -> None:
    made = cast.voluntary(session, home, cast.enterprise(session))
    with pytest.raises(CannotCarveOut):
        carving.carve_out(session, staff, made.id, WANTED, cast.NOW)


def test_agreements_of_other_municipalities_are_out_of_reach(
    session: Session, staff: Who, binding: Agreement
) -> None:
    made = carving.carve_out(session, staff, binding.id, WANTED, cast.NOW)
    vejle = cast.who(session, cast.staff(session, cast.municipality(session, "Vejle")))
    with pytest.raises(Missing):
        carving.carve_out(session, vejle, binding.id, WANTED, cast.NOW)
    with pytest.raises(Missing):
        carving.end_carve_out(session, vejle, made.id, cast.NOW)
