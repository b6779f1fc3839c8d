"""Orderability: the rule and its set-based form say the same, at every edge and in any world."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import cast
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality
from catalogue.agreements import categories, queries, refusals
from catalogue.agreements.judging import orderable_pairs
from catalogue.agreements.models import Agreement, AgreementCategory, AgreementKind, CarveOut
from catalogue.agreements.queries import OrderableColumns
from catalogue.agreements.rules import InForce, Judgement, Reason, judge, prefix
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

# A small real sub-tree, a neighbour, and a code that skips a level (30192121 below 30192100).
CODES = (
    "37000000", "37500000", "37530000", "37535000", "37535200", "37535210", "37520000",
    "18000000", "18530000", "30192100", "30192121",
)  # fmt: skip
DAY = timedelta(days=1)


def by_sql(session: Session, municipality_id: int, day: date) -> set[int]:
    """Return the ids of the products that the set-based form lets through."""
    columns = OrderableColumns(
        Product.state == ProductState.PUBLISHED, Product.enterprise_id, Product.category_code
    )
    where = queries.orderable_where(columns, municipality_id, day)
    return set(session.scalars(select(Product.id).where(where)))


def by_pairs(session: Session, municipality_id: int, day: date) -> set[int]:
    """Return the ids of the published products whose pair of enterprise and category may."""
    products = session.execute(
        select(Product.id, Product.enterprise_id, Product.category_code)
        .where(Product.state == ProductState.PUBLISHED, Product.category_code.is_not(None))
    ).all()  # fmt: skip
    pairs = {id_: (enterprise_id, code or "") for id_, enterprise_id, code in products}
    applies = queries.in_force(session, municipality_id, day)
    found = orderable_pairs(applies, pairs.values())
    return {id_ for id_, pair in pairs.items() if pair in found}


def by_rule(session: Session, municipality_id: int, day: date) -> dict[int, Judgement]:
    """Return the judgement of every product, by id."""
    applies = queries.in_force(session, municipality_id, day)
    products = session.scalars(select(Product)).all()
    judged = {each.id: judged_under(applies, each) for each in products}
    for enterprise_id in {each.enterprise_id for each in products}:  # what is read of one is enough
        own = queries.in_force(session, municipality_id, day, among=[enterprise_id])
        for each in products:
            if each.enterprise_id == enterprise_id:
                assert judged_under(own, each) == judged[each.id]
    return judged


def judged_under(applies: InForce, product: Product) -> Judgement:
    """Return the judgement of a product under what applies."""
    return judge(
        applies,
        published=product.state == ProductState.PUBLISHED,
        enterprise_id=product.enterprise_id,
        category_code=product.category_code,
    )


def reason(session: Session, home: Municipality, product: Product, day: date) -> Reason | None:
    """Return why the product may not be ordered (None: it may), the same in both forms."""
    judgement = by_rule(session, home.id, day)[product.id]
    assert judgement.orderable == (product.id in by_sql(session, home.id, day))
    if not judgement.orderable:
        refusal = refusals.explain(judgement)
        assert str(refusal.title) and str(refusal.detail)
        assert bool(refusal.where_to_buy) == (judgement.reason == Reason.MANDATORY)
    return judgement.reason


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
    session.add(_decision(seller, home, Recognition.NOT_RECOGNISED))
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
        session.add(_decision(sellers[enterprise], home, recognition))
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


def _decision(
    seller: Enterprise, home: Municipality, recognition: Recognition
) -> MunicipalDecision:
    return MunicipalDecision(
        enterprise_id=seller.id,
        municipality_id=home.id,
        recognition=recognition,
        reason="Vores egen vurdering",
        decided_at=cast.NOW,
    )


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
