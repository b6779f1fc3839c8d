"""In every world that is drawn, the set-based form of orderability equals the rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import cast
from agreements.judging import CODES, DAY, by_pairs, by_rule, by_sql, decision
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality
from catalogue.agreements import categories
from catalogue.agreements.models import Agreement, AgreementCategory, AgreementKind, CarveOut
from catalogue.agreements.rules import prefix
from catalogue.core.db import Database
from catalogue.enterprises.models import (
    Enterprise,
    EnterpriseState,
    MunicipalDecision,
    Recognition,
    RegisterFact,
    RegisterStatus,
)
from catalogue.products.models import Product, ProductImage, ProductState


@dataclass(frozen=True)
class DrawnAgreement:
    """A drawn agreement: places in the world's lists, and days from TODAY.

    `codes` are covered between two days of their own, which may be none.
    """

    municipality: int
    enterprise: int | None  # None: mandatory
    codes: dict[str, tuple[int | None, int | None]]
    starts: int
    lasts: int
    is_draft: bool


@dataclass(frozen=True)
class DrawnCarveOut:
    """A drawn carve-out: of which agreement, for what, and days from TODAY."""

    agreement: int
    code: str | None
    enterprise: int | None
    starts: int
    lasts: int


@dataclass(frozen=True)
class World:
    """A drawn world.

    `lapses`: per enterprise, the last day of its verification from TODAY (None: none was set);
    `demands`: per municipality, whether enterprises must be registered; `facts` are (enterprise,
    status), the newest last; `decisions` are (enterprise, municipality, recognition).
    """

    states: list[EnterpriseState]
    lapses: list[int | None]
    demands: list[bool]
    facts: list[tuple[int, RegisterStatus]]
    decisions: list[tuple[int, int, Recognition]]
    agreements: list[DrawnAgreement]
    carve_outs: list[DrawnCarveOut]
    products: list[tuple[int, str | None, ProductState]]


PLACES, ENTERPRISES = st.integers(0, 1), st.integers(0, 2)
VERIFIED_MOSTLY = [EnterpriseState.VERIFIED, EnterpriseState.VERIFIED, *EnterpriseState]
PUBLISHED_MOSTLY = [ProductState.PUBLISHED, ProductState.PUBLISHED, *ProductState]
WORLDS = st.builds(
    World,
    states=st.lists(st.sampled_from(VERIFIED_MOSTLY), min_size=3, max_size=3),
    lapses=st.lists(st.none() | st.integers(-3, 3) | st.just(100), min_size=3, max_size=3),
    demands=st.lists(st.sampled_from([False, False, True]), min_size=2, max_size=2),
    facts=st.lists(st.tuples(ENTERPRISES, st.sampled_from(RegisterStatus)), max_size=4),
    decisions=st.lists(
        st.tuples(ENTERPRISES, PLACES, st.sampled_from(Recognition)),
        max_size=3,
        unique_by=lambda drawn: drawn[:2],
    ),
    agreements=st.lists(
        st.builds(
            DrawnAgreement,
            municipality=PLACES,
            enterprise=st.one_of(ENTERPRISES, ENTERPRISES, st.none()),
            codes=st.dictionaries(
                st.sampled_from(CODES),
                st.tuples(*[st.none() | st.integers(-2, 2)] * 2),
                min_size=1,
                max_size=3,
            ),
            starts=st.integers(-3, 2),
            lasts=st.integers(0, 4),
            is_draft=st.sampled_from([False, False, False, True]),
        ),
        max_size=6,
    ),
    carve_outs=st.lists(
        st.builds(
            DrawnCarveOut,
            agreement=st.integers(0, 5),
            code=st.none() | st.sampled_from(CODES),
            enterprise=st.none() | ENTERPRISES,
            starts=st.integers(-2, 1),
            lasts=st.integers(0, 3),
        ),
        max_size=3,
    ),
    products=st.lists(
        st.tuples(ENTERPRISES, st.sampled_from([*CODES, None]), st.sampled_from(PUBLISHED_MOSTLY)),
        min_size=1,
        max_size=6,
    ),
)


def test_the_set_based_form_equals_the_rule_in_every_world(database: Database) -> None:
    with database.transaction() as opened:
        categories.import_categories(opened)
        homes = [cast.municipality(opened, name).id for name in ("Slagelse", "Vejle")]

    @settings(
        max_examples=cast.examples(100, database),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
        database=None,
    )
    @given(WORLDS)
    def holds(world: World) -> None:
        with database.transaction() as opened:
            _wipe(opened)
            _build(opened, world, homes)
            for day in _edges(world):
                for home in homes:
                    judged = by_rule(opened, home, day)
                    orderable = {each for each, judgement in judged.items() if judgement.orderable}
                    assert orderable == by_sql(opened, home, day)
                    assert orderable == by_pairs(opened, home, day)

    holds()


def _edges(world: World) -> set[date]:
    """Return the first and last days of all periods with the days around them, and TODAY."""
    days = {0}
    for last in world.lapses:
        days |= set() if last is None else {last, last + 1}
    for each in [*world.agreements, *world.carve_outs]:
        for edge in (each.starts, each.starts + each.lasts):
            days |= {edge - 1, edge, edge + 1}
    return {cast.TODAY + day * DAY for day in days}


def _wipe(session: Session) -> None:
    for table in (
        ProductImage, Product, CarveOut, AgreementCategory, Agreement, MunicipalDecision,
        RegisterFact,
    ):  # fmt: skip
        session.execute(delete(table))


def _build(session: Session, world: World, homes: list[int]) -> None:
    sellers = session.scalars(select(Enterprise).order_by(Enterprise.id)).all()
    sellers = sellers or [cast.enterprise(session, name) for name in ("En", "To", "Tre")]
    for seller, state, last in zip(sellers, world.states, world.lapses, strict=True):
        seller.state, seller.verified_until = state, _on(last)
    for home_id, demands in zip(homes, world.demands, strict=True):
        session.get_one(Municipality, home_id).requires_registered = demands
    for enterprise, status in world.facts:
        session.add(_fact(sellers[enterprise], status))
        session.flush()  # the order of ids is the order of the facts
    for enterprise, place, recognition in world.decisions:
        home = session.get_one(Municipality, homes[place])
        session.add(decision(sellers[enterprise], home, recognition))
    agreements = [
        _agreement(number, drawn, homes, sellers) for number, drawn in enumerate(world.agreements)
    ]
    session.add_all(agreements)
    session.flush()
    for carved in world.carve_outs[: len(agreements)]:
        session.add(_carve_out(agreements[carved.agreement % len(agreements)], carved, sellers))
    for number, (enterprise, code, state) in enumerate(world.products):
        session.add(_product(number, sellers[enterprise], code, state))
    session.flush()


def _fact(seller: Enterprise, status: RegisterStatus) -> RegisterFact:
    return RegisterFact(
        enterprise_id=seller.id, status=status, checked_on=cast.TODAY, source="Opslag i registret"
    )


def _agreement(
    number: int, drawn: DrawnAgreement, homes: list[int], sellers: list[Enterprise]
) -> Agreement:
    mandatory = drawn.enterprise is None
    starts_on = cast.TODAY + drawn.starts * DAY
    return Agreement(
        municipality_id=homes[drawn.municipality],
        kind=AgreementKind.MANDATORY if mandatory else AgreementKind.VOLUNTARY,
        number=f"A-{number}",
        title="Aftale",
        starts_on=starts_on,
        ends_on=starts_on + drawn.lasts * DAY,
        enterprise_id=None if drawn.enterprise is None else sellers[drawn.enterprise].id,
        supplier_name="Storleverandøren" if mandatory else None,
        where_to_buy="I indkøbssystemet" if mandatory else None,
        is_draft=drawn.is_draft,
        created_at=cast.NOW,
        updated_at=cast.NOW,
        categories=[
            AgreementCategory(
                category_code=code, prefix=prefix(code), from_on=_on(first), until_on=_on(last)
            )
            for code, (first, last) in drawn.codes.items()
        ],
    )


def _on(days: int | None) -> date | None:
    return None if days is None else cast.TODAY + days * DAY


def _carve_out(agreement: Agreement, drawn: DrawnCarveOut, sellers: list[Enterprise]) -> CarveOut:
    starts_on = cast.TODAY + drawn.starts * DAY
    return CarveOut(
        agreement_id=agreement.id,
        category_code=drawn.code,
        prefix=prefix(drawn.code) if drawn.code else "",
        enterprise_id=None if drawn.enterprise is None else sellers[drawn.enterprise].id,
        reason="Små beløb er undtaget",
        starts_on=starts_on,
        ends_on=starts_on + drawn.lasts * DAY,
        made_at=cast.NOW,
    )


def _product(number: int, seller: Enterprise, code: str | None, state: ProductState) -> Product:
    return Product(
        enterprise_id=seller.id,
        item_number=str(number),
        kind="goods",
        title="Vare",
        category_code=code,
        unit="piece",
        price_ore=100,
        state=state,
        created_at=cast.NOW,
        updated_at=cast.NOW,
    )
