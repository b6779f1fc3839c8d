"""Limits: which holds on a day, the law's beside a municipality's own, and their pages."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import cast
import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.agreements import limits
from catalogue.agreements.limit_rules import Bound, LimitTerms, in_force_on, terms_problems
from catalogue.agreements.models import Limit, LimitKind
from catalogue.core.audit import AuditEvent
from catalogue.core.db import Database
from catalogue.core.errors import Invalid, Missing

DIRECT, EU = LimitKind.DIRECT_PURCHASE, LimitKind.EU_GOODS_SERVICES
DAY = timedelta(days=1)
FORM = {
    "kind": "direct_purchase",
    "value": "300.000",
    "valid_from": "2026-11-24",
    "valid_until": "",
    "source": "Indkøbspolitik, vedtaget 12. maj 2026",
    "url": "",
}


def terms(first: str = "2026-01-01", last: str | None = None, **changes: Any) -> LimitTerms:
    """Return a limit for direct purchase."""
    given: dict[str, Any] = {
        "kind": DIRECT,
        "value": 300_000_00,
        "valid_from": date.fromisoformat(first),
        "valid_until": date.fromisoformat(last) if last else None,
        "source": "Indkøbspolitik",
    }
    return LimitTerms(**(given | changes))


def bound(value: int, first: str, last: str | None = None, *, own: bool = False) -> Bound:
    """Return a limit as rules use it."""
    return Bound(**vars(terms(first, last, value=value)), is_own=own)


@pytest.mark.parametrize(
    ("bounds", "holding"),
    [
        ([], None),
        ([bound(1, "2026-11-24", "2026-11-24")], 1),
        ([bound(1, "2026-11-25")], None),
        ([bound(1, "2020-01-01", "2026-11-23")], None),
        ([bound(1, "2020-01-01"), bound(2, "2025-01-01")], 2),
        ([bound(1, "2020-01-01", own=True), bound(2, "2025-01-01")], 1),
        ([bound(1, "2020-01-01", "2021-01-01", own=True), bound(2, "2025-01-01")], 2),
    ],
)
def test_own_limit_goes_first_and_then_the_newest_that_holds(
    bounds: list[Bound], holding: int | None
) -> None:
    found = in_force_on(bounds, cast.TODAY).get(DIRECT)
    assert (found.value if found else None) == holding


@pytest.mark.parametrize(
    ("new", "older", "field"),
    [
        (terms("2026-02-01", "2026-01-31"), [], "valid_until"),
        (terms("2026-02-01", "2026-02-01"), [], None),
        (terms("2026-02-01"), [terms("2026-01-01")], None),  # replaces it
        (terms("2026-02-01"), [terms("2026-02-01")], "valid_from"),
        (terms("2026-02-01"), [terms("2026-03-01")], "valid_from"),
        (terms("2026-02-01", "2026-02-28"), [terms("2026-03-01")], None),
        (terms("2026-02-01"), [terms("2026-01-01", "2026-02-01")], "valid_from"),
        (terms("2026-02-01"), [terms("2026-01-01", "2026-01-31")], None),
    ],
)
def test_limits_of_a_kind_do_not_overlap(
    new: LimitTerms, older: list[LimitTerms], field: str | None
) -> None:
    assert list(terms_problems(new, older)) == ([field] if field else [])


def test_limits_of_the_law_are_brought_in_once_with_source(session: Session) -> None:
    assert limits.import_limits(session, cast.NOW) > 0
    assert limits.import_limits(session, cast.NOW) == 0
    rows = session.scalars(select(Limit)).all()
    assert all(row.source and row.municipality_id is None for row in rows)


def test_threshold_of_a_year_without_known_kroner_is_unknown_until_entered(
    session: Session,
) -> None:
    limits.import_limits(session, cast.NOW)
    staff = cast.who(session, cast.staff(session))
    home = staff.municipality_id or 0
    assert limits.in_force(session, home, date(2025, 12, 31))[EU].value == 1_644_638_00
    assert EU not in limits.in_force(session, home, cast.TODAY)
    limits.create(session, staff, terms(kind=EU, value=1_600_000_00), cast.NOW)
    assert limits.in_force(session, home, cast.TODAY)[EU].value == 1_600_000_00
    other = cast.municipality(session, "Vejle")
    assert EU not in limits.in_force(session, other.id, cast.TODAY)


def test_new_limit_ends_the_one_without_end_and_both_are_audited(session: Session) -> None:
    staff = cast.who(session, cast.staff(session))
    first = limits.create(session, staff, terms("2026-01-01"), cast.NOW)
    limits.create(session, staff, terms("2026-11-24", value=500_000_00), cast.NOW)
    assert first.valid_until == cast.TODAY - DAY
    actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert actions == ["limit.created", "limit.ended", "limit.created"]


def test_limit_is_ended_within_its_days_only(session: Session) -> None:
    staff = cast.who(session, cast.staff(session))
    made = limits.create(session, staff, terms("2026-01-01", "2026-12-31"), cast.NOW)
    for day in (date(2025, 12, 31), date(2027, 1, 1)):
        with pytest.raises(Invalid):
            limits.end(session, staff, made.id, day, cast.NOW)
    limits.end(session, staff, made.id, cast.TODAY, cast.NOW)
    assert made.valid_until == cast.TODAY


def test_limits_of_the_law_and_of_neighbours_cannot_be_ended_or_deleted(session: Session) -> None:
    limits.import_limits(session, cast.NOW)
    neighbour = cast.who(session, cast.staff(session, cast.municipality(session, "Vejle")))
    foreign = limits.create(session, neighbour, terms(), cast.NOW)
    common = session.scalars(select(Limit).where(Limit.municipality_id.is_(None))).first()
    assert common is not None
    staff = cast.who(session, cast.staff(session))
    for limit_id in (foreign.id, common.id):
        with pytest.raises(Missing):
            limits.end(session, staff, limit_id, cast.TODAY, cast.NOW)
        with pytest.raises(Missing):
            limits.delete(session, staff, limit_id, cast.NOW)


def test_reservable_codes_are_those_of_article_77() -> None:
    codes = limits.reservable_codes()
    assert len(codes) == 115
    assert "85000000" in codes
    assert "55510000" not in codes  # canteens: light regime, but not on this list


@pytest.fixture
def client(app: Flask, database: Database) -> Any:
    """A browser in which procurement staff of Slagelse are signed in."""
    with database.transaction() as session:
        limits.import_limits(session, cast.NOW)
        person = cast.staff(session)
    opened = app.test_client()
    cast.sign_in_as(opened, person)
    return opened


def test_staff_enter_end_and_delete_their_own_limit(client: Any, database: Database) -> None:
    page = client.get("/beloebsgraenser").text
    assert "Disse er ikke kendt i dag" in page
    assert "/beloebsgraenser/ny?art=direct_purchase" in page
    assert client.post("/beloebsgraenser/ny", data=FORM).status_code == 303
    page = client.get("/beloebsgraenser").text
    assert "300.000,00" in page
    assert "/beloebsgraenser/ny?art=direct_purchase" not in page
    with database.reading() as session:
        made = session.scalars(select(Limit).where(Limit.municipality_id.is_not(None))).one()
    address = f"/beloebsgraenser/{made.id}"
    assert client.post(f"{address}/afslut", data={"last_day": "2026-11-23"}).status_code == 422
    assert client.post(f"{address}/afslut", data={"last_day": "2026-11-24"}).status_code == 303
    assert client.post(f"{address}/slet").status_code == 303
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"value": "mange"}, "value"),
        ({"value": ""}, "value"),
        ({"kind": "reserved_percent", "value": "101"}, "value"),
        ({"kind": "andet"}, "kind"),
        ({"source": ""}, "source"),
        ({"url": "kfst.dk"}, "url"),
        ({"valid_until": "2026-11-23"}, "valid_until"),
    ],
)
def test_faults_are_named_at_their_fields(client: Any, changes: dict[str, str], field: str) -> None:
    page = client.post("/beloebsgraenser/ny", data=FORM | changes)
    assert page.status_code == 422
    assert f'href="#field-{field}"' in page.text
