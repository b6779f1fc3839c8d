"""Making, amending and ending agreements: what is refused, what is kept, what is recorded."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import cast
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.agreements import entries, queries, rules, service
from catalogue.agreements.amending import Amendment
from catalogue.agreements.models import Agreement, AgreementCategory
from catalogue.agreements.rules import AgreementState, Terms
from catalogue.agreements.service import AgreementEnded, Ending
from catalogue.core.audit import AuditEvent
from catalogue.core.errors import Invalid, Missing
from catalogue.core.who import Who
from catalogue.enterprises.models import EnterpriseState

DAY = timedelta(days=1)


@pytest.fixture
def staff(session: Session) -> Who:
    """Procurement staff of Slagelse, with two categories to make agreements for."""
    for code in (cast.PLAY_HOUSES, cast.GIFTS):
        cast.category(session, code)
    return cast.who(session, cast.staff(session))


def mandatory(**changes: Any) -> Terms:
    """Return sound terms of a mandatory agreement, changed."""
    return replace(
        Terms(
            kind="mandatory", number="F-1", title="Legepladser", starts_on=cast.TODAY,
            ends_on=cast.TODAY + 300 * DAY, categories=(cast.PLAY_HOUSES,),
            supplier_name="Storleverandøren A/S", where_to_buy="I indkøbssystemet",
        ),
        **changes,
    )  # fmt: skip


def voluntary(enterprise_id: int, **changes: Any) -> Terms:
    """Return sound terms of a voluntary agreement, changed."""
    return replace(
        mandatory(kind="voluntary", number="V-1", supplier_name=None, where_to_buy=None),
        enterprise_id=enterprise_id,
        **changes,
    )


def problems_of(session: Session, staff: Who, terms: Terms) -> list[str]:
    """Return the fields that are refused."""
    with pytest.raises(Invalid) as refused:
        service.create(session, staff, terms, cast.NOW)
    assert all(str(text) for texts in refused.value.problems.values() for text in texts)
    return sorted(refused.value.problems)


def actions(session: Session) -> list[str]:
    """Return what the audit holds, oldest first."""
    return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


def test_voluntary_agreement_applies_from_the_moment_it_is_made(
    session: Session, staff: Who
) -> None:
    seller = cast.enterprise(session)
    terms = voluntary(seller.id, ceiling_ore=5_000_000, categories=(cast.GIFTS, cast.PLAY_HOUSES))
    made = service.create(session, staff, terms, cast.NOW)
    applies = queries.in_force(session, staff.municipality_id or 0, cast.TODAY)
    assert [each.agreement_id for each in applies.voluntary] == [made.id]
    assert applies.voluntary[0].prefixes == ("1853", "375352")
    assert made.ceiling_ore == 5_000_000
    assert actions(session) == ["agreement.created"]


def test_mandatory_agreement_keeps_supplier_and_where_to_buy(session: Session, staff: Who) -> None:
    made = service.create(session, staff, mandatory(ceiling_ore=100, enterprise_id=7), cast.NOW)
    assert (made.supplier_name, made.where_to_buy) == ("Storleverandøren A/S", "I indkøbssystemet")
    assert (made.enterprise_id, made.ceiling_ore) == (None, None)


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"ends_on": cast.TODAY - DAY}, ["ends_on"]),
        ({"categories": ()}, ["category_text"]),
        ({"categories": ("99999999",)}, ["category_text"]),
        ({"supplier_name": None}, ["supplier_name"]),
        ({"where_to_buy": None}, ["where_to_buy"]),
        ({"kind": "voluntary"}, ["enterprise_id"]),
        ({"kind": "voluntary", "enterprise_id": 4711}, ["enterprise_id"]),
        ({"ends_on": date(2000, 1, 1), "categories": ()}, ["category_text", "ends_on"]),
    ],
)
def test_agreement_with_faults_is_refused_by_field(
    session: Session, staff: Who, changes: dict[str, Any], fields: list[str]
) -> None:
    assert problems_of(session, staff, mandatory(**changes)) == fields
    assert session.scalars(select(Agreement)).all() == []


def test_agreement_of_one_day_is_sound(session: Session, staff: Who) -> None:
    service.create(session, staff, mandatory(ends_on=cast.TODAY), cast.NOW)


def test_number_is_unique_in_a_municipality_but_not_between_them(
    session: Session, staff: Who
) -> None:
    service.create(session, staff, mandatory(), cast.NOW)
    assert problems_of(session, staff, mandatory(title="En anden")) == ["number"]
    neighbour = cast.staff(session, cast.municipality(session, "Vejle"))
    service.create(session, cast.who(session, neighbour), mandatory(), cast.NOW)


def test_enterprise_that_is_not_verified_gets_no_agreement(session: Session, staff: Who) -> None:
    seller = cast.enterprise(session, state=EnterpriseState.SUSPENDED)
    assert problems_of(session, staff, voluntary(seller.id)) == ["enterprise_id"]
    assert entries.list_parties(session, staff.municipality_id or 0, cast.TODAY) == []


def test_amending_changes_terms_and_keeps_kind_and_enterprise(session: Session, staff: Who) -> None:
    seller, other = cast.enterprise(session), cast.enterprise(session, "En anden")
    made = service.create(session, staff, voluntary(seller.id), cast.NOW)
    seller.state = EnterpriseState.SUSPENDED  # must not hinder a new title
    session.flush()
    terms = mandatory(number="V-1", title="Ny titel", categories=(cast.GIFTS,))
    amendment = Amendment(replace(terms, enterprise_id=other.id), reason="Nyt sortiment")
    service.amend(session, staff, made.id, amendment, cast.NOW)
    session.expire_all()
    entry = entries.get_entry(session, staff.municipality_id or 0, made.id, cast.TODAY)
    assert (entry.agreement.title, entry.party) == ("Ny titel", "Legehytten")
    assert entry.agreement.kind == "voluntary"
    assert session.scalars(select(AgreementCategory.category_code)).all() == [cast.GIFTS]
    changed = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert changed is not None
    assert sorted(changed.facts["before"]) == ["categories", "title"]
    assert changed.facts["after"]["title"] == "Ny titel"
    assert changed.facts["reason"] == "Nyt sortiment"


def test_amending_to_a_number_that_is_taken_is_refused(session: Session, staff: Who) -> None:
    service.create(session, staff, mandatory(), cast.NOW)
    second = service.create(session, staff, mandatory(number="F-2"), cast.NOW)
    with pytest.raises(Invalid) as refused:
        service.amend(session, staff, second.id, Amendment(mandatory(), reason="Nyt"), cast.NOW)
    assert list(refused.value.problems) == ["number"]


def test_agreement_ended_early_keeps_its_reason_and_applies_until_the_last_day(
    session: Session, staff: Who
) -> None:
    home = cast.municipality(session)
    made = cast.mandatory(session, home)
    ending = Ending(cast.TODAY, "Leverandøren er gået konkurs")
    service.end_early(session, staff, made.id, ending, cast.NOW)
    assert len(queries.in_force(session, home.id, cast.TODAY).mandatory) == 1
    assert queries.in_force(session, home.id, cast.TODAY + DAY).mandatory == ()
    assert made.ended_reason == "Leverandøren er gået konkurs"
    assert actions(session) == ["agreement.ended"]


@pytest.mark.parametrize("offset", [-2, 100, 101, -1000])
def test_agreement_cannot_be_ended_on_days_gone_by_or_after_its_end(
    session: Session, staff: Who, offset: int
) -> None:
    made = cast.mandatory(session, cast.municipality(session))  # ends in 100 days
    with pytest.raises(Invalid) as refused:
        service.end_early(
            session, staff, made.id, Ending(cast.TODAY + offset * DAY, "Fordi"), cast.NOW
        )
    assert list(refused.value.problems) == ["last_day"]


@pytest.mark.parametrize(
    "period", [(cast.TODAY + DAY, cast.TODAY + 9 * DAY), (cast.TODAY - 9 * DAY, cast.TODAY - DAY)]
)
def test_only_agreement_in_force_can_be_ended(
    session: Session, staff: Who, period: tuple[date, date]
) -> None:
    home = cast.municipality(session)
    made = cast.mandatory(session, home, starts_on=period[0], ends_on=period[1])
    with pytest.raises(AgreementEnded):
        service.end_early(session, staff, made.id, Ending(period[0], "Fordi"), cast.NOW)


def test_agreement_of_another_municipality_is_missing(session: Session, staff: Who) -> None:
    foreign = cast.mandatory(session, cast.municipality(session, "Vejle"))
    own = staff.municipality_id or 0
    with pytest.raises(Missing):
        service.get_own(session, own, foreign.id)
    with pytest.raises(Missing):
        entries.get_entry(session, own, foreign.id, cast.TODAY)
    with pytest.raises(Missing):
        service.amend(session, staff, foreign.id, Amendment(mandatory()), cast.NOW)
    with pytest.raises(Missing):
        service.end_early(session, staff, foreign.id, Ending(cast.TODAY, "Fordi"), cast.NOW)
    assert entries.list_agreements(session, own, cast.TODAY) == []


def test_agreements_are_listed_by_what_needs_attention_first(session: Session) -> None:
    home = cast.municipality(session)
    periods = {
        "expired": (-90, -1), "coming": (1, 90), "long": (-9, 400), "soon": (-9, 5),
    }  # fmt: skip
    for number, (first, last) in periods.items():
        cast.mandatory(
            session, home, number=number,
            starts_on=cast.TODAY + first * DAY, ends_on=cast.TODAY + last * DAY,
        )  # fmt: skip
    listed = entries.list_agreements(session, home.id, cast.TODAY)
    assert [each.agreement.number for each in listed] == ["soon", "long", "coming", "expired"]


@pytest.mark.parametrize(
    ("starts", "ends", "state"),
    [
        (1, 500, AgreementState.COMING),
        (0, 500, AgreementState.IN_FORCE),
        (-5, 90, AgreementState.IN_FORCE),
        (-5, 89, AgreementState.EXPIRING),
        (0, 0, AgreementState.EXPIRING),
        (-5, -1, AgreementState.EXPIRED),
    ],
)
def test_state_follows_from_the_period(starts: int, ends: int, state: AgreementState) -> None:
    day = cast.TODAY
    assert rules.state_on(day, day + starts * DAY, day + ends * DAY) == state


def test_what_applies_is_summed_up_anew_when_the_database_says_otherwise(
    session: Session, staff: Who
) -> None:
    made = service.create(session, staff, mandatory(), cast.NOW)
    before = queries.in_force(session, made.municipality_id, cast.TODAY)
    same = queries.in_force(session, made.municipality_id, cast.TODAY)

    made.where_to_buy = "Et andet sted"
    after = queries.in_force(session, made.municipality_id, cast.TODAY)

    assert same is before
    assert [each.where_to_buy for each in after.mandatory] == ["Et andet sted"]
