"""The products at one moment: what stands in lists, and beside it what was saved since."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from catalogue.core.kept import Kept

from ..engine import columns
from ..engine.columns import Columns, Pairs
from ..engine.postings import Found, Mask
from ..terms import Groups
from .fresh import Fresh, Said, Spoken
from .standing import Lists, Standing

KEPT_ANSWERS_BYTES, KEPT_PARTS_BYTES = 32 * 2**20, 8 * 2**20


class Moment:
    """The products until somebody saves one, and what was asked of them. Threads share it.

    Those that stood have the first numbers, the fresh ones those after `standing.size`.
    """

    def __init__(self, standing: Standing, fresh: Fresh, spoken: Spoken) -> None:
        self.standing, self.spoken, self.token = standing, spoken, fresh.token
        self.size = standing.size + len(fresh.records)
        stood = standing.live & ~np.isin(standing.records["product_id"], fresh.ids)
        self.columns: Columns = columns.assemble(
            [(standing.records, standing.pairs), (fresh.records, Pairs(fresh.records))],
            np.concatenate([stood, np.ones(len(fresh.records), bool)]),
        )
        self.answers, self.parts = Kept(KEPT_ANSWERS_BYTES), Kept(KEPT_PARTS_BYTES)

    def to_us(self, stood: Mask, fresh: Mask) -> Mask:
        """Return which products are delivered to us, from who of both is delivered here alone."""
        to_us: Mask = self.columns.everywhere | np.concatenate([stood, fresh])
        return to_us


class Source:
    """A moment as it is matched with one plan: `matching.Source`."""

    def __init__(self, moment: Moment, lists: Lists, said: Said) -> None:
        self.columns, self.size, self.parts = moment.columns, moment.size, moment.parts
        self._lists, self._said, self._before = lists, said, moment.standing.size

    def near(self, groups: Groups) -> Found:
        """Return the products where a term of each group stands near the others."""
        return self._both(self._lists.near, self._said.near, groups)

    def in_order(self, groups: Groups) -> Found:
        """Return the products where terms, one of each group, stand one after another."""
        return self._both(self._lists.in_order, self._said.in_order, groups)

    def _both(
        self, stood: Callable[[Any], Found], fresh: Callable[[Any], Found], groups: Groups
    ) -> Found:
        first, second = stood(groups), fresh(groups)
        if not len(second):
            return first
        return Found(
            np.concatenate([first.numbers, second.numbers + np.int32(self._before)]),
            np.concatenate([first.scores, second.scores]),
        )
