"""What the world's enterprises state of their effect: much, little, or nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from catalogue.core.text import today_in_copenhagen
from catalogue.enterprises.effect_models import EffectStatement

if TYPE_CHECKING:
    from .load import World


def state(session: Session, world: World, rows: list[dict[str, Any]]) -> None:
    """Write the statements of the file; `years_ago` is counted from the year of loading."""
    this_year = today_in_copenhagen(world.now).year
    for row in rows:
        session.add(
            EffectStatement(
                enterprise_id=world.enterprises[row["enterprise"]].id,
                year=this_year - row["years_ago"],
                stated_at=world.now - timedelta(days=row["stated_days_ago"]),
                **row["stated"],
            )
        )
    session.flush()
