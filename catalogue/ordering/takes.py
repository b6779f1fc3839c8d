"""What lines of a basket, or of anything ordered like one, take of the ceilings of agreements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from catalogue.agreements.ceiling_rules import Ceiling
from catalogue.agreements.rules import Voluntary
from catalogue.core.text import Text, money
from catalogue.core.text import lazy as _

from . import ceilings, rules
from .ceilings import Used
from .items import Item


@dataclass(frozen=True)
class Take:
    """The ceiling of an agreement, and what some items take of it, in øre without VAT."""

    used: Used
    this_ore: int

    @property
    def after(self) -> Used:
        """Return the ceiling with these items on it."""
        return replace(self.used, ordered_ore=self.used.ordered_ore + self.this_ore)

    @property
    def left_ore(self) -> int:
        """Return what is left of the ceiling before these items."""
        return max(0, self.used.ceiling_ore - self.used.bound_ore)

    @property
    def problem(self) -> Text | None:
        """Return what is wrong when the items exceed the ceiling, with orders and reservations."""
        if not rules.above_ceiling(self.used.ceiling_ore, self.used.bound_ore, self.this_ore):
            return None
        return _(
            "Agreement %(number)s has %(left)s left of its ceiling, and this takes"
            " %(wanted)s of it. Order less, or ask your procurement staff.",
            number=self.used.number,
            left=money(self.left_ore),
            wanted=money(self.this_ore),
        )


def list_takes(session: Session, items: Sequence[Item], today: date) -> list[Take]:
    """List the ceilings of the agreements of items, by number, with what the items take of them.

    One query, and none where no agreement has a ceiling.
    """
    return _take(ceilings.list_taken(session, _ceilings(items), today), items)


def list_planned(session: Session, planned: Mapping[Voluntary, int], today: date) -> list[Take]:
    """List the same of amounts that are planned under agreements, in øre without VAT."""
    ceilings_ = {each.ceiling for each in planned if each.ceiling is not None}
    wanted = {each.agreement_id: ore for each, ore in planned.items()}
    used = ceilings.list_taken(session, ceilings_, today)
    return [Take(each, wanted[each.agreement_id]) for each in used]


def list_locked(session: Session, items: Sequence[Item], today: date) -> list[Take]:
    """List the same of agreements that are locked, for deciding alone: where the items come near
    no ceiling, what is used is the most that it may be. Others wait meanwhile.
    """
    found = _take(ceilings.list_most(session, _ceilings(items)), items)
    near = any(each.after.is_near for each in found)
    return list_takes(session, items, today) if near else found


def problems(takes: Sequence[Take]) -> list[Text]:
    """List what is wrong with the ceilings that are exceeded, with orders and reservations."""
    return [each.problem for each in takes if each.problem is not None]


def _ceilings(items: Sequence[Item]) -> set[Ceiling]:
    applying = {item.judgement.voluntary for item in items}
    return {each.ceiling for each in applying if each is not None and each.ceiling is not None}


def _take(used: Sequence[Used], items: Sequence[Item]) -> list[Take]:
    wanted = _wanted(items)
    return [Take(each, wanted[each.agreement_id]) for each in used]


def _wanted(items: Sequence[Item]) -> dict[int, int]:
    """Return what items take of the ceilings of their agreements, by agreement."""
    wanted: dict[int, int] = {}
    for item in items:
        if item.judgement.voluntary is not None:
            key = item.judgement.voluntary.agreement_id
            wanted[key] = wanted.get(key, 0) + item.net_ore
    return wanted
