"""Busy people in the walk of an order's life: they take steps that the table offers."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from ordering import life_going_on
from ordering.deeds import DEEDS

from catalogue.ordering import rules
from catalogue.ordering.rules import Step

if TYPE_CHECKING:
    from ordering.life import Life

COUNTED = 20  # goods when the walk begins, and when they come in again


def take_turns(life: Life, chance: random.Random, turns: int) -> None:
    """Take steps by chance, rather those seldom taken; order, and count goods, in between."""
    for _turn in range(turns):
        possible = _possible(life)
        if chance.random() < 0.1:
            life.count(chance.choice([0, 1, COUNTED]))
        if len({number for number, _step, _name in possible}) < 3 and life.book.has_much_room:
            life.count(max(life.book.left, 4))
            life.place(chance.randint(1, 4), chance.randint(0, 2))
        if chance.random() < 0.6 and possible:
            seldom = min(_taken(life, *each[:2]) for each in possible)
            possible = [each for each in possible if _taken(life, *each[:2]) == seldom]
        if possible:
            number, step, name = chance.choice(possible)
            if chance.random() < 0.2:
                life.look(number, chance.choice(sorted(life.ids)))
            if chance.random() < 0.05:
                life.leave_or_come_back(chance.choice(sorted(life.buyers | life.ids)))
            if chance.random() < 0.2:
                life.act(Step.HAND_OVER, "staff", chance.randrange(6), chance.randrange(12))
            life.act(step, name, number, chance.randrange(12))
            life.all_is_as_reckoned()


def _possible(life: Life) -> list[tuple[int, Step, str]]:
    return [
        (number, step, name)
        for number, order in enumerate(life.book.orders.values())
        for name, who in life_going_on.able(life, order).items()
        for step in rules.steps(order.state, rules.side_of(who.role), life.known(order))
        if step in DEEDS and step != Step.HAND_OVER  # which leads no order on
    ]


def _taken(life: Life, number: int, step: Step) -> int:
    return life.taken[[*life.book.orders.values()][number].state, step]
