"""What leaves the catalogue: a file for a webshop, shelves open to everybody, one on a web site."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.models import PersonRole
from catalogue.core.who import Role, Who
from catalogue.exchange.embed import service as embed
from catalogue.exchange.embed.schema import Terms
from catalogue.exchange.feeds import service as feeds
from catalogue.search.public import service as shelves

if TYPE_CHECKING:
    from .load import World

SLAGELSE = "0330"
# About half of those that have products: visitors have something to see, and not all.
OPEN = (
    "legehytten", "bevar", "sumak", "veteranhaven", "sterk", "glad-design", "beeliving",
    "place-de-bleu", "allehaande", "salling-genbyg", "re-cykel",
)  # fmt: skip


def show(session: Session, world: World) -> None:
    """Open some shelves, and let Slagelse have its file and show one of them."""
    for key in OPEN:
        maker = Who(role=Role.ENTERPRISE, enterprise_id=world.enterprises[key].id)
        shelves.open_shelf(session, maker, world.now)
    home = world.municipalities[SLAGELSE]
    staff = select(PersonRole.person_id).where(
        PersonRole.role == Role.STAFF, PersonRole.municipality_id == home.id
    )
    who = Who(person_id=session.scalars(staff).first(), role=Role.STAFF, municipality_id=home.id)
    feeds.create(session, who, replace(feeds.usual(), name="Varer til webshoppen"), world.now)
    sites = Terms(world.enterprises["legehytten"].id, ["https://www.slagelse.example"])
    embed.create(session, who, sites, world.now)
