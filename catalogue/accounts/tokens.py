"""The verbs of tokens: make one, show it once, revoke it, and tell who holds one.

The secret of a token has 256 bits by chance, so that its plain hash is enough to keep.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, delete, false, or_, select
from sqlalchemy.orm import Session

from catalogue.core import audit
from catalogue.core.db import Base, insert_on
from catalogue.core.errors import Invalid, Missing
from catalogue.core.text import Text, today_in_copenhagen
from catalogue.core.text import lazy as _
from catalogue.core.who import Bearer, Role, Who

from . import passwords
from . import token_rules as rules
from .models import Municipality, Person
from .queries import enterprises_table, hash_of
from .rules import ROLE_NAMES
from .token_models import ApiPass, ApiToken, ApiUse

TOKEN_PREFIX, PASS_PREFIX = "kat_", "katpas_"


@dataclass(frozen=True)
class Wanted:
    """A token as it is asked for. For a system: its role and whom its mail goes to, else None."""

    name: str
    scopes: Collection[str]
    days: int
    system_role: Role | None = None
    email: str | None = None


@dataclass(frozen=True)
class Listed:
    """A token as its owners read it."""

    token: ApiToken
    maker: str
    stage: rules.Stage
    used_at: datetime | None  # to the minute


@dataclass(frozen=True)
class Pass:
    """A pass that a system got, with what it is for."""

    secret: str
    scopes: str


def create(session: Session, who: Who, wanted: Wanted, now: datetime) -> tuple[ApiToken, str]:
    """Make a token for `who` herself or for a system; return it with its secret, told only now.

    Raises Invalid by field.
    """
    _check(who, wanted)
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    person_id = who.person_id if wanted.system_role is None else _system(session, wanted, now).id
    made = ApiToken(
        name=wanted.name,
        token_hash=hash_of(secret),
        ends_with=secret[-4:],
        person_id=person_id,
        role_id=who.role_id if wanted.system_role is None else None,
        role=wanted.system_role or who.role,
        municipality_id=who.municipality_id,
        enterprise_id=who.enterprise_id,
        scopes=" ".join(each for each in rules.SCOPES if each in wanted.scopes),
        created_by=who.person_id,
        created_at=now,
        expires_at=now + timedelta(days=wanted.days),
    )
    session.add(made)
    session.flush()
    _record(session, who, "token.created", made, audit.changes({}, _facts(made)), now)
    return made, secret


def revoke(session: Session, who: Who, token_id: int, now: datetime) -> ApiToken:
    """Take a token back, at once and for good; raises Missing. Revoked already: no change."""
    query = select(ApiToken).where(ApiToken.id == token_id, _visible_to(who)).with_for_update()
    found = session.scalars(query).first()
    if found is None:
        raise Missing(_("There is no such access key."))
    if found.revoked_at is None:
        found.revoked_at = now
        _record(session, who, "token.revoked", found, audit.changes(_facts(found), {}), now)
    return found


def list_tokens(session: Session, who: Who, now: datetime) -> list[Listed]:
    """List one's own tokens in the present role and those of the place's systems, newest first."""
    query = (
        select(ApiToken, Person.name, ApiUse.minute)
        .join(Person, Person.id == ApiToken.created_by)
        .outerjoin(ApiUse, ApiUse.token_id == ApiToken.id)
        .where(_visible_to(who))
        .order_by(ApiToken.id.desc())
    )
    return [
        Listed(
            token, maker,
            rules.stage(now, expires_at=token.expires_at, revoked_at=token.revoked_at),
            None if minute is None else datetime.fromtimestamp(minute * 60, UTC),
        )
        for token, maker, minute in session.execute(query)
    ]  # fmt: skip


def find_bearer(session: Session, secret: str, limit: int, now: datetime) -> Bearer | None:
    """Tell who holds a token or a pass, and count the request; two statements."""
    query = _holders_by_pass() if secret.startswith(PASS_PREFIX) else _holders_by_token()
    row = session.execute(query, {"token_hash": hash_of(secret), "now": now}).first()
    if row is None:
        return None
    used = _count(session, row.ApiToken.id, now)
    return Bearer(
        _who(row), row.ApiToken.id, frozenset(row.granted.split()), limit, limit - used,
        rules.seconds_left(now),
    )  # fmt: skip


def give_pass(
    session: Session, client: str, secret: str, scopes: Sequence[str], now: datetime
) -> Pass | None:
    """Return a pass for the credentials of a system; None when they are not right.

    Without `scopes` it has all of the token's. Raises Invalid for one that the token lacks.
    """
    token_id = rules.token_id_of(client)
    query = _holders_by_token().where(ApiToken.id == token_id, ApiToken.role_id.is_(None))
    row = session.execute(query, {"token_hash": hash_of(secret), "now": now}).first()
    if row is None:
        return None
    granted = row.granted.split()
    if lacking := sorted(set(scopes) - set(granted)):
        text = _("The token lacks the scope %(scope)s.", scope=" ".join(lacking))
        raise Invalid({"scope": [text]})
    own = ApiPass.token_id == row.ApiToken.id
    session.execute(delete(ApiPass).where(own, ApiPass.expires_at <= now))
    made = PASS_PREFIX + secrets.token_urlsafe(32)
    told = " ".join(scopes or granted)
    expires_at = now + rules.PASS_FOR
    session.add(
        ApiPass(
            token_hash=hash_of(made), token_id=row.ApiToken.id, scopes=told, expires_at=expires_at
        )
    )
    return Pass(made, told)


def _check(who: Who, wanted: Wanted) -> None:
    allowed = rules.scopes_for(who.role, wanted.system_role)
    problems: dict[str, list[Any]] = {}
    if not wanted.scopes or not allowed:
        problems["scopes"] = [_("Choose what the access key is for, among what its role may do")]
    elif excess := [each for each in wanted.scopes if each not in allowed]:
        problems["scopes"] = [_excess(each, wanted.system_role or who.role) for each in excess]
    if wanted.days not in rules.DAYS:
        problems["days"] = [_("Choose how long it shall count")]
    if wanted.system_role is not None and not wanted.email:
        problems["email"] = [_("Write whom mail about what the system does goes to")]
    if problems:
        raise Invalid(problems)


def _excess(scope: str, role: Role | None) -> Text:
    """Say of one scope that the role of the new token has no use for it."""
    what = rules.SCOPES.get(scope, scope)
    name = ROLE_NAMES[role] if role else ""
    return _(
        "“%(what)s” is not for %(role)s: leave it out, or choose another role below",
        what=what, role=name,
    )  # fmt: skip


def _system(session: Session, wanted: Wanted, now: datetime) -> Person:
    """Make the person that a system acts as: nobody can sign in as it, by any password."""
    made = Person(
        email=wanted.email,
        email_folded=f"system:{secrets.token_hex(16)}",
        name=wanted.name,
        password_hash=passwords.NONE,
        is_system=True,
        created_at=now,
    )
    session.add(made)
    session.flush()
    return made


def _visible_to(who: Who) -> ColumnElement[bool]:
    own = and_(ApiToken.person_id == who.person_id, ApiToken.role_id == who.role_id)
    systems: ColumnElement[bool] = false()
    if who.role == Role.STAFF:
        systems = ApiToken.municipality_id == who.municipality_id
    if who.role == Role.ENTERPRISE:
        systems = ApiToken.enterprise_id == who.enterprise_id
    return or_(own, and_(ApiToken.role_id.is_(None), systems))


@cache  # asked by every request: to write the statement takes longer than to answer it
def _holders_by_token() -> Select[Any]:
    query: Select[Any] = _holders().add_columns(ApiToken.scopes.label("granted"))
    return query.where(ApiToken.token_hash == bindparam("token_hash"))


@cache
def _holders_by_pass() -> Select[Any]:
    query: Select[Any] = _holders().add_columns(ApiPass.scopes.label("granted"))
    return query.join(ApiPass, ApiPass.token_id == ApiToken.id).where(
        ApiPass.token_hash == bindparam("token_hash"), ApiPass.expires_at > bindparam("now")
    )


def _holders() -> Any:  # SQLAlchemy 2.0 and 2.1 write the type of this differently
    enterprises = enterprises_table()
    return (
        select(
            ApiToken, Person, Municipality.name.label("municipality"),
            enterprises.c.name.label("enterprise"),
        )
        .join(Person, Person.id == ApiToken.person_id)
        .outerjoin(Municipality, Municipality.id == ApiToken.municipality_id)
        .outerjoin(enterprises, enterprises.c.id == ApiToken.enterprise_id)
        .where(ApiToken.expires_at > bindparam("now"), ApiToken.revoked_at.is_(None))
        .where(Person.disabled_at.is_(None))
    )  # fmt: skip


def _who(row: Any) -> Who:  # a row of `_holders`
    token, person = row.ApiToken, row.Person
    return Who(
        person_id=person.id,
        name=person.name,
        email=person.email,
        locale=person.locale,
        role=Role(token.role),
        role_id=token.role_id,
        municipality_id=token.municipality_id,
        municipality_name=row.municipality or "",
        enterprise_id=token.enterprise_id,
        enterprise_name=row.enterprise or "",
    )


def _count(session: Session, token_id: int, now: datetime) -> int:
    """Count a request of this minute; return how many there are, this one among them."""
    counting = _counting(session.get_bind().dialect.name)
    asked = {"token": token_id, "this_minute": rules.minute_of(now)}
    return int(session.scalar(counting, asked) or 1)


@cache
def _counting(dialect: str) -> Any:
    uses = Base.metadata.tables[ApiUse.__tablename__]  # mapping objects would take its time
    counted = insert_on(dialect, uses).values(
        token_id=bindparam("token"), minute=bindparam("this_minute"), used=1
    )
    used = case((uses.c.minute == counted.excluded.minute, uses.c.used + 1), else_=1)
    again = {"minute": counted.excluded.minute, "used": used}
    statement = counted.on_conflict_do_update(index_elements=[uses.c.token_id], set_=again)
    return statement.returning(uses.c.used)


def _facts(token: ApiToken) -> dict[str, Any]:
    """Return what the audit keeps; what the token is called may name somebody."""
    return {
        "role": token.role,
        "scopes": token.scopes.split(),
        "expires_on": today_in_copenhagen(token.expires_at).isoformat(),
        "system": token.role_id is None,
        "enterprise_id": token.enterprise_id,
    }


def _record(
    session: Session, who: Who, action: str, token: ApiToken, facts: Any, now: datetime
) -> None:
    audit.record(
        session, action, ("token", token.id), person_id=who.person_id, now=now, facts=facts,
        municipality_id=token.municipality_id,
    )  # fmt: skip
