"""Numbers that nobody means: refused in words, however long they are."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
import pytest

from catalogue.core import fields
from catalogue.core.errors import Invalid
from catalogue.products.proposal_schema import Percent

KINDS: dict[str, ma.fields.Field[Any]] = {
    "whole": fields.Whole(), "quantity": fields.Quantity(), "kroner": fields.Kroner(),
    "percent": Percent(),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "number",
    ["9" * 30, "1" * 26 + ",5", "9" * 1_000_001, "-" + "9" * 40, 1e300, float("inf"), float("nan")],
    ids=["30", "26.1", "1000001", "-40", "1e300", "inf", "nan"],
)
def test_number_of_any_length_is_refused_in_words(kind: str, number: Any) -> None:
    schema = ma.Schema.from_dict({"value": KINDS[kind]})()
    with pytest.raises(Invalid) as caught:
        fields.load(schema, {"value": number})
    assert list(caught.value.problems) == ["value"]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("2,5", "2.5"),
        ("1.000.000", "1000000"),
        ("0,001", "0.001"),
        (2.5, "2.5"),
        ("0.500", "0.500"),  # no thousands begin with a nought
    ],
)
def test_quantity_is_read_as_danes_and_programs_write_it(typed: Any, told: str) -> None:
    schema = ma.Schema.from_dict({"value": fields.Quantity()})()
    assert str(fields.load(schema, {"value": typed})["value"]) == told


@pytest.mark.parametrize("typed", ["1,250.00", "1,250,000", "2,5.0"])
@pytest.mark.parametrize("kind", ["quantity", "kroner"])
def test_number_written_as_in_english_is_refused_not_read_as_another(kind: str, typed: str) -> None:
    schema = ma.Schema.from_dict({"value": KINDS[kind]})()
    with pytest.raises(Invalid):
        fields.load(schema, {"value": typed})


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        (fields.Quantity(), "0", "Skriv mindst 0,001"),
        (fields.Quantity(), "1000001", "Skriv højst 1000000"),
        (fields.Kroner(least_ore=1), "0", "Skriv mindst 0,01"),
        (fields.Kroner(least_ore=1_00), "0,50", "Skriv mindst 1"),
        (fields.Kroner(), "10.000.000.000,01", "Skriv højst 10000000000"),
        (fields.Whole(least=1), "0", "Skriv mindst 1"),
    ],
)
def test_limit_is_told_as_it_is_typed(field: ma.fields.Field[Any], typed: str, told: str) -> None:
    with pytest.raises(Invalid) as caught:
        fields.load(ma.Schema.from_dict({"value": field})(), {"value": typed})
    assert caught.value.problems == {"value": [told]}
