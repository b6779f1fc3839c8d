"""Lists of orders: narrowed by words, in the order asked for, and as a file."""

from __future__ import annotations

import cast
import pytest
from ordering.past import order
from ordering.world import make
from sqlalchemy.orm import Session

from catalogue.ordering import order_lists
from catalogue.ordering.order_lists import Sought


@pytest.mark.parametrize(
    ("sort", "expected"),
    [("nyeste", ["B", "A"]), ("aeldste", ["A", "B"]), ("beloeb", ["A", "B"]),
     ("institution", ["A", "B"]), ("virksomhed", ["B", "A"])],
)  # fmt: skip
def test_orders_stand_as_asked_for_and_the_file_has_the_same(
    session: Session, sort: str, expected: list[str]
) -> None:
    world = make(session)
    who = cast.who(session, cast.staff(session, world.home))
    for name, ore in (("A", 250), ("B", 100)):
        made = order(session, world.home, world.product, world.agreement, ore)
        made.institution = name
    session.flush()
    found = order_lists.list_found(session, who, Sought(sort=sort))
    assert [each.order.institution for each in found] == expected
    rows = order_lists.as_csv(found).splitlines()
    assert rows[1].split(";")[3:4] == expected[:1]
    assert len(order_lists.list_found(session, who, Sought(words="legehyt"))) == 2
    assert order_lists.count(session, who, Sought(words="findes ikke")) == {}


def test_what_an_address_does_not_know_is_left_out() -> None:
    assert order_lists.read({"state": "x", "sortering": "x", "q": " a "}) == Sought(words="a")
