"""Options to prolong: read when the whole text is understood, and only then."""

from __future__ import annotations

from datetime import date

import pytest

from catalogue.agreements.options import latest_last_day, months_of


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("2 x 12 mdr.", 24), ("2x12 måneder", 24), ("2 × 12 mdr", 24), ("2 * 1 år", 24),
        ("1 + 1 år", 24), ("1 år + 6 mdr.", 18), ("12+12 mdr.", 24), ("to gange 12 måneder", 24),
        ("Option på 12 måneder", 12), ("op til 2 år", 24), ("24 mdr.", 24), ("1 år", 12),
        ("2 à 1 år", 24), ("to optioner på 12 måneder", 24), ("2 x 12 months", 24),
        ("Mulighed for forlængelse i 1 år og 6 måneder", 18), ("1 x 24 måneders forlængelse", 24),
        ("", None), ("ingen", None), ("ja", None), ("2 x 12", None), ("12", None),
        ("2 x 12 mdr., varsles 6 mdr. før udløb", None), ("se kontrakten", None),
        ("0 år", None), ("99 år", None), ("2 x 12 uger", None), ("9" * 40 + " år", None),
    ],
)  # fmt: skip
def test_months_are_read_from_what_people_write(text: str, months: int | None) -> None:
    assert months_of(text) == months


@pytest.mark.parametrize(
    ("ends", "options", "latest"),
    [
        (date(2027, 12, 31), "2 x 12 mdr.", date(2029, 12, 31)),
        (date(2027, 2, 28), "1 år", date(2028, 2, 29)),
        (date(2028, 2, 29), "1 år", date(2029, 2, 28)),
        (date(2027, 8, 30), "6 mdr.", date(2028, 2, 29)),
        (date(2027, 6, 30), "6 mdr.", date(2027, 12, 31)),
        (date(2027, 6, 15), "18 mdr.", date(2028, 12, 15)),
        (date(2027, 6, 15), "se kontrakten", None),
        (date(9999, 12, 31), "1 år", None),
    ],
)
def test_latest_last_day_keeps_the_end_of_the_month(
    ends: date, options: str, latest: date | None
) -> None:
    assert latest_last_day(ends, options) == latest
