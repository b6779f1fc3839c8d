"""What of the shelves may be ordered, and who could deliver what.

It is judged by enterprise and category; where products of some enterprises have changed, theirs
alone are judged anew. Reads others' tables; writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from sqlalchemy.orm import Session

from catalogue.agreements.judging import orderable_pairs
from catalogue.agreements.rules import InForce

from . import shelves
from .outline import Distinct
from .rules import Asked
from .shelves import Place, Shelves


@dataclass(frozen=True)
class Offered:
    """Published products by category, those of them that may be ordered, and who could deliver.

    `pairs`: where something may be ordered; `delivered`: code and enterprise, in order. `stands`:
    the shelves it was judged of.
    """

    products: Mapping[str, int]
    orderable: Mapping[str, int]
    enterprises: Distinct
    pairs: Set[Place]
    delivered: Sequence[tuple[str, int]]
    stands: Shelves


def read(session: Session, asked: Asked, in_force: InForce, stands: Shelves) -> Offered:
    """Return what is offered of all shelves. Two queries."""
    delivered = shelves.list_deliverable(session, stands, asked.municipality_id, asked.today)
    return _made(stands, orderable_pairs(in_force, stands.places), sorted(delivered))


def renewed(
    session: Session,
    asked: Asked,
    in_force: InForce,
    stands: Shelves,
    kept: Offered,
    shops: Set[int],
) -> Offered:
    """Return what is offered after products of some enterprises changed. Two queries.

    `stands` are all shelves as they are now; `kept` is what was offered before, and is returned
    where neither they nor what is delivered from them differ.
    """
    theirs = stands.of(shops)
    anew = shelves.list_deliverable(session, theirs, asked.municipality_id, asked.today, shops)
    before = [each for each in kept.delivered if each[1] in shops]
    if stands is kept.stands and sorted(anew) == before:
        return kept
    pairs = {place for place in kept.pairs if place[0] not in shops}
    delivered = [*anew, *(each for each in kept.delivered if each[1] not in shops)]
    return _made(stands, pairs | orderable_pairs(in_force, theirs.places), sorted(delivered))


def _made(stands: Shelves, pairs: Set[Place], delivered: Sequence[tuple[str, int]]) -> Offered:
    return Offered(
        stands.by_category(), stands.orderable(pairs), Distinct.of(delivered), pairs, delivered,
        stands,
    )  # fmt: skip
