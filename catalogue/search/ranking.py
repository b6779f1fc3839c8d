"""From the products that answer each word to the hits in their order. Pure; for both engines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .engine.postings import NOTHING, Found, Mask, Scores, intersection, total

# What other forms than the best one add of theirs: who says it in several ways is likelier meant.
MORE = 0.5
# Of products with only some of the words, those with less of what tells are left out.
LEAST_SHARE = 0.4
# A product this much worse than the best one is not what was meant: measured, as all numbers here.
LEAST_SCORE, LEAST_AMONG_KIN = 0.12, 0.125
# Where few were meant, some that are further off can be looked at too; beside so many none.
FURTHEST, PLENTY = 0.05, 100
# Of those not nearly half as good as the best one, few are meant, and of many none.
WEAK = 0.42
# Products nearly as good as the best one say of what kind the others should be, and so much that
# weighs. The best four, whatever their scores, were rejected: they let in what is of other kinds.
NEARLY, KINSHIP = 0.98, 0.58


def in_all_forms(best: Scores, total: Scores) -> Scores:
    """Return scores by all forms of a word, from those of the best one and of all together."""
    return best + np.float32(MORE) * (total - best)


def combined(answers: Sequence[Found], phrases: Sequence[Found], few: int) -> tuple[Found, bool]:
    """Return the products with all words and phrases; where they are few, those with most too.

    Tells too whether any has all.
    """
    every = _worthy(_every([*answers, *phrases]))
    matched_all = bool(len(every) or phrases)
    if phrases or len(answers) == 1 or np.count_nonzero(_near(every)) >= few:
        return every, matched_all
    return _worthy(_most(answers)), matched_all


def among_kin(
    found: Found, wide: NDArray[np.int64], categories: NDArray[np.integer], most_weak: int
) -> tuple[Found, Found]:
    """Rank products up that are of the kinds of the best ones; return those that were meant, and
    those that then are further off.

    `wide` has the kinds of each category (`columns.kinds_of`), `categories` the places in it of
    the found ones; of weak ones `most_weak` stay. Who asks for coffee finds beans that call
    themselves espresso above a reading group where coffee is served.
    """
    if len(found) < 2 or not found.scores.max():
        return found, NOTHING
    near = _near(found)
    best = np.flatnonzero(found.scores >= NEARLY * found.scores.max())
    kin = _kinship(wide, categories[best], found.scores[best])
    if kin.max():  # that of one of the best: who is near several of them is no nearer than they are
        factor = (1 - KINSHIP + KINSHIP * kin / kin.max()).astype(np.float32)
        found = Found(found.numbers, found.scores * factor[categories])
    return _parted(found, near, most_weak)


def _kinship(
    wide: NDArray[np.int64], categories: NDArray[np.integer], scores: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Return how much of the scores of some products each category shares, near or far."""
    some = wide[-1, categories] >= 0
    categories, scores = categories[some], scores[some]
    kinship = np.zeros(wide.shape[1])
    for kinds in wide:
        # One more than there are, so that the last one, which is of no kind, has nothing.
        kinship += np.bincount(kinds[categories], scores, len(kinds) + 1)[kinds]
    return kinship


def _parted(found: Found, near: Mask, most_weak: int) -> tuple[Found, Found]:
    """Part what was meant from what is far off, and from all but the best of what is weak.

    Of weak ones that are equally good all stay or none, for none is to be preferred by chance.
    """
    share = found.scores / found.scores.max()
    weak = share[near & (share >= LEAST_AMONG_KIN) & (share < WEAK)]
    least = LEAST_AMONG_KIN
    if len(weak) > most_weak:
        least = np.nextafter(np.partition(weak, -most_weak - 1)[-most_weak - 1], np.float32(1))
    meant = near & (share >= least)
    many = np.count_nonzero(meant) >= PLENTY
    return found.only(meant), NOTHING if many else found.only(~meant & (share >= FURTHEST))


def _near(found: Found) -> Mask:
    """Tell which products are not much worse than the best one."""
    near: Mask = found.scores >= LEAST_SCORE * found.scores.max(initial=0)
    return near


def _worthy(found: Found) -> Found:
    """Leave out the products that are much worse than the best one, and where few are not, those
    that are so by far.
    """
    near = _near(found)
    if np.count_nonzero(near) >= PLENTY:
        return found.only(near)
    return found.only(found.scores >= FURTHEST * found.scores.max(initial=0))


def _every(answers: Sequence[Found]) -> Found:
    common = intersection(answers)
    if len(common) == 1:
        return common[0]
    scores = common[0].scores + common[1].scores
    for each in common[2:]:
        scores += each.scores
    return Found(common[0].numbers, scores)


def _most(answers: Sequence[Found]) -> Found:
    """Return the products that answer enough of the needs that anything answers at all.

    What each says counts by the share of the needs it answers, so that those with all stand above,
    and those with little far below.
    """
    told = [float(each.scores.max()) if len(each) else 0.0 for each in answers]
    shares = [
        Found(each.numbers, np.full(len(each), best / (sum(told) or 1), np.float32))
        for each, best in zip(answers, told, strict=True)
    ]
    some, share = total(answers), total(shares)
    return Found(some.numbers, some.scores * share.scores).only(share.scores >= LEAST_SHARE)
