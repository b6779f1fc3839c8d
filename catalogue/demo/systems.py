"""Other systems of Slagelse, as its staff see them: a purchasing system, and its own sign-in.

Nobody has the key of the one, and the other is not opened: nothing stands at their addresses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts import outside_providers
from catalogue.accounts.models import PersonRole
from catalogue.accounts.outside_rules import Line
from catalogue.accounts.outside_schema import Terms as SignInTerms
from catalogue.core.fetching import Bounds
from catalogue.core.who import Role, Who
from catalogue.exchange import punchout_connections
from catalogue.exchange.punchout_models import Encoding, Kind
from catalogue.exchange.punchout_schema import Terms

from .trade import DELIVERY_GLN

if TYPE_CHECKING:
    from .load import World

SLAGELSE = "0330"


def connect(session: Session, world: World) -> None:
    """Connect one to Slagelse."""
    who = _staff(session, world)
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


def set_up_sign_in(session: Session, world: World) -> None:
    """Set the sign-in of Slagelse up, with what gives which role."""
    who = _staff(session, world)
    terms = SignInTerms(
        issuer="https://login.slagelse.example",
        client_id="indkoebskatalog",
        client_secret=None,
        scopes="openid profile email groups",
        cvr_claim=None,
        acr_values=None,
        amr_values=None,
        vouches_for_email=False,
        may_create=True,
        is_open=False,
    )
    outside_providers.save(session, who, terms, ("", Bounds(0, 0)), world.now)
    lines = [
        Line("groups", "Indkøbskatalog-bestillere", (Role.BUYER,)),
        Line("groups", "Indkøbskatalog-godkendere", (Role.BUYER, Role.APPROVER)),
        Line("groups", "Indkøbsafdelingen", (Role.STAFF,)),
        Line("department", "Den Lille Skole", (Role.BUYER,), DELIVERY_GLN),
    ]
    outside_providers.map_roles(session, who, lines, world.now)


def _staff(session: Session, world: World) -> Who:
    home = world.municipalities[SLAGELSE]
    staff = select(PersonRole.person_id).where(
        PersonRole.role == Role.STAFF, PersonRole.municipality_id == home.id
    )
    return Who(person_id=session.scalars(staff).first(), municipality_id=home.id)
