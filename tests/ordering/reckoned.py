"""An order in the reckoning beside the walk of its life."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from ordering.deeds import Click, Lines

OFF = {"declined", "rejected", "cancelled"}


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
    change: Lines = field(default_factory=dict)  # lines as they are proposed
    change_on: date | None = None  # the day that is proposed
    delivery_on: date | None = None
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

    @property
    def held(self) -> int:
        """Return the goods that the order holds of what the enterprise counts."""
        if self.state in OFF:
            return 0
        return sum(many for each, (many, _ore) in self.lines.items() if each not in self.work)

    def proposed(self, click: Click) -> tuple[Lines, date | None]:
        """Return what is new in what an enterprise proposes: lines, and the day."""
        lines = click.proposed(self.lines)
        new = {each: terms for each, terms in lines.items() if terms != self.lines[each]}
        return new, click.day if click.day != self.delivery_on else None

    def shorten(self, new: dict[int, int]) -> None:
        """Give lines other quantities; 0 takes a line out."""
        for position, quantity in new.items():
            _old, price = self.lines.pop(position)
            if quantity:
                self.lines[position] = (quantity, price)
