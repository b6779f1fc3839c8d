"""That an order which has not ended always has somebody who can go on with it, in its walk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ordering import life_seen
from ordering.deeds import DEEDS, Click
from ordering.reckoned import Reckoned

from catalogue.core.who import Who
from catalogue.ordering import queries, rules, steps
from catalogue.ordering.approval_cases import load_case
from catalogue.ordering.models import Order
from catalogue.ordering.rules import Step

if TYPE_CHECKING:
    from ordering.life import Life


def check(life: Life, order: Order, reckoned: Reckoned) -> None:
    """Somebody who is there can go on with an order, or staff can let somebody do so."""
    there = able(life, reckoned)
    possible = {step for who in there.values() for step in steps.list_steps(order, who)}
    assert (order.state in rules.ENDS) != bool(possible)
    if not life.book.gone and order.state not in rules.ENDS:
        assert possible - {Step.HAND_OVER}
    if order.state == "awaiting" and not life.book.acting(reckoned):
        _mend(life, order.number, Step.REROUTE)
    if order.state not in rules.ENDS and reckoned.buyer in life.book.gone:
        _mend(life, order.number, Step.HAND_OVER)


def able(life: Life, order: Reckoned) -> dict[str, Who]:
    """Return who is there and has a say in an order: its buyer, and whose turn it is."""
    others = (set(life.buyers) - {order.buyer}) | (set(life.ids) - life.book.acting(order))
    away = life.book.gone | others
    return {name: who for name, who in life.people.items() if name not in away}


def _mend(life: Life, number: str, step: Step) -> None:
    """Let staff put somebody who is there in the place of one who is not, and take it back."""
    people = sorted(life.ids if step == Step.REROUTE else life.buyers)
    there = next(name for name in people if name not in life.book.gone)
    with life.database.transaction() as session:
        saved = session.begin_nested()
        order = life_seen.load(session, number)[0]
        click = Click(step, people.index(there), life.now, None, life.ids, life.buyers)
        DEEDS[step](session, life.people["staff"], order, click)
        session.flush()
        if step == Step.REROUTE:
            assert life.ids[there] in load_case(session, order, life.book.today).acting
        else:
            assert queries.get_order(session, life.people[there], number).steps == (
                steps.list_steps(order, life.people["buyer"])
            )
        saved.rollback()
