"""Lines of the tree of categories with all that is drawn of them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

from . import rules
from .behind import Part
from .matrix import Matrix
from .overview_words import NAMES
from .rules import Line
from .schema import View


@dataclass(frozen=True)
class Shown:
    """A line as it stands on the page; days as they stand in addresses."""

    line: Line
    name: str
    colour: str
    status: str
    sellers: int
    orders: int
    opened: bool  # those below it follow
    alone: bool  # the category without those below it
    day: str | None  # None: today
    first: str  # of the twelve months
    last: str


def shown(found: Matrix, lines: Sequence[Line], view: View, today: date) -> list[Shown]:
    """Return what is drawn of the lines, in the language of the moment."""
    alone, day = view.only_gaps, view.day.isoformat()
    first = rules.year_before(view.day).isoformat()
    drawn = []
    for line, following in zip_longest(lines, lines[1:]):
        part = Part(line.code, alone)
        opened = not alone and following is not None and following.parent == line.code
        drawn.append(
            Shown(
                line=line,
                name=found.overview.labels[line.code],
                colour=NAMES["status_colours"][line.status],
                status=str(NAMES["status_names"][line.status]),
                sellers=found.enterprises_of(part),
                orders=found.orders_of(part),
                opened=opened,
                alone=alone,
                day=None if view.day == today else day,
                first=first,
                last=day,
            )
        )
    return drawn
