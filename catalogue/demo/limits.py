"""Limits of the world's municipalities, and what its enterprises state of themselves."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from catalogue.agreements.models import Limit
from catalogue.core.text import today_in_copenhagen

if TYPE_CHECKING:
    from .load import World


def bound(session: Session, world: World, content: dict[str, Any]) -> None:
    """Write the limits and statements of the file; a turnover is that of the year before."""
    today = today_in_copenhagen(world.now)
    session.add_all(
        Limit(
            municipality_id=world.municipalities[row["municipality_code"]].id,
            kind=row["kind"],
            value=row["value"],
            valid_from=today + timedelta(days=row["starts_in_days"]),
            source=row["source"],
            entered_at=world.now,
        )
        for row in content["limits"]
    )
    for row in content["statements"]:
        stating = world.enterprises[row["enterprise"]]
        stating.turnover_ore, stating.turnover_year = row["turnover_ore"], today.year - 1
        stating.capacity = row["capacity"]
    session.flush()
