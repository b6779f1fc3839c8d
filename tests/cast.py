"""The cast of the tests: municipalities, enterprises, persons, products and agreements.

Each builder writes one row with sensible facts and returns it flushed; give only what matters.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from argon2 import PasswordHasher
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session
from stdnum.dk import cvr

from catalogue.accounts.models import Municipality, Person, PersonRole, SignIn
from catalogue.agreements.models import Agreement, AgreementCategory, AgreementKind, Category
from catalogue.agreements.rules import prefix
from catalogue.core.db import Database
from catalogue.core.text import fold
from catalogue.core.who import Role, Who
from catalogue.enterprises.models import Enterprise, EnterpriseState
from catalogue.media.models import Image
from catalogue.products.models import Product, ProductImage, ProductKind, ProductState, Unit
from catalogue.search.models import Demand, DemandAnswer

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
TODAY = date(2026, 11, 24)
PASSWORD = "et langt kodeord"
GLN = "5798009811578"  # of the public OIOUBL examples
PLAY_HOUSES = "37535200"
GIFTS = "18530000"
_CODES = {"Slagelse": "0330", "Kolding": "0621", "Vejle": "0630", "Næstved": "0370",
          "Sorø": "0340"}  # fmt: skip
_numbers = count(1)
_cvrs = (number for number in map(str, range(10000000, 99999999)) if cvr.is_valid(number))
# Cheap parameters: the tests are about our code, not about the cost of argon2.
_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def municipality(session: Session, name: str = "Slagelse", **facts: Any) -> Municipality:
    """Return the municipality of that name, made on first asking."""
    found = session.scalars(select(Municipality).where(Municipality.name == name)).first()
    if found is None:
        code = _CODES.get(name) or f"9{next(_numbers) % 1000:03d}"
        values = {"region": "Sjælland", "cvr": next(_cvrs), "is_member": True} | facts
        found = Municipality(code=code, name=name, **values)
        session.add(found)
        session.flush()
    return found


def enterprise(session: Session, name: str = "Legehytten", **facts: Any) -> Enterprise:
    """Make an enterprise; verified unless `state` says otherwise."""
    home = facts.pop("municipality", None) or municipality(session, "Kolding")
    values = {
        "cvr": next(_cvrs),
        "legal_form": "ApS",
        "street": "Bredgade 1",
        "postcode": "6000",
        "city": "Kolding",
        "municipality_id": home.id,
        "reviewer_id": home.id,
        "email": f"post@{fold(name).replace(' ', '-')}.example",
        "social_purpose": "Arbejde til mennesker på kanten af arbejdsmarkedet.",
        "state": EnterpriseState.VERIFIED,
        "verified_until": TODAY + timedelta(days=300),
        "created_at": NOW,
        "updated_at": NOW,
    } | facts
    made = Enterprise(name=name, name_folded=fold(name), **values)
    session.add(made)
    session.flush()
    return made


def person(session: Session, name: str = "Mette Holm", **facts: Any) -> Person:
    """Make a person without a role; her password is `PASSWORD`."""
    email = facts.pop("email", f"person{next(_numbers)}@demo.example")
    values = {"password_hash": _HASH, "created_at": NOW} | facts
    made = Person(name=name, email=email, email_folded=email.casefold(), **values)
    session.add(made)
    session.flush()
    return made


def role(
    session: Session,
    holder: Person,
    kind: Role,
    *,
    municipality: Municipality | None = None,
    enterprise: Enterprise | None = None,
) -> PersonRole:
    """Give `holder` a role."""
    made = PersonRole(
        person_id=holder.id,
        role=kind,
        municipality_id=municipality.id if municipality else None,
        enterprise_id=enterprise.id if enterprise else None,
    )
    session.add(made)
    session.flush()
    return made


def buyer(session: Session, at: Municipality | None = None, **facts: Any) -> Person:
    """Make a buyer, in Slagelse unless `at` says otherwise."""
    made = person(session, **facts)
    role(session, made, Role.BUYER, municipality=at or municipality(session))
    return made


def staff(session: Session, at: Municipality | None = None, **facts: Any) -> Person:
    """Make a member of procurement staff, in Slagelse unless `at` says otherwise."""
    made = person(session, **({"name": "Jens Kruse"} | facts))
    role(session, made, Role.STAFF, municipality=at or municipality(session))
    return made


def worker(session: Session, of: Enterprise, **facts: Any) -> Person:
    """Make a person who acts for the enterprise `of`."""
    made = person(session, **({"name": "Sanne Lind"} | facts))
    role(session, made, Role.ENTERPRISE, enterprise=of)
    return made


def administrator(session: Session) -> Person:
    """Make an administrator of the installation."""
    made = person(session, "Ada Min")
    role(session, made, Role.ADMINISTRATOR)
    return made


def who(session: Session, holder: Person) -> Who:
    """Return the identity of `holder` in her first role, as a request would carry it."""
    held = session.scalars(
        select(PersonRole).where(PersonRole.person_id == holder.id).order_by(PersonRole.id)
    ).first()
    assert held is not None
    return Who(
        person_id=holder.id,
        name=holder.name,
        email=holder.email,
        role=Role(held.role),
        role_id=held.id,
        municipality_id=held.municipality_id,
        enterprise_id=held.enterprise_id,
    )


def category(session: Session, code: str = PLAY_HOUSES, label: str = "") -> Category:
    """Return the category of that code, made on first asking with those above it."""
    found = session.get(Category, code)
    if found is not None:
        return found
    above = prefix(code)[:-1]
    parent = category(session, above.ljust(8, "0")) if len(above) >= 2 else None
    found = Category(
        code=code,
        prefix=prefix(code),
        parent_code=parent.code if parent else None,
        level=len(prefix(code)) - 2,
        label_da=label or f"Kategori {code}",
        label_en=label or f"Category {code}",
    )
    session.add(found)
    session.flush()
    return found


def image(session: Session, of: Enterprise, **facts: Any) -> Image:
    """Make the row of an image; no file stands behind it."""
    values = {
        "sha256": f"{next(_numbers):064x}",
        "width": 1280,
        "height": 960,
        "size_bytes": 1000,
        "source_format": "jpeg",
        "created_at": NOW,
    } | facts
    made = Image(enterprise_id=of.id, **values)
    session.add(made)
    session.flush()
    return made


def product(
    session: Session, of: Enterprise, title: str = "Legehus i lærk", **facts: Any
) -> Product:
    """Make a published product with one described picture, in `category_code` (play houses)."""
    code = facts.pop("category_code", PLAY_HOUSES)
    if code is not None:
        category(session, code)
    values = {
        "item_number": f"V-{next(_numbers)}",
        "kind": ProductKind.GOODS,
        "summary": "Et solidt legehus til børn.",
        "description": "Bygget på eget værksted af dansk lærk og leveret samlet.",
        "unit": Unit.PIECE,
        "price_ore": 1_250_000,
        "delivery_days": 21,
        "state": ProductState.PUBLISHED,
        "version": 1,
        "published_at": NOW,
        "created_at": NOW,
        "updated_at": NOW,
    } | facts
    made = Product(enterprise_id=of.id, title=title, category_code=code, **values)
    made.images = [ProductImage(image_id=image(session, of).id, position=1, alt=title)]
    session.add(made)
    session.flush()
    return made


def demand(session: Session, by: Person, at: Municipality, **facts: Any) -> Demand:
    """Make an open demand to all enterprises, unless `enterprise_id` says otherwise."""
    values = {"text": "Legetøj i træ", "created_at": NOW} | facts
    made = Demand(municipality_id=at.id, person_id=by.id, **values)
    session.add(made)
    session.flush()
    return made


def demand_answer(session: Session, to: Demand, by: Enterprise, **facts: Any) -> DemandAnswer:
    """Answer a demand for an enterprise."""
    values = {"text": "Det kan vi lave.", "answered_at": NOW} | facts
    made = DemandAnswer(demand_id=to.id, enterprise_id=by.id, **values)
    session.add(made)
    session.flush()
    return made


def voluntary(session: Session, at: Municipality, with_: Enterprise, **facts: Any) -> Agreement:
    """Make a voluntary agreement in force around TODAY; `categories`: codes (play houses)."""
    return _agreement(session, at, AgreementKind.VOLUNTARY, enterprise_id=with_.id, **facts)


def mandatory(session: Session, at: Municipality, **facts: Any) -> Agreement:
    """Make a mandatory agreement in force around TODAY; `categories`: codes (play houses)."""
    named = {"supplier_name": "Storleverandøren A/S", "where_to_buy": "Bestil i indkøbssystemet."}
    return _agreement(session, at, AgreementKind.MANDATORY, **(named | facts))


def sign_in_as(client: FlaskClient, person: Person, role: PersonRole | None = None) -> None:
    """Sign `person` in on `client`, in `role` or her first one."""
    token = secrets.token_urlsafe(16)
    state = client.application.extensions["catalogue"]
    database: Database = state.database
    with database.transaction() as opened:
        chosen = role or (
            opened.query(PersonRole).filter_by(person_id=person.id).order_by(PersonRole.id).first()
        )
        opened.add(
            SignIn(
                token_hash=hashlib.sha256(token.encode()).hexdigest(),
                person_id=person.id,
                role_id=chosen.id if chosen else None,
                created_at=NOW,
                expires_at=NOW.replace(year=NOW.year + 1),
                used_at=state.clock(),
                device="- -",
            )
        )
    with client.session_transaction() as cookie:
        cookie["catalogue_token"] = token


@contextmanager
def counted_queries(database: Database) -> Iterator[list[str]]:
    """Collect the SQL statements sent within the block (BEGIN and the like not counted)."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.split(" ", 1)[0].upper() in ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH"):
            seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def _agreement(session: Session, at: Municipality, kind: AgreementKind, **facts: Any) -> Agreement:
    codes = facts.pop("categories", [PLAY_HOUSES])
    values = {
        "number": f"A-{next(_numbers):04d}",
        "title": "Aftale",
        "starts_on": TODAY - timedelta(days=100),
        "ends_on": TODAY + timedelta(days=100),
        "created_at": NOW,
        "updated_at": NOW,
    } | facts
    made = Agreement(municipality_id=at.id, kind=kind, **values)
    made.categories = [
        AgreementCategory(category_code=category(session, code).code, prefix=prefix(code))
        for code in codes
    ]
    session.add(made)
    session.flush()
    return made


def examples(number: int, database: Database) -> int:
    """Return how many worlds to draw: a third on PostgreSQL, where the same statements are asked
    of another database; what is right was found out by all of them on SQLite.
    """
    return number if database.is_sqlite else number // 3
