"""What buyers of the world have seen in a year: invented, and always the same."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from catalogue.core.text import fold, today_in_copenhagen
from catalogue.products.models import Product, ProductState
from catalogue.search.count_models import FoundBy, ProductCount, Seen

if TYPE_CHECKING:
    from .load import World

WEEKS = 50
WORDS = {
    "legehytten": {"legehus": 41, "legeplads": 23, "sandkasse": 12, "bænk": 7},
    "bevar": {"gave": 34, "taske": 19, "forklæde": 9},
    "sumak": {"frokost": 52, "smørrebrød": 17, "catering": 11},
}


def look_around(session: Session, world: World) -> None:
    """Write the counts of some enterprises: products in front are seen more, and more each week."""
    today = today_in_copenhagen(world.now)
    for key, words in WORDS.items():
        owner = world.enterprises[key]
        query = select(Product.id).where(
            Product.enterprise_id == owner.id, Product.state == ProductState.PUBLISHED
        )
        for place, product_id in enumerate(session.scalars(query.order_by(Product.id)).all()):
            _count(session, product_id, place, today)
        session.add_all(
            FoundBy(
                enterprise_id=owner.id, month=today.replace(day=1), text=word,
                text_folded=fold(word), times=times,
            )
            for word, times in words.items()
        )  # fmt: skip
    session.flush()


def _count(session: Session, product_id: int, place: int, today: date) -> None:
    rows = []
    for week in range(WEEKS):
        shown = max(1, (WEEKS - week) * 3 // (place + 2) + (week * 7 + place) % 5)
        times = {Seen.SHOWN: shown, Seen.OPENED: shown // 4, Seen.BASKET: shown // 17}
        rows += [
            {"product_id": product_id, "day": today - timedelta(weeks=week), "seen": seen,
             "times": count}
            for seen, count in times.items()
            if count
        ]  # fmt: skip
    session.execute(insert(ProductCount), rows)
