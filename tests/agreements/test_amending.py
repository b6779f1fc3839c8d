"""Amendments: what is true from a day on, and what stays true of the days before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import cast
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from catalogue.agreements import amending, entries, queries, service
from catalogue.agreements.amending import Amendment, Span, Standing
from catalogue.agreements.models import Agreement
from catalogue.agreements.rules import AgreementState, Terms, counted_since
from catalogue.agreements.service import AgreementEnded, AlreadyInForce, Ending
from catalogue.core import migrations
from catalogue.core.audit import AuditEvent
from catalogue.core.db import Database
from catalogue.core.errors import Invalid
from catalogue.core.who import Who

DAY = timedelta(days=1)
BEGUN = cast.TODAY - 10 * DAY
LATER = cast.TODAY + 20 * DAY


@pytest.fixture
def staff(session: Session) -> Who:
    """Procurement staff of Slagelse."""
    for code in (cast.PLAY_HOUSES, cast.GIFTS):
        cast.category(session, code)
    return cast.who(session, cast.staff(session))


def terms(seller_id: int, **changes: Any) -> Terms:
    """Return the terms of a voluntary agreement that began ten days ago, changed."""
    return replace(
        Terms(
            kind="voluntary", number="V-1", title="Legehuse", starts_on=BEGUN,
            ends_on=cast.TODAY + 100 * DAY, categories=(cast.PLAY_HOUSES,),
            enterprise_id=seller_id, ceiling_ore=100_000,
        ),
        **changes,
    )  # fmt: skip


@pytest.fixture
def made(session: Session, staff: Who) -> Agreement:
    """An agreement that began ten days ago."""
    return service.create(session, staff, terms(cast.enterprise(session).id), cast.NOW)


def amend(session: Session, staff: Who, made: Agreement, on: date, **changes: Any) -> Agreement:
    """Amend an agreement from a day on, with a reason."""
    newest = entries.terms_on(made, date.max)
    amendment = Amendment(replace(newest, **changes), on, "Forhandlet")
    return service.amend(session, staff, made.id, amendment, cast.NOW)


def on(session: Session, staff: Who, made: Agreement, day: date) -> Terms:
    """Return what the agreement says on a day."""
    session.expire_all()
    return entries.get_entry(session, staff.municipality_id or 0, made.id, day).terms


def prefixes(session: Session, staff: Who, day: date) -> list[tuple[str, ...]]:
    """Return what is covered on a day, by the rule's own source."""
    applies = queries.in_force(session, staff.municipality_id or 0, day)
    return [each.prefixes for each in applies.voluntary]


def test_new_category_and_ceiling_apply_from_their_day_and_not_before(
    session: Session, staff: Who, made: Agreement
) -> None:
    both = (cast.PLAY_HOUSES, cast.GIFTS)
    amend(session, staff, made, LATER, categories=both, ceiling_ore=900_000, title="Mere")
    before, after = (on(session, staff, made, day) for day in (LATER - DAY, LATER))
    assert (before.categories, before.ceiling_ore, before.title) == (
        (cast.PLAY_HOUSES,), 100_000, "Legehuse",
    )  # fmt: skip
    assert (after.categories, after.ceiling_ore, after.title) == (
        tuple(sorted(both)), 900_000, "Mere",
    )  # fmt: skip
    assert prefixes(session, staff, LATER - DAY) == [("375352",)]
    assert prefixes(session, staff, LATER) == [("1853", "375352")]


def test_category_that_leaves_is_covered_until_the_day_before(
    session: Session, staff: Who, made: Agreement
) -> None:
    amend(session, staff, made, LATER, categories=(cast.GIFTS,))
    assert prefixes(session, staff, LATER - DAY) == [("375352",)]
    assert prefixes(session, staff, LATER) == [("1853",)]
    assert prefixes(session, staff, BEGUN) == [("375352",)]


def test_prolongation_leaves_the_days_gone_by_as_they_were(
    session: Session, staff: Who, made: Agreement
) -> None:
    old_end = made.ends_on
    amend(session, staff, made, old_end + DAY, ends_on=old_end + 200 * DAY)
    assert prefixes(session, staff, old_end + DAY) == [("375352",)]
    assert on(session, staff, made, cast.TODAY).ends_on == old_end
    assert on(session, staff, made, old_end + DAY).ends_on == old_end + 200 * DAY


def test_second_change_on_the_same_day_takes_the_place_of_the_first(
    session: Session, staff: Who, made: Agreement
) -> None:
    amend(session, staff, made, cast.TODAY, title="Fejl", categories=(cast.GIFTS,))
    amend(session, staff, made, cast.TODAY, title="Rettet", categories=(cast.PLAY_HOUSES,))
    assert on(session, staff, made, cast.TODAY).title == "Rettet"
    assert on(session, staff, made, cast.TODAY - DAY).title == "Legehuse"
    assert len(made.former) == 1
    assert prefixes(session, staff, cast.TODAY) == [("375352",)]


def test_agreement_that_has_not_begun_is_simply_corrected(session: Session, staff: Who) -> None:
    seller = cast.enterprise(session)
    coming = terms(seller.id, starts_on=LATER)
    made = service.create(session, staff, coming, cast.NOW)
    corrected = replace(coming, starts_on=LATER + DAY, categories=(cast.GIFTS,))
    service.amend(session, staff, made.id, Amendment(corrected), cast.NOW)
    assert on(session, staff, made, LATER + DAY) == corrected
    assert made.former == []


@pytest.mark.parametrize(
    ("day", "changes", "reason", "fields"),
    [
        (cast.TODAY - DAY, {}, "Fordi", ["effective_on"]),
        (cast.TODAY, {}, None, ["reason"]),
        (cast.TODAY, {"starts_on": BEGUN - DAY}, "Fordi", ["starts_on"]),
        (cast.TODAY + 102 * DAY, {}, "Fordi", ["effective_on"]),  # a day would be left out
        (LATER, {"ends_on": LATER - DAY}, "Fordi", ["ends_on"]),
    ],
)
def test_days_gone_by_and_gaps_are_refused_by_field(
    session: Session,
    staff: Who,
    made: Agreement,
    day: date,
    changes: dict[str, Any],
    reason: str | None,
    fields: list[str],
) -> None:
    amendment = Amendment(terms(made.enterprise_id or 0, **changes), day, reason)
    with pytest.raises(Invalid) as refused:
        service.amend(session, staff, made.id, amendment, cast.NOW)
    assert sorted(refused.value.problems) == fields


def test_change_before_one_that_is_planned_is_refused(
    session: Session, staff: Who, made: Agreement
) -> None:
    amend(session, staff, made, LATER, title="Fra senere")
    with pytest.raises(Invalid) as refused:
        amend(session, staff, made, LATER - DAY, title="For tidligt")
    assert list(refused.value.problems) == ["effective_on"]


@pytest.mark.parametrize("last_day", [LATER - DAY, LATER - 2 * DAY, cast.TODAY])
def test_agreement_ended_before_a_planned_amendment_says_so_and_can_be_prolonged(
    session: Session, staff: Who, made: Agreement, last_day: date
) -> None:
    amend(session, staff, made, LATER, title="Senere", ends_on=LATER + 90 * DAY,
          ceiling_ore=200_000, categories=(cast.GIFTS,))  # fmt: skip
    amend(session, staff, made, LATER + 9 * DAY, title="Senest")
    service.end_early(session, staff, made.id, Ending(last_day, "Fordi"), cast.NOW)
    session.flush()
    ended = on(session, staff, made, cast.TODAY)
    assert (ended.ends_on, ended.title, ended.ceiling_ore) == (last_day, "Legehuse", 100_000)
    assert [each.until_on for each in entries.versions(made)] == [last_day]

    amend(session, staff, made, last_day + DAY, ends_on=LATER + 10 * DAY)
    again = on(session, staff, made, LATER)
    assert (again.ends_on, again.title, again.categories) == (
        LATER + 10 * DAY, "Legehuse", (cast.PLAY_HOUSES,)
    )  # fmt: skip
    assert prefixes(session, staff, LATER) == [(cast.PLAY_HOUSES.rstrip("0"),)]
    assert made.ended_reason is None


def test_agreement_ended_after_an_amendment_keeps_what_it_said_before(
    session: Session, staff: Who, made: Agreement
) -> None:
    amend(session, staff, made, LATER, title="Senere")
    service.end_early(session, staff, made.id, Ending(LATER, "Fordi"), cast.NOW)
    session.flush()
    assert on(session, staff, made, cast.TODAY).title == "Legehuse"
    assert on(session, staff, made, LATER).title == "Senere"


def test_agreement_that_is_over_cannot_be_amended(session: Session, staff: Who) -> None:
    made = cast.mandatory(session, cast.municipality(session), ends_on=cast.TODAY - DAY)
    found = service.get_own(session, staff.municipality_id or 0, made.id)
    with pytest.raises(AgreementEnded):
        amend(session, staff, found, cast.TODAY, title="For sent")


def test_draft_binds_nobody_until_it_is_put_in_force(session: Session, staff: Who) -> None:
    made = service.draft(session, staff, terms(cast.enterprise(session).id), cast.NOW)
    home = staff.municipality_id or 0
    assert prefixes(session, staff, cast.TODAY) == []
    assert entries.list_agreements(session, home, cast.TODAY)[0].state == AgreementState.DRAFT
    service.put_in_force(session, staff, made.id, cast.NOW)
    assert prefixes(session, staff, cast.TODAY) == [("375352",)]
    with pytest.raises(AlreadyInForce):
        service.put_in_force(session, staff, made.id, cast.NOW)
    events = list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))
    assert events == ["agreement.created", "agreement.put_in_force"]


CODES = st.sets(st.sampled_from("ABC"), min_size=1)


@given(CODES, st.lists(st.tuples(st.integers(1, 9), CODES), max_size=5))
def test_spans_say_of_each_day_what_the_last_change_until_then_said(
    first: set[str], changes: list[tuple[int, set[str]]]
) -> None:
    changes.sort(key=lambda change: change[0])
    spans = amending.spans_of(first)
    for day, codes in changes:
        spans = amending.amended_spans(spans, codes, cast.TODAY + day * DAY)
    for day in range(11):
        said = [first, *(codes for since, codes in changes if since <= day)][-1]
        today = cast.TODAY + day * DAY
        held = [
            span.code
            for span in spans
            if (span.from_on or today) <= today <= (span.until_on or today)
        ]
        assert sorted(held) == sorted(said)


def test_category_that_comes_back_the_same_day_had_never_left() -> None:
    gone = amending.amended_spans([Span("A")], ["B"], cast.TODAY)
    assert amending.amended_spans(gone, ["A"], cast.TODAY) == [Span("A")]


def test_standing_terms_may_be_changed_today() -> None:
    standing = Standing(BEGUN, BEGUN, LATER)
    amendment = Amendment(terms(1), reason="Fordi")
    assert amending.amendment_problems(standing, amendment, cast.TODAY) == {}


@pytest.mark.parametrize(
    ("day", "months", "since"),
    [
        (date(2026, 11, 24), None, date(2020, 1, 1)),
        (date(2026, 11, 24), 12, date(2025, 11, 25)),
        (date(2026, 3, 31), 1, date(2026, 3, 1)),  # February has no 31st
        (date(2028, 2, 29), 12, date(2027, 3, 1)),
        (date(2020, 2, 1), 12, date(2020, 1, 1)),  # not before the agreement
    ],
)
def test_ceiling_counts_from(day: date, months: int | None, since: date) -> None:
    assert counted_since(day, date(2020, 1, 1), months) == since


def test_migrating_down_and_up_keeps_what_agreements_cover(database: Database) -> None:
    with database.transaction() as session:
        home = cast.municipality(session)
        cast.voluntary(session, home, cast.enterprise(session))
        home_id = home.id
    migrations.downgrade(database, "0002")
    with database.reading() as session:
        counted = text("SELECT count(*) FROM catalogue_agreement_categories")
        assert session.scalar(counted) == 1
    migrations.upgrade(database)
    with database.reading() as session:
        applies = queries.in_force(session, home_id, cast.TODAY)
    assert [each.prefixes for each in applies.voluntary] == [("375352",)]
