"""Counting what buyers see: one statement for a page of hits, so that it costs next to nothing.

It is told its rows as parameters: with them as its values it would be written anew each time, which
takes longer than to run it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.among import among
from catalogue.core.db import Base, ask, insert_on
from catalogue.core.text import fold, today_in_copenhagen
from catalogue.products.models import Product

from .count_models import FoundBy, ProductCount, Seen


@dataclass(frozen=True)
class Shown:
    """A text that showed products, and when."""

    text: str
    product_ids: Collection[int]
    at: datetime


def note_seen(session: Session, product_ids: Collection[int], seen: Seen, now: datetime) -> None:
    """Count that a buyer came so far with products. One statement."""
    note_counts(session, {(each, today_in_copenhagen(now), seen): 1 for each in product_ids})


def note_counts(session: Session, counts: Mapping[tuple[int, date, Seen], int]) -> None:
    """Count how often buyers came so far with a product on a day. One statement.

    In the order of their numbers, so that two who note the same products wait for each other once
    and not crosswise.
    """
    rows = [
        {"product_id": product_id, "day": day, "seen": seen, "times": times}
        for (product_id, day, seen), times in sorted(counts.items())
    ]
    if rows:
        ask(session, _counted(session.get_bind().dialect.name, ProductCount), rows)


def note_words(session: Session, shown: Sequence[Shown]) -> None:
    """Count that texts showed products, each once for each of their enterprises. Two statements.

    The texts are ones that `asked.note` took: short, and without what looks like a person.
    """
    product_ids = sorted({each for text in shown for each in text.product_ids})
    owners = dict(map(tuple, ask(session, _owners(), {"product_ids": product_ids})))
    written, times = {}, Counter[tuple[int, date, str]]()
    for each in shown:
        month, key = today_in_copenhagen(each.at).replace(day=1), fold(each.text)
        written[key] = " ".join(each.text.split())
        shops = {owners[product_id] for product_id in each.product_ids if product_id in owners}
        times.update((shop, month, key) for shop in shops)
    rows = [
        {"enterprise_id": shop, "month": month, "text_folded": key, "text": written[key],
         "times": often}
        for (shop, month, key), often in sorted(times.items())
    ]  # fmt: skip
    if rows:
        ask(session, _counted(session.get_bind().dialect.name, FoundBy), rows)


@cache
def _owners() -> Any:
    return select(Product.id, Product.enterprise_id).where(among(Product.id, "product_ids"))


@cache
def _counted(dialect: str, table: type[ProductCount | FoundBy]) -> Any:
    """Return the statement that writes a row, or counts so many more where it is."""
    rows = Base.metadata.tables[table.__tablename__]  # mapping objects would take its time
    made = insert_on(dialect, rows)
    return made.on_conflict_do_update(
        index_elements=list(rows.primary_key), set_={"times": rows.c.times + made.excluded.times}
    )
