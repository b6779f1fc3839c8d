"""Sheets with families of variants, planned and taken, for tests of what comes of their rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from cast import NOW, TODAY
from hypothesis import strategies as st
from products.shirts import World, make
from products.test_sheets import TEXT, anything, tidy
from sqlalchemy.orm import Session

from catalogue.products import (
    plan,
    price_list,
    shelf,
    variant_rules,
)
from catalogue.products.deliveries import Delivery
from catalogue.products.models import Product
from catalogue.products.plan import Plan
from catalogue.products.rules import ProductFacts
from catalogue.products.variant_rules import NEW, Variant

HEAD = "Varenummer;Titel;Variant af;Størrelse;Farve;Pris;Billeder;Billedtekster\n"
NEWCOMERS = "K-1;Kappe;;S;grå;100;;\nK-2;;K-1;M;grå;110;;\nK-3;;K-1;L;grå;120;;\n"
FITTING = [
    ("T-S;;T-X;S;;80;;", [("refused", "C2")]),
    ("T-S;;T-L;S;;80;;", [("refused", "C2")]),
    ("T-M;;V-0001;S;;80;;", [("refused", "A2")]),
    ("T-L;;K-9;;;;;\nK-9;Kappe;;L;;90;;", [("refused", "C2"), ("created", "")]),
    ("T-L;;T-M;L;blå;dyr;;", [("refused", "F2")]),
    ("T-L;;T-M;L;blå;121;;", [("refused", "F2")]),
    ("T-L;;T-M;L;blå;(tom);;", [("refused", "F2")]),
    ("T-L;;T-M;(tom);(tom);;;", [("refused", "D2")]),
    ("T-L;;T-M;m;BLÅ;;;", [("refused", "D2")]),
    ("T-L;;T-M;" + "x" * 41 + ";;;;", [("refused", "D2")]),
    ("T-L;Kjole;T-M;;;;;", [("refused", "B2")]),
    ("T-L;Arbejdsskjorte, størrelse L, blå;T-M;;;;;", [("unchanged", "")]),
    ("T-L;(tom);T-M;;;;;", [("refused", "B2")]),
    (";;T-M;S;;80;;", [("refused", "A2")]),
    ("T-L;;;;;90;;\nT-L;;;;;80;;", [("refused", "A2"), ("refused", "A3")]),
    ("T-L;;(tom);;;;;", [("refused", "C2")]),
    ("T-S;;T-M;S;;;;", [("refused", "F2")]),
    ("T-S;;T-M;S;;80;intet.jpg;", [("refused", "G2")]),
    ("K-1;Kappe;;S;;100;;\nK-2;;K-1;s;;;;", [("refused", "D2"), ("refused", "D3")]),
    ("K-1;;;S;;100;;\nK-2;;K-1;M;;;;", [("refused", "B2"), ("refused", "C3")]),
    ("T-M;;;L;blå;;;", [("refused", "D2")]),
    ("T-M;;T-M;;;99;;", [("changed", "")]),
]  # fmt: skip


@pytest.fixture
def world(session: Session) -> World:
    """A published shirt of 100 kr. in M, L and XL; `V-0001` is the number of XL."""
    return make(session)


def sent(text: str, pictures: Any = None) -> Delivery:
    """Return a list as it is judged, the heading above its rows."""
    found = price_list.read((HEAD + text).encode(), "liste.csv")
    return Delivery(tuple(found), pictures or {})


def planned(session: Session, world: World, delivery: Delivery) -> Plan:
    """Judge a list of the shirt's enterprise."""
    return plan.preview(session, world.product.enterprise_id, delivery, TODAY)


def taken(session: Session, world: World, delivery: Delivery) -> Plan:
    """Import a list of the shirt's enterprise."""
    found = planned(session, world, delivery)
    assert [each.problems for each in found.entries if each.problems] == []
    return plan.apply(session, world.seller, delivery, found.fingerprint, NOW)


def told(found: Plan) -> list[tuple[str, str]]:
    """Return what becomes of each row, and the cells in which something is wrong."""
    return [
        (str(each.outcome), " ".join(each.place(name) for name in each.problems))
        for each in found.entries
    ]


@st.composite
def families(draw: Callable[..., Any]) -> ProductFacts:
    """Any product with variants that the form takes."""
    leader, one = draw(anything()), TEXT.map(tidy)
    traits = st.fixed_dictionaries({name: one for name in variant_rules.TRAITS})
    own = st.builds(
        Variant, st.just(NEW), one.filter(bool),
        price_ore=st.none() | st.integers(0, 10**12),
        gtin=st.sampled_from([None, "5701234567899"]), made_to_order=st.none() | st.booleans(),
        paused_until=st.none() | st.dates().map(lambda day: day.replace(day.year + 1000)
                                                if day.year < 1000 else day).map(str),
        pause_reason=one, image_id=st.none(),
    )  # fmt: skip
    told = [
        variant._replace(key=key, **draw(traits))
        for key, variant in enumerate(draw(st.lists(own, min_size=1, max_size=3)), start=1)
    ]
    return replace(leader, **draw(traits), variants=tuple(told))


def variants_of(session: Session, product: Product) -> tuple[Variant, ...]:
    """Return the variants that a product tells, read anew."""
    session.flush()
    session.refresh(product, ["images", "delivery_area"])
    return shelf.facts_of(product).variants
