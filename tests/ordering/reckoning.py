"""What orders are and bind, reckoned in plain Python beside the application: the walk's oracle.

It knows neither the database nor the table of steps; it writes down what people do.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, timedelta

from ordering.deeds import Click
from ordering.reckoned import OFF, Asked, Reckoned

HELD = {"awaiting", "returned"}
AFTER = {
    "decline": "declined", "send_back": "returned", "resubmit": "awaiting", "see": "placed",
    "reject": "rejected", "cancel": "cancelled",
    "finish": "done", "accept_work": "accepted", "close": "closed",
}  # fmt: skip


@dataclass
class Reckoning:
    """All orders, by number, and the rules of the municipality."""

    rules: tuple[tuple[int, str, str], ...]  # from which amount, who approves, who then
    today: date
    ceiling_ore: int
    counted: int = 0  # what would be left of the goods if no order held any
    orders: dict[str, Reckoned] = field(default_factory=dict)
    absences: list[tuple[str, str, date]] = field(default_factory=list)  # who, deputy, last day
    gone: set[str] = field(default_factory=set)  # who cannot sign in

    @property
    def ordered_ore(self) -> int:
        """Return what is ordered on the agreement."""
        free = HELD | OFF
        return sum(each.net_ore for each in self.orders.values() if each.state not in free)

    @property
    def reserved_ore(self) -> int:
        """Return what orders that wait for approval hold back."""
        return sum(each.net_ore for each in self.orders.values() if each.state in HELD)

    @property
    def left(self) -> int:
        """Return how many of the goods are left."""
        return self.counted - sum(each.held for each in self.orders.values())

    def count(self, left: int) -> None:
        """Let the enterprise count that so many are left."""
        self.counted += left - self.left

    @property
    def has_much_room(self) -> bool:
        """Tell whether half of the ceiling is left."""
        return (self.ordered_ore + self.reserved_ore) * 2 < self.ceiling_ore

    def has_room(self, more_ore: int, more_goods: int) -> bool:
        """Tell whether ceiling and stock leave as much."""
        bound = self.ordered_ore + self.reserved_ore
        fits = more_ore <= 0 or bound + more_ore <= self.ceiling_ore
        return fits and (more_goods <= 0 or more_goods <= self.left)

    def refuses(self, order: Reckoned, click: Click) -> bool:
        """Tell whether what is typed with a step that the table allows is wrong."""
        if click.step == "propose":
            return order.proposed(click) == ({}, None)
        if click.step == "confirm_part":
            less = {each: many for each, (many, _ore) in order.lines.items()}
            part = less | click.part(order.lines)
            return part == less or not any(part.values())
        if click.step == "dispatch":
            return any(many > order.left[each] for each, many in click.packed(order.left).items())
        if click.step == "hand_over":
            return click.taker == order.buyer or click.taker in self.gone
        if click.step == "reroute":
            return click.substitute in self.gone
        if click.step != "edit":
            return False
        wanted = deepcopy(order)
        wanted.shorten(click.edited(wanted.lines))
        return not self.has_room(wanted.net_ore - order.net_ore, wanted.held - order.held)

    def ask(self, order: Reckoned) -> None:
        """Ask whom the rules name for the order as it is now; who was asked is asked still."""
        for from_ore, approver, then in self.rules:
            known = approver in order.asked or approver in {
                a.approver for a in order.asked.values()
            }
            if order.net_ore >= from_ore and not known:
                order.asked[approver] = Asked(approver, then)

    def open_turn(self, order: Reckoned) -> None:
        """Let the three working days of the present turn begin."""
        if order.turn is not None:
            asked, asked_on, left = order.asked[order.turn], self.today, 3
            while left:
                asked_on += timedelta(days=1)
                left -= asked_on.weekday() < 5
            asked.due_on, asked.passed_on = asked_on, False

    def pass_days(self, days: int) -> int:
        """Let days pass; return how many turns are passed on in the morning."""
        self.today += timedelta(days=days)
        turns = [o.asked[o.turn] for o in self.orders.values() if o.state == "awaiting" and o.turn]
        late = [each for each in turns if each.due_on <= self.today and not each.passed_on]
        for each in late:
            each.passed_on = True
        return len(late)

    def acting(self, order: Reckoned) -> set[str]:
        """Return who may decide now."""
        if order.turn is None:
            return set()
        deputies = {who: deputy for who, deputy, until in self.absences if until >= self.today}
        asked = order.asked[order.turn]
        left, found = [asked.approver, *([asked.then] if asked.passed_on else [])], set()
        while left:
            name = left.pop()
            if name not in found:
                found.add(name)
                left += [deputies[name]] if name in deputies else []
        return found - self.gone

    def take(self, order: Reckoned, click: Click) -> str:
        """Write down what a step that was taken does; return the state it leads to."""
        deed: Callable[[Reckoned, Click], str] | None = getattr(self, f"_{click.step}", None)
        if deed is not None:
            return deed(order, click)
        if click.step == "resubmit":
            self.open_turn(order)
        return AFTER[click.step]

    def _approve(self, order: Reckoned, click: Click) -> str:
        rule, order.approved_last = order.turn or "", order.content
        order.shorten(click.struck(order.lines))
        order.approved[rule] = order.content
        if order.turn:
            self.open_turn(order)
            return "awaiting"
        after, order.told = "confirmed" if order.told else "placed", True
        return after

    def _reroute(self, order: Reckoned, click: Click) -> str:
        order.asked[order.turn or ""].approver = click.substitute
        self.open_turn(order)
        return "awaiting"

    def _hand_over(self, order: Reckoned, click: Click) -> str:
        order.buyer = click.taker
        return order.state

    def _edit(self, order: Reckoned, click: Click) -> str:
        before = order.content
        order.shorten(click.edited(order.lines))
        order.street = click.street
        if order.content != before:
            self.ask(order)
        return "returned"

    def _confirm(self, order: Reckoned, click: Click) -> str:
        order.delivery_on = click.day
        return "confirmed"

    def _confirm_part(self, order: Reckoned, click: Click) -> str:
        order.shorten(click.part(order.lines))
        order.change, order.change_on, order.delivery_on = {}, None, click.day
        return "partly"

    def _dispatch(self, order: Reckoned, click: Click) -> str:
        order.shipments[len(order.shipments) + 1] = click.packed(order.left) or order.left
        return "sending" if order.left else "dispatched"

    def _stop(self, order: Reckoned, click: Click) -> str:
        order.shorten({each: order.sent.get(each, 0) for each in order.left})
        return "dispatched"

    def _receive_part(self, order: Reckoned, click: Click) -> str:
        which = click.arriving(order.under_way)
        held = order.shipments[which]
        order.came[which] = dict.fromkeys(held, 0) if click.pick % 2 else held
        return "received" if order.state == "dispatched" and not order.under_way else order.state

    def _receive(self, order: Reckoned, click: Click) -> str:
        for which in order.under_way:
            held = order.shipments[which]
            short = {1: 0} if click.pick % 2 and 1 in held else {}
            order.came[which] = held | short
        return "received"

    def _propose(self, order: Reckoned, click: Click) -> str:
        order.change, order.change_on = order.proposed(click)
        order.before_change = order.state
        return "proposed"

    def _accept(self, order: Reckoned, click: Click) -> str:
        order.lines = order.lines | order.change
        order.delivery_on = order.change_on or order.delivery_on
        self.open_turn(order)
        return "awaiting" if order.turn else "confirmed"

    def _refuse(self, order: Reckoned, click: Click) -> str:
        return order.before_change

    _withdraw = _refuse
