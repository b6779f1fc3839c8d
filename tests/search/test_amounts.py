"""An amount said in the words of a search becomes the price filter of the page."""

from __future__ import annotations

import pytest

from catalogue.search.amounts import Spoken, read


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("gave under 500 kr.", Spoken("gave", None, 499_99)),
        ("Gave UNDER 500 kroner til jubilæum", Spoken("Gave til jubilæum", None, 499_99)),
        ("gave højst 500,- kr.", Spoken("gave", None, 500_00)),
        ("gave højst 500,-", Spoken("gave", None, 500_00)),
        ("frugtkurv op til 1.250,50 kr", Spoken("frugtkurv", None, 1_250_50)),
        ("legehus over 10.000 kr", Spoken("legehus", 10_000_00, None)),
        ("gave mellem 200 og 500 kr.", Spoken("gave", 200_00, 500_00)),
        ("gave fra 200 kr op til 500 kr", Spoken("gave", 200_00, 500_00)),
        ("gave under kr. 500", Spoken("gave", None, 499_99)),
        ("gave under kr 1.250,50 til jul", Spoken("gave til jul", None, 1_250_49)),
        ("gave højst kr. 500,-", Spoken("gave", None, 500_00)),
        ("legehus under 20,000 kr.", Spoken("legehus", None, 19_999_99)),
        ("legehus under 1,250.50 DKK", Spoken("legehus", None, 1_250_49)),
        ("legehus højst 20 000 kr.", Spoken("legehus", None, 20_000_00)),
        ("gave under 99.50 kr", Spoken("gave", None, 99_49)),
        ("gave mellem kr. 200 og kr. 500", Spoken("gave", 200_00, 500_00)),
        ("gave mellem 200 kr. og 1.500 kr.", Spoken("gave", 200_00, 1_500_00)),
        ("gave fra 200 kr til 500 kr", Spoken("gave", 200_00, 500_00)),
        ("gave fra 200 til 1.500 kr.", Spoken("gave", 200_00, 1_500_00)),
        ("gave 200 kr. til 500 kr.", Spoken("gave", 200_00, 500_00)),
        ("gave 200-500 kr", Spoken("gave", 200_00, 500_00)),
        ("gave mellem 200–500,-", Spoken("gave", 200_00, 500_00)),
        ("gave mellem 500 og 200 kr", Spoken("gave", 200_00, 500_00)),
        ("frokost til 10 til 200 kr", None), ("borde 120-140 cm", None), ("fra 3 til 6 år", None),
        ("present below 500 DKK", Spoken("present", None, 499_99)),
        ("under 500 kr", Spoken("", None, 499_99)),
        ("bord under 120 cm", None), ("frokost op til 50 personer", None),
        ("bord under 120", None), ("krukke", None), ("gave 500 kr", None), ("", None),
        ("fra 2 kr til", Spoken("til", 2_00, None)), ("sundere 5 kr", None),
        ("under 500 krukker", None),
        ("gave ikke over 500 kr.", Spoken("gave", None, 500_00)),
        ("gave, ikke mere end 500 kr", Spoken("gave,", None, 500_00)),
        ("gave ikke under 200 kr", Spoken("gave", 200_00, None)),
        ("gift not over 500 kr", Spoken("gift", None, 500_00)),
        ("gift no less than 200 DKK", Spoken("gift", 200_00, None)),
        ("gave under 500 kr, økologisk", Spoken("gave økologisk", None, 499_99)),
        ("Har I en gave under 500 kr.?", Spoken("Har I en gave", None, 499_99)),
        ("gave (højst 500 kr.)", Spoken("gave", None, 500_00)),
        ("gave (200-500 kr), jul", Spoken("gave jul", 200_00, 500_00)),
        ("gave højst 500 kr,-", Spoken("gave", None, 500_00)),
        ("bord under 1\u00a0250 kr", Spoken("bord", None, 1_249_99)),
        ("gave under 500 kr/stk", None),
    ],
)  # fmt: skip
def test_amount_is_read(typed: str, expected: Spoken | None) -> None:
    assert read(typed) == expected
