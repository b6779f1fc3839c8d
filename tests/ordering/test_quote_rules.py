"""Which phase a request for quotes is in, which form it takes, and who may be asked."""

from __future__ import annotations

from datetime import timedelta

import cast
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.agreements.rules import CarvedOut, InForce, Mandatory, Voluntary, judge
from catalogue.ordering import quote_rules as rules
from catalogue.ordering.quote_rules import Phase, Standing

DAY = cast.TODAY


@pytest.mark.parametrize(
    ("days", "asked", "declined", "quoted", "expected"),
    [
        (0, 2, 0, 0, Phase.OPEN),
        (0, 2, 1, 0, Phase.OPEN),
        (0, 2, 0, 1, Phase.OPEN),
        (0, 2, 1, 1, Phase.DECIDE),  # all have answered before the deadline
        (0, 2, 0, 2, Phase.DECIDE),
        (0, 2, 2, 0, Phase.UNANSWERED),
        (1, 2, 0, 1, Phase.DECIDE),
        (1, 2, 0, 0, Phase.UNANSWERED),
    ],
)
def test_phase_follows_from_the_days_and_the_answers(
    days: int, asked: int, declined: int, quoted: int, expected: Phase
) -> None:
    standing = Standing(DAY, asked, declined, quoted)
    assert rules.phase_on(DAY + timedelta(days=days), standing) == expected


@pytest.mark.parametrize(
    ("kind", "code", "expected"),
    [
        ("goods", "37535200", ("quantity", "wanted_on", "place")),
        ("service", "90911300", ("area_m2", "starts_on", "ends_on", "frequency", "place")),
        ("service", "55520000", ("persons", "wanted_on", "frequency", "place")),
        ("service", "79934000", ("hours", "starts_on", "ends_on", "frequency", "place")),
    ],
)
def test_the_form_follows_from_the_category(
    kind: str, code: str, expected: tuple[str, ...]
) -> None:
    assert rules.fields_of(kind, code) == expected
    assert rules.kind_of(code) == kind


@pytest.mark.parametrize(
    ("digits", "enterprise_id", "expected"),
    [("", None, [1]), ("7731", None, [1]), ("77310000", None, []), ("", 1, []), (None, None, [])],
)
def test_category_above_what_is_carved_out_for_everybody_is_not_too_wide(
    digits: str | None, enterprise_id: int | None, expected: list[int]
) -> None:
    carved = () if digits is None else (CarvedOut(1, digits, enterprise_id, None, "", DAY),)
    applies = InForce(
        1, DAY, (Voluntary(10, "F", 1, ("77",)),),
        (Mandatory(20, "O", "", "", "", ("7731",), carved),), frozenset({1}),
    )  # fmt: skip
    assert rules.may_be_asked_in(applies, [1], "77000000") == expected


PREFIXES = st.sampled_from(["77", "773", "7731", "77310000", "774", "18"])


@given(
    voluntary=st.lists(st.tuples(st.integers(1, 3), PREFIXES), max_size=4),
    mandatory=st.lists(st.tuples(PREFIXES, st.booleans()), max_size=2),
    verified=st.frozensets(st.integers(1, 3)),
    code=st.sampled_from(["77310000", "77300000", "77000000", "18530000"]),
)
def test_nobody_may_be_asked_from_whom_it_may_not_be_ordered(
    voluntary: list[tuple[int, str]],
    mandatory: list[tuple[str, bool]],
    verified: frozenset[int],
    code: str,
) -> None:
    applies = InForce(
        1, DAY,
        tuple(Voluntary(10, "F", who, (one,)) for who, one in voluntary),
        tuple(
            Mandatory(20, "O", "", "", "", (one,),
                      (CarvedOut(1, "", 2, None, "", DAY),) if carved else ())
            for one, carved in mandatory
        ),
        verified,
    )  # fmt: skip
    for enterprise_id in rules.may_be_asked_in(applies, [1, 2, 3], code):
        judged = judge(applies, published=True, enterprise_id=enterprise_id, category_code=code)
        assert judged.orderable
        own = code.rstrip("0")
        assert not any(one.startswith(own) and one != own for one, _carved in mandatory)
