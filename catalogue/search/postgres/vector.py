"""A product as PostgreSQL's full text takes it: our terms at their places, in four classes. Pure.

The terms come from the same analysis as those of the other engine, so what is a compound or a
synonym there is one here; PostgreSQL finds and ranks them.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from ..terms import Group, Term
from ..weighing import FIELD_NAMES, PLACE_BITS, Mentions, Weighed

# A vector knows 16,383 places: so many go to each field, and a gap keeps fields apart.
_ROOM = {"title": 200, "item_number": 50, "summary": 700, "category": 100, "enterprise": 100}
_ROOM |= {"above": 500, "description": 14_000}
_GAP = 20
# What a mention weighs is kept as one of four classes: (least weight, letter, worth of the class).
CLASSES = ((5.0, "A", 8.0), (2.2, "B", 3.2), (1.1, "C", 1.6), (0.0, "D", 0.7))
# `ts_rank` wants the worth of D, C, B and A, the best one being 1.
WORTHS = tuple(worth / CLASSES[0][2] for _least, _letter, worth in reversed(CLASSES))
LONGEST_TERM = 200


def vector(weighed: Weighed) -> str:
    """Return the product in the notation of a tsvector."""
    return " ".join(
        item for kind, mentions in mentioned(weighed) for item in _items(kind, mentions)
    )


def mentioned(weighed: Weighed) -> tuple[tuple[str, Mentions], ...]:
    """Return the lists of terms that are sought, by the name that planning gives them."""
    return ("words", weighed.words), ("heads", weighed.heads), ("parts", weighed.parts)


def delivered_term(municipality_id: int) -> str:
    """Return the term of all products delivered to a municipality, in lists alone."""
    return f"d:{municipality_id}"


def name_of(term: Term) -> str:
    """Return a term as the vector has it."""
    kind, stem = term
    return f"{kind[0]}:{stem[:LONGEST_TERM]}"


def quoted(name: str) -> str:
    """Return a name as tsvector and tsquery take it, whatever signs it has."""
    doubled = name.replace("\\", "\\\\").replace("'", "''")
    return f"'{doubled}'"


def any_of(group: Group) -> str:
    """Return the tsquery of any of some terms."""
    return "(" + " | ".join(quoted(name_of(term)) for term in group) + ")"


def near(groups: Iterable[Group], reach: int) -> str:
    """Return the tsquery of terms, one of each group, at most `reach` words apart.

    That all are there is asked first: of most products it is not so, and places are dear.
    """
    names = [any_of(group) for group in groups]
    pairs = []
    for one, two in pairwise(names):
        ways = [f"{one} <{apart}> {two}" for apart in range(reach + 1)]
        ways += [f"{two} <{apart}> {one}" for apart in range(1, reach + 1)]
        pairs.append(f"({' | '.join(ways)})")
    return "(" + " & ".join((*names, *pairs)) + ")"


def sequence(groups: Iterable[Group]) -> str:
    """Return the tsquery of words one after another."""
    return "(" + " <-> ".join(map(any_of, groups)) + ")"


def _items(kind: str, mentions: Mentions) -> Iterable[str]:
    for stem, (weight, places) in mentions.items():
        letter = next(letter for least, letter, _worth in CLASSES if weight >= least)
        spots = sorted({_spot(place) for place in places})
        # The class of all mentions together stands at the first one; the others tell where.
        marked = [f"{spots[0]}{letter}", *map(str, spots[1:])]
        yield f"{quoted(name_of((kind, stem)))}:{','.join(marked)}"


def _spot(place: int) -> int:
    """Return a place of `weighing` as one of a vector."""
    name = FIELD_NAMES[place >> PLACE_BITS]
    within = min(place & ((1 << PLACE_BITS) - 1), _ROOM[name] - 1)
    return _STARTS[name] + within


def _starts() -> dict[str, int]:
    starts, next_ = {}, 1
    for name in FIELD_NAMES:
        starts[name] = next_
        next_ += _ROOM[name] + _GAP
    return starts


_STARTS = _starts()
