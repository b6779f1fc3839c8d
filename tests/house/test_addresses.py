"""Addresses that are kept between pages are those that Flask would make."""

from __future__ import annotations

import pytest
from flask import Flask, url_for

from catalogue.core.http import addresses, framing
from catalogue.core.http.addresses import address

PRODUCT = "catalogue.search.product"
RESULTS = "catalogue.search.results"


@pytest.mark.parametrize(
    "values",
    [
        {"q": "legehus", "side": 2},
        {"q": "te & kaffe"},
        {"q": None, "side": "2"},
        {"side": True},
        {"side": 1},
        {"kategori": ["37520000", "03121200"]},
        {"_anchor": "indhold"},
    ],
)
def test_an_address_is_the_same_made_and_kept(app: Flask, values: dict[str, object]) -> None:
    with app.test_request_context("/soeg"):
        expected = url_for(RESULTS, **values)  # type: ignore[arg-type]  # as Flask has it
        assert [address(RESULTS, **values) for _time in range(2)] == [expected] * 2
    with app.test_request_context("/soeg"):
        assert address(RESULTS, **values) == expected


def test_values_that_are_equal_and_written_differently_keep_apart(app: Flask) -> None:
    with app.test_request_context("/soeg"):
        found = [address(RESULTS, side=value) for value in (1, True, 1.0, "1")]
    assert [each.partition("=")[2] for each in found] == ["1", "True", "1.0", "1"]


def test_each_place_of_a_host_has_its_own(app: Flask) -> None:
    found = []
    for root in ("", "/indkoeb"):
        with app.test_request_context("/soeg", environ_overrides={"SCRIPT_NAME": root}):
            found.append(address(PRODUCT, product_id=7, slug="gynge"))
    assert found == ["/varer/7/gynge", "/indkoeb/varer/7/gynge"]


def test_a_framed_session_keeps_none(app: Flask) -> None:
    framed = {"SCRIPT_NAME": f"/{framing.PLACE}/3", framing._NUMBER: 3}
    with app.test_request_context("/soeg", environ_overrides=framed):
        assert address(PRODUCT, product_id=7, slug="gynge") == f"/{framing.PLACE}/3/varer/7/gynge"
    assert addresses.VALUED not in app.extensions["catalogue"].parts
