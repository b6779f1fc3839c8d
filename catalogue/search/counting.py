"""Counting what buyers see: one statement for a page of hits, so that it costs next to nothing.

It is told its rows as parameters: with them as its values it would be written anew each time, which
takes longer than to run it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from catalogue.core.db import Base, ask, insert_on
from catalogue.core.text import fold, today_in_copenhagen
from catalogue.products.models import Product

from .count_models import FoundBy, ProductCount, Seen


def note_seen(session: Session, product_ids: Collection[int], seen: Seen, now: datetime) -> None:
    """Count that a buyer came so far with products. One statement.

    In the order of their numbers, so that two who note the same products wait for each other once
    and not crosswise.
    """
    if not product_ids:
        return
    day = today_in_copenhagen(now)
    rows = [
        {"product_id": each, "day": day, "seen": seen, "times": 1}
        for each in sorted(set(product_ids))
    ]
    ask(session, _counted(session.get_bind().dialect.name, ProductCount), rows)


def note_words(session: Session, product_ids: Collection[int], text: str, now: datetime) -> None:
    """Count that a text showed products, once for each of their enterprises. Two statements.

    The text is one that `asked.note` took: short, and without what looks like a person.
    """
    owners = ask(session, _owners(), {"product_ids": list(product_ids)}).scalars()
    shown, month = " ".join(text.split()), today_in_copenhagen(now).replace(day=1)
    rows = [
        {"enterprise_id": each, "month": month, "text_folded": fold(text), "text": shown,
         "times": 1}
        for each in sorted(owners)
    ]  # fmt: skip
    if rows:
        ask(session, _counted(session.get_bind().dialect.name, FoundBy), rows)


@cache
def _owners() -> Any:
    product_ids: Any = bindparam("product_ids", expanding=True)
    return select(Product.enterprise_id).where(Product.id.in_(product_ids)).distinct()


@cache
def _counted(dialect: str, table: type[ProductCount | FoundBy]) -> Any:
    """Return the statement that writes a row, or counts one more where it is."""
    rows = Base.metadata.tables[table.__tablename__]  # mapping objects would take its time
    return insert_on(dialect, rows).on_conflict_do_update(
        index_elements=list(rows.primary_key), set_={"times": rows.c.times + 1}
    )
