"""Units stand behind a number as they are said: one hour, three hours."""

from __future__ import annotations

from decimal import Decimal

import pytest

from catalogue.core.text import reading_in
from catalogue.products.models import Unit
from catalogue.products.rules import UNIT_CODES, UNIT_NAMES


@pytest.mark.parametrize(
    ("unit", "quantity", "danish", "english"),
    [
        ("hour", 1, "1 time", "1 hour"),
        ("hour", Decimal("3.00"), "3 timer", "3 hours"),
        ("hour", Decimal("1.5"), "1,5 timer", "1.5 hours"),
        ("piece", 12, "12 stk.", "12 pieces"),
        ("m2", 2500, "2.500 m²", "2,500 m²"),
        ("box", 0, "0 kasser", "0 boxes"),
    ],
)
def test_unit_is_said_as_its_quantity_asks(
    unit: str, quantity: Decimal | int, danish: str, english: str
) -> None:
    for locale, said in (("da", danish), ("en", english)):
        with reading_in(locale):
            assert UNIT_NAMES[unit].of(quantity) == said


def test_every_unit_has_a_name_and_a_code() -> None:
    assert set(UNIT_NAMES) == set(UNIT_CODES) == set(Unit)
