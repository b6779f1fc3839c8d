"""The roles of docs/audit.md: the application's writes events and cannot touch them afterwards."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import POSTGRES_URL
from core.audit_chain import note, prove
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ProgrammingError

from catalogue.core import migrations
from catalogue.core.db import Database

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "audit.md"


@pytest.fixture
def application() -> Iterator[Database]:
    """A database set up as the document says, opened as the application's role."""
    if not POSTGRES_URL:
        pytest.skip("needs PostgreSQL")
    mark = secrets.token_hex(4)
    name = f"catalogue_grants_{mark}"
    roles = {each: f"{each}_{mark}" for each in ("catalogue_owner", "catalogue_app")}
    before, after = re.findall(r"```sql\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.S)
    for role, own in roles.items():
        before, after = before.replace(role, own), after.replace(role, own)
    server = create_engine(POSTGRES_URL, isolation_level="AUTOCOMMIT")
    _run(server, f"CREATE DATABASE {name}")
    url = make_url(POSTGRES_URL).set(database=name)
    inside = create_engine(url, isolation_level="AUTOCOMMIT")
    _run(inside, before)
    owner = Database(_as(url.render_as_string(), roles["catalogue_owner"]))
    migrations.upgrade(owner)
    owner.dispose()
    _run(inside, after)
    inside.dispose()
    opened = Database(_as(url.render_as_string(), roles["catalogue_app"]))
    yield opened
    opened.dispose()
    _run(server, f"DROP DATABASE {name} WITH (FORCE)")
    for own in roles.values():
        _run(server, f"DROP ROLE {own}")
    server.dispose()


def test_application_writes_events_and_cannot_change_them(application: Database) -> None:
    for number in (1, 2):
        with application.transaction() as session:
            note(session, number)
    for statement in (
        "UPDATE catalogue_audit SET person_id = 2",
        "DELETE FROM catalogue_audit",
        "TRUNCATE catalogue_audit",
        "DELETE FROM catalogue_audit_head",
        "ALTER TABLE catalogue_audit DISABLE TRIGGER USER",
        "DROP TRIGGER catalogue_audit_append_only ON catalogue_audit",
    ):
        with (
            pytest.raises(ProgrammingError, match=r"denied|must be owner"),
            application.transaction() as session,
        ):
            session.execute(text(statement))
    assert prove(application).fault is None
    assert prove(application).reached.number == 2


def _run(engine: Engine, statements: str) -> None:
    with engine.connect() as connection:
        for each in filter(None, (part.strip() for part in statements.split(";"))):
            connection.execute(text(each))


def _as(url: str, role: str) -> str:
    return make_url(url).set(username=role).render_as_string(hide_password=False)
