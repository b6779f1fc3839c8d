"""A purchasing system that is connected, as its municipality's staff see it; nobody has its key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.models import PersonRole
from catalogue.core.who import Role, Who
from catalogue.exchange import punchout_connections
from catalogue.exchange.punchout_models import Encoding, Kind
from catalogue.exchange.punchout_schema import Terms

if TYPE_CHECKING:
    from .load import World

SLAGELSE = "0330"


def connect(session: Session, world: World) -> None:
    """Connect one to Slagelse."""
    home = world.municipalities[SLAGELSE]
    staff = select(PersonRole.person_id).where(
        PersonRole.role == Role.STAFF, PersonRole.municipality_id == home.id
    )
    who = Who(person_id=session.scalars(staff).first(), municipality_id=home.id)
    terms = Terms(
        name="Indkøbssystemet",
        kind=Kind.OCI,
        identity="slagelse",
        return_hosts=["indkoeb.slagelse.example"],
        frame_origins=["https://indkoeb.slagelse.example"],
        encoding=Encoding.URLENCODED,
        contact_email="indkoeb@slagelse.example",
        gln=None,
        news_url=None,
    )
    punchout_connections.create(session, who, terms, world.now)
