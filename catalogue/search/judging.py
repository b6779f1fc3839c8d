"""Orderability over the pairs of enterprise and category of a catalogue, kept while it holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from catalogue.agreements.rules import InForce, judge

from .engine.columns import Pair
from .engine.postings import Mask

KEPT = 64


@dataclass(frozen=True, eq=False)
class _Judged:
    """The answers for pairs under what was in force, and their mask for the pairs of one `name`."""

    in_force: InForce
    answers: dict[Pair, bool]
    name: Any = None
    mask: Mask | None = None


class Judgements:
    """Which pairs may be ordered: the rule is asked once for each while nothing changes."""

    def __init__(self) -> None:
        self._kept: dict[tuple[int, Any], _Judged] = {}

    def mask(self, in_force: InForce, pairs: Sequence[Pair], name: Any = None) -> Mask:
        """Return the answers in the order of `pairs`; pairs of one `name` are always the same."""
        key = (in_force.municipality_id, in_force.day)
        judged = self._kept.get(key)
        if judged is None or judged.in_force != in_force:
            judged = _Judged(in_force, {})
        if name is not None and judged.mask is not None and judged.name == name:
            return judged.mask
        lacking = [pair for pair in pairs if pair not in judged.answers]
        answers = judged.answers | {pair: _may_order(in_force, pair) for pair in lacking}
        mask = np.fromiter((answers[pair] for pair in pairs), bool, len(pairs))
        if len(self._kept) >= KEPT:
            self._kept.clear()
        self._kept[key] = _Judged(in_force, answers, name, mask)
        return mask


def _may_order(in_force: InForce, pair: Pair) -> bool:
    enterprise_id, code = pair
    return judge(
        in_force, published=True, enterprise_id=enterprise_id, category_code=code
    ).orderable
