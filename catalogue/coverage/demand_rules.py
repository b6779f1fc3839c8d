"""What is looked for in vain, gathered by meaning: the lines of the demand desk. Pure.

`demand_queries` fetches; here everything that asks for the same comes together and is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from catalogue.agreements.rules import prefix
from catalogue.core.text import Text, fold, slug
from catalogue.core.text import lazy as _
from catalogue.search import grouping
from catalogue.search.grouping import Speech
from catalogue.search.inquiry_queries import Sent
from catalogue.search.rules import InquiryAnswer, Outcome, main_outcome

NEAR_DIGITS = 3  # of CPV: categories of one group (gruppe) are near each other


class Closeness(StrEnum):
    """How near an enterprise's products lie to what is looked for, the nearest first."""

    IN = "in"
    NEAR = "near"
    ANYWHERE = "anywhere"


CLOSENESS_NAMES: dict[Closeness, Text] = {
    Closeness.IN: _("Has products in the category"),
    Closeness.NEAR: _("Has products near the category"),
    Closeness.ANYWHERE: _("Has other products, or none yet"),
}


@dataclass(frozen=True)
class Searched:
    """How often a text was searched for in vain for one reason; months by their first day."""

    text: str
    outcome: Outcome
    times: int
    category_code: str | None
    first: date
    last: date


@dataclass(frozen=True)
class Noted:
    """A demand note, without who wrote it."""

    id: int
    text: str
    category_code: str | None
    created_at: datetime
    closed: bool
    answers: int


@dataclass(frozen=True)
class Unquoted:
    """A request for quotes that nobody met: all said no, or no quote came; without who asked."""

    id: int
    words: str
    category_code: str
    created_at: datetime
    asked: int
    declined: int


@dataclass(frozen=True)
class Shop:
    """An enterprise that could be asked, with its published products by category."""

    id: int
    name: str
    products: Mapping[str, int]


@dataclass(frozen=True)
class Material:
    """All that the desk is made of."""

    searched: Sequence[Searched]
    noted: Sequence[Noted]
    sent: Sequence[Sent]
    unquoted: Sequence[Unquoted] = ()


@dataclass(frozen=True)
class Spelling:
    """One way in which a group's thing was searched for."""

    text: str
    searched: tuple[Searched, ...]

    @property
    def times(self) -> int:
        """Return how often."""
        return sum(each.times for each in self.searched)

    @property
    def by_outcome(self) -> dict[Outcome, int]:
        """Return how often for each reason."""
        return _by_outcome(self.searched)


@dataclass(frozen=True)
class Group:
    """What was looked for, in all the ways it was said; `words` is the most frequent one."""

    words: str
    spellings: tuple[Spelling, ...]
    noted: tuple[Noted, ...]
    sent: tuple[Sent, ...]
    category_code: str | None
    unquoted: tuple[Unquoted, ...] = ()

    @property
    def slug(self) -> str:
        """Return the group's name in an address."""
        return slug(self.words)

    @property
    def searched(self) -> tuple[Searched, ...]:
        """Return all counts of the group."""
        return tuple(each for spelling in self.spellings for each in spelling.searched)

    @property
    def slugs(self) -> set[str]:
        """Return all names by which it can be found in an address."""
        texts = [self.words, *(each.text for each in self.spellings)]
        texts += [each.text for each in self.noted] + [each.words for each in self.sent]
        texts += [each.words for each in self.unquoted]
        return {slug(text) for text in texts}

    @property
    def times(self) -> int:
        """Return how often it was searched for in vain."""
        return sum(each.times for each in self.spellings)

    @property
    def by_outcome(self) -> dict[Outcome, int]:
        """Return how often for each reason; the sum is `times`."""
        return _by_outcome(self.searched)

    @property
    def main(self) -> Outcome | None:
        """Return the main reason; None when it was never searched for."""
        return main_outcome(self.by_outcome)

    @property
    def months(self) -> tuple[date, date] | None:
        """Return the first and the last month it was searched for in vain."""
        found = self.searched
        return (
            (min(each.first for each in found), max(each.last for each in found)) if found else None
        )

    def answered(self, answer: InquiryAnswer | None) -> int:
        """Count those asked who gave this answer; None: who gave none yet."""
        return sum(each.answer == answer for each in self.sent)


@dataclass(frozen=True)
class Wish:
    """What a reader of the desk wants to see; None: everything.

    A category is wanted with all below it, unless `alone`.
    """

    outcome: Outcome | None = None
    only_noted: bool = False
    only_unquoted: bool = False
    category: str | None = None
    alone: bool = False
    without_category: bool = False


def groups(speech: Speech, material: Material) -> list[Group]:
    """Gather what asks for the same; most searched first, then most noted, then by name."""
    searched: dict[str, list[Searched]] = {}
    noted: dict[str, list[Noted]] = {}
    sent: dict[str, list[Sent]] = {}
    unquoted: dict[str, list[Unquoted]] = {}
    shown: dict[str, str] = {}
    for one in material.searched:
        searched.setdefault(_name(shown, one.text), []).append(one)
    for note in material.noted:
        noted.setdefault(_name(shown, note.text), []).append(note)
    for asked in material.sent:
        sent.setdefault(_name(shown, asked.words), []).append(asked)
    for unmet in material.unquoted:
        unquoted.setdefault(_name(shown, unmet.words), []).append(unmet)
    times = {key: sum(each.times for each in searched.get(key, ())) for key in shown}
    keys = sorted(shown, key=lambda key: (-times[key], -len(noted.get(key, ())), key))
    found = []
    for places in grouping.group(speech, [shown[key] for key in keys]):
        own = [keys[place] for place in places]
        spellings = [Spelling(shown[key], tuple(searched[key])) for key in own if key in searched]
        made = Group(
            words=shown[own[0]],
            spellings=tuple(spellings),
            noted=tuple(each for key in own for each in noted.get(key, ())),
            sent=tuple(each for key in own for each in sent.get(key, ())),
            category_code=_category(
                speech, shown[own[0]], _evidence(own, searched, (noted, sent, unquoted))
            ),
            unquoted=tuple(each for key in own for each in unquoted.get(key, ())),
        )
        found.append(made)
    return sorted(found, key=lambda each: (-each.times, -len(each.noted), fold(each.words)))


def wished(found: Iterable[Group], wish: Wish) -> list[Group]:
    """Return the groups that a reader wants to see, in their order."""
    return [each for each in found if _is_wished(each, wish)]


def closeness(shop: Shop, category_code: str | None) -> Closeness:
    """Return how near the enterprise's products lie to a category."""
    if category_code is None:
        return Closeness.ANYWHERE
    if any(code.startswith(prefix(category_code)) for code in shop.products):
        return Closeness.IN
    near = category_code[:NEAR_DIGITS]
    return (
        Closeness.NEAR
        if any(code.startswith(near) for code in shop.products)
        else Closeness.ANYWHERE
    )


def first_month(today: date, months: int) -> date:
    """Return the first day of the first of so many months, of which the present one is the last."""
    years, month = divmod(today.month - months, 12)
    return date(today.year + years, month + 1, 1)


def _name(shown: dict[str, str], text: str) -> str:
    """Return the text folded, and remember how it was first written."""
    shown.setdefault(fold(text), text)
    return fold(text)


def _evidence(
    own: Iterable[str],
    searched: Mapping[str, Sequence[Searched]],
    told: Sequence[Mapping[str, Sequence[Noted | Sent | Unquoted]]],
) -> Counter[str]:
    """Count what points to a category: refused searches by how often, what was told once."""
    votes: Counter[str] = Counter()
    for key in own:
        for one in searched.get(key, ()):
            if one.category_code:
                votes[one.category_code] += one.times
        for source in told:
            votes.update(each.category_code for each in source.get(key, ()) if each.category_code)
    return votes


def _category(speech: Speech, words: str, votes: Counter[str]) -> str | None:
    """Return the category that most points to; else the first one the words stand for."""
    if votes:
        return min(votes, key=lambda code: (-votes[code], code))
    return next(iter(grouping.categories_of(speech, words)), None)


def _by_outcome(searched: Iterable[Searched]) -> dict[Outcome, int]:
    counts: Counter[Outcome] = Counter()
    for each in searched:
        counts[each.outcome] += each.times
    return {outcome: counts[outcome] for outcome in Outcome if counts[outcome]}


def _is_wished(group: Group, wish: Wish) -> bool:
    if wish.outcome is not None and wish.outcome not in group.by_outcome:
        return False
    if wish.only_noted and not group.noted:
        return False
    if wish.only_unquoted and not group.unquoted:
        return False
    if wish.without_category:
        return group.category_code is None
    if wish.category is None or group.category_code is None:
        return wish.category is None
    if wish.alone:
        return group.category_code == wish.category
    return group.category_code.startswith(prefix(wish.category))
