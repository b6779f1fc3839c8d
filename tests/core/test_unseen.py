"""Signs that nobody sees: taken out of what people write, and nothing is deceived by them."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
import pytest

from catalogue.core import codes, fields, unseen
from catalogue.core.errors import Invalid

FAMILY = "👩\u200d🌾"  # one sign of two, by a joiner


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Rød grød, æblemost", "Rød grød, æblemost"), ("Legehytten\u202e", "Legehytten"),
        ("a\u2066b\u2069\u200f", "ab"), ("lege\u200bhus\ufeff", "legehus"),
        ("a\x01\x1b[2Jb", "a[2Jb"),
        ("første\x0banden\u2028tredje", "første\nanden\ntredje"), ("to\nlinjer\t", "to\nlinjer\t"),
        ("halv\ud800", "halv"), (f"Gartner {FAMILY}", f"Gartner {FAMILY}"),
        ("rengørings\u00admiddel", "rengørings\u00admiddel"), ("\u200b \u202e", ""), ("\u200d", ""),
    ],
)  # fmt: skip
def test_sign_that_nobody_sees_is_taken_out(written: str, kept: str) -> None:
    assert unseen.without(written) == kept


@pytest.mark.parametrize(
    "field",
    [fields.Line, fields.Email, fields.Web, codes.Code, codes.Phone],
    ids=lambda f: f.__name__,
)
def test_field_of_signs_that_nobody_sees_is_not_filled_in(field: type[Any]) -> None:
    schema = ma.Schema.from_dict({"value": field(required=True)})()
    with pytest.raises(Invalid) as raised:
        fields.load(schema, {"value": "\u200b\u202e"})
    assert list(raised.value.problems) == ["value"]


def test_address_is_taken_without_what_was_pasted_along() -> None:
    schema = ma.Schema.from_dict({"value": fields.Email()})()
    assert (
        fields.load(schema, {"value": "bo@slagelse.example\u200b"})["value"]
        == "bo@slagelse.example"
    )


def test_cpr_number_parted_by_what_nobody_sees_is_refused() -> None:
    schema = ma.Schema.from_dict({"value": fields.Line()})()
    with pytest.raises(Invalid):
        fields.load(schema, {"value": "Tal med 010170\u200b-1234 om det"})


def test_password_is_taken_as_it_was_typed() -> None:
    schema = ma.Schema.from_dict({"value": fields.Verbatim()})()
    assert fields.load(schema, {"value": "a\u200bb"})["value"] == "a\u200bb"
