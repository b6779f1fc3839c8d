"""The rows behind a figure of the ledger, a page at a time, beside the sums of all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from . import ledger_queries, ledger_sums
from .ledger_sets import Sought
from .ledger_sums import Sum


@dataclass(frozen=True)
class Opened:
    """The sum of all rows, and a page of them with `category_code` and `bought`."""

    total: Sum
    rows: list[Any]


def read(session: Session, municipality_id: int, sought: Sought, limit: int, offset: int) -> Opened:
    """Return the rows asked for, the latest first. Two queries, three for other suppliers.

    Those of few suppliers are summed up by day: a page is looked for among all rows of its days.
    """
    sums = ledger_sums.by_day if sought.of_few else ledger_sums.by_month
    spans = sums(session, municipality_id, sought)
    part, start = ledger_sums.narrowed(sought, spans, limit, offset)
    rows = ledger_queries.list_rows(session, municipality_id, part, limit, start)
    return Opened(sum(spans.values(), Sum()), rows)
