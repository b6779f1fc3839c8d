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
    [("2,5", "2.5"), ("1.000.000", "1000000"), ("0,001", "0.001"), (2.5, "2.5")],
)
def test_quantity_is_read_as_danes_and_programs_write_it(typed: Any, told: str) -> None:
    schema = ma.Schema.from_dict({"value": fields.Quantity()})()
    assert str(fields.load(schema, {"value": typed})["value"]) == told
