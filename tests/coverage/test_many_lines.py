"""Lines of orders are summed up first, and what belongs to the sums is brought to these.

Told by how SQLite goes about it: it plans alike however few rows there are.
"""

from __future__ import annotations

from datetime import date

import cast
from conftest import on_sqlite
from ordering.past import order
from ordering.test_many_orders import planned
from ordering.world import World, make
from sqlalchemy.orm import Session

from catalogue.coverage import behind, seen_queries, watch_queries
from catalogue.coverage.behind import Lines, Part, Span
from catalogue.ordering.models import OrderState

EVER = Span(None, cast.TODAY)
SUMMED = "TEMP B-TREE FOR GROUP BY"


@on_sqlite
def test_orders_are_not_told_apart_by_their_lines_where_all_are_asked_for(
    session: Session,
) -> None:
    world: World = make(session)
    with planned(session) as plans:
        behind.sum_orders(session, world.home.id, Lines(Part(), EVER))
    steps = [step for plan in plans for step in plan]
    assert len([step for step in steps if "COVERING INDEX" in step]) == 3, steps
    assert not any("DISTINCT" in step or "enterprises" in step for step in steps), steps


@on_sqlite
def test_names_and_products_are_brought_to_sums_and_not_to_lines(session: Session) -> None:
    world: World = make(session)
    span = watch_queries.Span(date(2022, 1, 1), cast.TODAY)
    with planned(session) as plans:
        watch_queries.list_ordered(session, world.home.id, span)
        seen_queries.numbers(session, world.product.enterprise_id, date(2026, 1, 1), cast.TODAY)
    wanted = ("catalogue_enterprises", "catalogue_products")
    for what, plan in zip(wanted, [each for each in plans if _of_lines(each)], strict=True):
        brought = next(at for at, step in enumerate(plan) if what in step)
        assert brought > next(at for at, step in enumerate(plan) if SUMMED in step), plan


def test_words_are_sought_in_all_that_a_line_shows(session: Session) -> None:
    world = make(session)
    first = order(session, world.home, world.product, world.agreement, 100)
    second = order(session, world.home, world.product, world.agreement, 250)
    void = order(session, world.home, world.product, world.agreement, 900)
    void.state = OrderState.CANCELLED
    first.institution, second.lines[0].title = "Æblehaven", "Gynge"
    session.flush()
    shop = "legehytten"
    for words, wanted in ((first.number, [100]), ("æblehav", [100]), ("gynge", [250]),
                          (shop, [250, 100]), ("", [250, 100]), ("findes ikke", [])):  # fmt: skip
        asked = Lines(Part(), EVER, words)
        rows = behind.list_orders(session, world.home.id, asked, slice(0, 99))
        found = behind.sum_orders(session, world.home.id, asked)
        assert [each.net_ore for each in rows] == wanted
        assert found == behind.Sum(len(wanted), len(wanted), sum(wanted))


def _of_lines(plan: list[str]) -> bool:
    return any("catalogue_order_lines" in step for step in plan)
