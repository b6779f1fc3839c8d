"""What orders are and bind, reckoned in plain Python beside the application: the walk's oracle.

It knows neither the database nor the table of steps; it writes down what people do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from ordering.deeds import Click

HELD, OFF = {"awaiting", "returned"}, {"declined", "rejected", "cancelled"}
AFTER = {
    "decline": "declined", "send_back": "returned", "resubmit": "awaiting", "see": "placed",
    "confirm": "confirmed", "reject": "rejected", "cancel": "cancelled",
    "finish": "done", "accept_work": "accepted", "close": "closed",
}  # fmt: skip
Lines = dict[int, tuple[int, int]]  # quantity and price in øre, by position


@dataclass
class Asked:
    """Who is to approve: a rule's approver until somebody else is put in her place."""

    approver: str
    then: str  # who may act as well once the days have passed
    due_on: date = date.min
    passed_on: bool = False


@dataclass
class Reckoned:
    """One order."""

    lines: Lines
    work: set[int]  # positions of lines that are work
    buyer: str
    street: str = "Skovvej 3"
    state: str = ""
    asked: dict[str, Asked] = field(default_factory=dict)  # by rule, in turn
    approved: dict[str, object] = field(default_factory=dict)  # by rule: what she approved
    change: dict[int, int] = field(default_factory=dict)  # quantities proposed
    before_change: str = ""
    approved_last: object = None  # what the newest approval was given for, before it struck lines
    seen: bool = False
    told: bool = False  # the enterprise
    shipments: dict[int, dict[int, int]] = field(default_factory=dict)  # quantities by position
    came: dict[int, dict[int, int]] = field(default_factory=dict)  # of those received, what came

    @property
    def net_ore(self) -> int:
        """Return the sum of the lines."""
        return sum(quantity * price for quantity, price in self.lines.values())

    @property
    def content(self) -> object:
        """Return what an approval is given for."""
        return (tuple(sorted(self.lines.items())), self.street)

    @property
    def turn(self) -> str | None:
        """Return the rule whose approver is to act; None when nothing is left to approve."""
        return next((r for r in self.asked if self.approved.get(r) != self.content), None)

    @property
    def under_way(self) -> list[int]:
        """Return the numbers of the shipments that have not come."""
        return [each for each in self.shipments if each not in self.came]

    @property
    def left(self) -> dict[int, int]:
        """Return the goods still to be sent."""
        gone = self.sent
        return {
            each: quantity - gone.get(each, 0)
            for each, (quantity, _price) in self.lines.items()
            if each not in self.work and quantity > gone.get(each, 0)
        }

    @property
    def sent(self) -> dict[int, int]:
        """Return the goods sent so far."""
        found: dict[int, int] = {}
        for held in self.shipments.values():
            for position, quantity in held.items():
                found[position] = found.get(position, 0) + quantity
        return found

    @property
    def came_of_lines(self) -> dict[int, int]:
        """Return how many of each line of goods came in all, once all has."""
        if self.state not in {"received", "accepted", "closed"}:
            return {}
        goods = set(self.lines) - self.work
        return {each: sum(held.get(each, 0) for held in self.came.values()) for each in goods}

    def shorten(self, new: dict[int, int]) -> None:
        """Give lines other quantities; 0 takes a line out."""
        for position, quantity in new.items():
            _old, price = self.lines.pop(position)
            if quantity:
                self.lines[position] = (quantity, price)


@dataclass
class Reckoning:
    """All orders, by number, and the rules of the municipality."""

    rules: tuple[tuple[int, str, str], ...]  # from which amount, who approves, who then
    today: date
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

    def _confirm_part(self, order: Reckoned, click: Click) -> str:
        order.shorten(click.part(order.lines))
        order.change = {}
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
        order.change, order.before_change = click.proposed(order.lines), order.state
        return "proposed"

    def _accept(self, order: Reckoned, click: Click) -> str:
        order.shorten(order.change)
        self.open_turn(order)
        return "awaiting" if order.turn else "confirmed"

    def _refuse(self, order: Reckoned, click: Click) -> str:
        return order.before_change

    _withdraw = _refuse
