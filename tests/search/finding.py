"""A shelf on which what a Dane expects of words is tried."""

from __future__ import annotations

from typing import Any

import cast
from search import worlds

from catalogue.agreements.rules import InForce
from catalogue.core.db import Database
from catalogue.search import service

GIFTS = cast.GIFTS
SHELF = {
    "legehus": "Legehus i lærk",
    "jubilee": "Jubilæumsgave med kaffe",
    "bench": "Havebænk",
    "garden": "Bænk til haven",
    "task": "Opgave om have",
    "cleaning": "Rengøringshjælp",
    "craft": "Kasse til håndværkere",
    "books": "Bøger til barnet",
    "windmill": "Vindmølle",
    "number": "Kurv",
}


def stocked(database: Database, parts: dict[str, Any]) -> tuple[InForce, dict[str, int]]:
    """Put the shelf into database and index; all may be ordered in Slagelse."""
    with database.transaction() as session:
        seller = cast.enterprise(session, "Allehånde")
        bare = {"summary": "Fast pris.", "description": "Leveres samlet."}
        ids = {
            name: cast.product(
                session,
                seller,
                title,
                item_number="KG-77.1" if name == "number" else name,
                gtin="5701234567899" if name == "number" else None,
                **bare,
            ).id
            for name, title in SHELF.items()
        }
        in_force = worlds.applying(
            cast.municipality(session), voluntary=[(seller.id, cast.PLAY_HOUSES)]
        )
    service.rebuild(database, parts)
    return in_force, ids
