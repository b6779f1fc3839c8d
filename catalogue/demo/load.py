"""Load the demonstration world into an empty installation, in one transaction.

Dates of agreements and orders are relative to the day of loading. What the files say of real
firms beyond their names is invented, and every row is marked as demonstration data.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality, Person, PersonRole
from catalogue.agreements.models import Agreement, AgreementCategory
from catalogue.agreements.rules import prefix
from catalogue.core.http import State
from catalogue.core.text import fold, today_in_copenhagen
from catalogue.core.who import Role, Who
from catalogue.enterprises import service as enterprises
from catalogue.enterprises.models import (
    Criterion,
    Enterprise,
    EnterpriseCriterion,
    EnterpriseState,
    RegisterFact,
    RegisterStatus,
)

from . import (
    approvals,
    books,
    buyers,
    costs,
    demands,
    effects,
    families,
    hooks,
    limits,
    messages,
    outward,
    people,
    quotes,
    seen,
    shelf,
    standing,
    systems,
    trace,
    trade,
    turns,
)
from .drawing import Drawn, draw_all

DATA = Path(__file__).parent / "data"
PASSWORD = "indkøb-2026"  # noqa: S105 - shown at start; the demonstration world guards nothing
Progress = Callable[[int, int], None]


@dataclass
class World:
    """What is loaded so far, by the names the data files use."""

    now: datetime
    municipalities: dict[str, Municipality]
    enterprises: dict[str, Enterprise] = field(default_factory=dict)
    persons: dict[str, Person] = field(default_factory=dict)
    told: list[dict[str, Any]] = field(default_factory=list)  # what more is told of products
    papers: dict[str, Any] = field(default_factory=dict)  # documents, by item number


def load(state: State, now: datetime, progress: Progress) -> bool:
    """Load everything when there is no person yet; return whether anything was loaded."""
    with state.database.reading() as session:
        if session.scalars(select(Person.id).limit(1)).first() is not None:
            return False
    rows = list_products()
    pictures = draw_all(rows, read("enterprises")["enterprises"], progress)
    with state.database.transaction() as session:
        world = World(now, _municipalities(session), told=read("told")["told"])
        world.papers = read("documents")["documents"]
        _enterprises(session, world)
        _people(session, world)
        _agreements(session, world)
        _logos(session, state, world, pictures)
        shelf.stock(session, state.parts["media"], world, rows, pictures)
        families.tell(session, world, read("variants")["families"])
        trade.place_orders(session, world, read("orders")["orders"])
        trace.leave(session, world)
        wanted = read("demands")
        demands.ask_for(session, world, wanted["demands"])
        demands.search_in_vain(session, world, wanted["searches"])
        demands.inquire(session, world, wanted["inquiries"])
        limits.bound(session, world, read("limits"))
        effects.state(session, world, read("effects")["statements"])
        quotes.request(session, world, read("quotes")["requests"])
        people.help_out(session, world)
        seen.look_around(session, world)
        approvals.rule(session, world, read("approvals"))
        turns.take(session, world, read("turns")["orders"])
        buyers.keep(session, world, read("buyers"))
        costs.book(session, world, read("costs"))
        standing.keep(session, world, read("standing"))
        books.keep(session, world)
        messages.talk(session, world, read("messages")["talks"])
        systems.connect(session, world)
        outward.show(session, world)
        systems.set_up_sign_in(session, world)
    with state.database.transaction() as session:  # it is told of nothing that was before it
        hooks.tell(session, state.settings, world)
    return True


def log_ins(state: State) -> list[tuple[str, str]]:
    """List the demonstration persons with their roles in words, buyers first."""
    query = (
        select(Person.email, PersonRole.role, Municipality.name, Enterprise.name)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .outerjoin(Municipality, Municipality.id == PersonRole.municipality_id)
        .outerjoin(Enterprise, Enterprise.id == PersonRole.enterprise_id)
        .where(Person.is_demo)
        .order_by(PersonRole.id)
    )
    roles: dict[str, list[str]] = {}
    with state.database.reading() as session:
        for email, role, municipality, enterprise in session.execute(query):
            roles.setdefault(email, []).append(f"{role} {municipality or enterprise or ''}".strip())
    return [(email, ", ".join(held)) for email, held in roles.items()]


def read(name: str) -> dict[str, Any]:
    """Read one file of the world."""
    content: dict[str, Any] = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    return content


def list_products() -> list[dict[str, Any]]:
    """List the products of all `products*.json` files."""
    names = sorted(path.stem for path in DATA.glob("products*.json"))
    return [row for name in names for row in read(name)["products"]]


def _municipalities(session: Session) -> dict[str, Municipality]:
    members = {row["municipality_code"] for row in read("agreements")["agreements"]}
    found = {each.code: each for each in session.scalars(select(Municipality))}
    for code in members:
        found[code].is_member = True
    return found


def _enterprises(session: Session, world: World) -> None:
    for row in read("enterprises")["enterprises"]:
        state = EnterpriseState(row["state"])
        made = Enterprise(
            cvr=row["cvr"],
            name=row["name"],
            name_folded=fold(row["name"]),
            legal_form=row["legal_form"],
            street=row["street"],
            postcode=row["postcode"],
            city=row["city"],
            municipality_id=world.municipalities[row["municipality_code"]].id,
            reviewer_id=world.municipalities[row["reviewed_by_municipality_code"]].id,
            email=row["email"],
            phone=row["phone"],
            website=row["website"],
            social_purpose=row["social_purpose"],
            story=row["story"],
            state=state,
            verified_until=_verified_until(state, row, world.now),
            decided_at=None if state == EnterpriseState.APPLIED else world.now,
            decision_reason=row.get("decision_reason"),
            is_demo=True,
            created_at=world.now - timedelta(days=400),
            updated_at=world.now,
        )
        made.criteria = [
            EnterpriseCriterion(criterion=Criterion(key), explanation=text)
            for key, text in row["criteria"].items()
        ]
        world.enterprises[row["key"]] = made
    session.add_all(world.enterprises.values())
    session.flush()
    session.add_all(_register_fact(made, world.now) for made in world.enterprises.values())


def _verified_until(state: EnterpriseState, row: dict[str, Any], now: datetime) -> date | None:
    if state not in (EnterpriseState.VERIFIED, EnterpriseState.SUSPENDED):
        return None
    return today_in_copenhagen(now) + timedelta(days=row.get("verified_days_left", 300))


def _register_fact(of: Enterprise, now: datetime) -> RegisterFact:
    return RegisterFact(
        enterprise_id=of.id,
        status=RegisterStatus.NOT_CHECKED,
        checked_on=today_in_copenhagen(now),
        source="Demonstrationsdata: registret er ikke slået op",
    )


def _people(session: Session, world: World) -> None:
    password_hash = PasswordHasher().hash(PASSWORD)  # one hash for all: hashing is slow on purpose
    for row in read("people")["people"]:
        made = Person(
            email=row["email"],
            email_folded=row["email"].casefold(),
            name=row["name"],
            password_hash=password_hash,
            is_demo=True,
            created_at=world.now,
        )
        session.add(made)
        session.flush()
        world.persons[row["email"]] = made
        session.add_all(_role(world, made, held) for held in row["roles"])
    session.flush()


def _role(world: World, holder: Person, held: dict[str, str]) -> PersonRole:
    code, key = held.get("municipality_code"), held.get("enterprise")
    return PersonRole(
        person_id=holder.id,
        role=Role(held["role"]),
        municipality_id=world.municipalities[code].id if code else None,
        enterprise_id=world.enterprises[key].id if key else None,
    )


def _agreements(session: Session, world: World) -> None:
    today = today_in_copenhagen(world.now)
    for row in read("agreements")["agreements"]:
        key = row.get("enterprise")
        made = Agreement(
            municipality_id=world.municipalities[row["municipality_code"]].id,
            kind=row["kind"],
            number=row["number"],
            title=row["title"],
            starts_on=today + timedelta(days=row["starts_in_days"]),
            ends_on=today + timedelta(days=row["ends_in_days"]),
            enterprise_id=world.enterprises[key].id if key else None,
            supplier_name=row.get("supplier_name"),
            where_to_buy=row.get("where_to_buy"),
            reference=row.get("reference"),
            ceiling_ore=row.get("ceiling_ore"),
            contact_name=row.get("contact_name"),
            contact_email=row.get("contact_email"),
            is_demo=True,
            created_at=world.now,
            updated_at=world.now,
        )
        made.categories = [
            AgreementCategory(category_code=code, prefix=prefix(code)) for code in row["categories"]
        ]
        session.add(made)
    session.flush()


def _logos(session: Session, state: State, world: World, pictures: Drawn) -> None:
    for key, made in world.enterprises.items():
        image = shelf.keep(session, state.parts["media"], made, pictures.logos[key], world.now)
        enterprises.set_logo(session, Who(enterprise_id=made.id), image.id, world.now)
