"""Fixtures of all tests: a fresh database per test on every database at hand, and the application.

SQLite always; PostgreSQL too when `CATALOGUE_TEST_POSTGRES_URL` names a server (scripts/test starts
a private one), so that every test that touches the database runs on both.
"""

from __future__ import annotations

import gc
import os
import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from cast import NOW
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from itsdangerous import URLSafeTimedSerializer
from sparing import KeptTemplates, keep_statements, sparing
from sqlalchemy import create_engine, insert, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session
from watching import events_wanted, watch
from xdist.scheduler import LoadScopeScheduling

from catalogue.agreements.models import InForceVersion
from catalogue.core import db, migrations
from catalogue.core.audit import AuditHead
from catalogue.core.chain import START
from catalogue.core.db import Base, Database
from catalogue.core.text import DEFAULT_LOCALE, reading_in
from catalogue.search.postgres.tables import SCHEMA

GROWING = Path(__file__).parents[1] / "scripts/growing"
POSTGRES_URL = os.environ.get("CATALOGUE_TEST_POSTGRES_URL", "")
ENGINES = ["sqlite", "postgresql"] if POSTGRES_URL else ["sqlite"]
# How fast a machine draws examples, and how busy it is meanwhile, says nothing about the program.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")
# For tests that the database makes no difference to, and that take long.
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize(
    "database", [each for each in ENGINES if each == "postgresql"], indirect=True
)
# Pages whose rows come from services and queries, which are tested on both; and on both
# house/test_queries.py draws every page and house/test_audit.py does every deed.
PAGES_ALONE = tuple(
    f"tests/{each}.py"
    for each in (
        "accounts/test_scim", "agreements/test_calendar", "agreements/test_pages",
        "api/test_border", "api/test_tokens",
        "coverage/test_events", "coverage/test_ledger_pages", "coverage/test_yearly_pages",
        "exchange/test_catalogue_pages", "exchange/test_link_limits", "exchange/test_links",
        "exchange/test_mail",
        "exchange/test_punchout_cxml", "exchange/test_punchout_cxml_orders",
        "exchange/test_punchout_oci", "house/test_access",
        "ordering/test_documents", "ordering/test_pages", "ordering/test_quote_pages",
        "products/test_guided_form", "products/test_pages", "products/test_picture_pages",
        "products/test_proposal_pages", "products/test_sent_lists",
        "search/test_kept_words", "search/test_pages", "search/test_product_pages",
        "search/test_words",
    )
)  # fmt: skip
# Tests that share a server take turns in one process: it is started once.
SHARING = ("tests/journeys/", "tests/media/test_store.py", "tests/storing/")


class Shared(LoadScopeScheduling):
    """Hand out tests one by one, but those that share a server to one process, and first."""

    def _split_scope(self, nodeid: str) -> str:
        return next((each for each in SHARING if nodeid.startswith(each)), nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Shared:
    """Tell xdist how tests are handed out."""
    return Shared(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what would draw the same pages on a second database."""
    items[:] = [each for each in items if not _is_drawn_again(each)]


def _is_drawn_again(item: pytest.Item) -> bool:
    params = getattr(getattr(item, "callspec", None), "params", {})
    return item.nodeid.startswith(PAGES_ALONE) and params.get("database") == "postgresql"


def pytest_collection_finish() -> None:
    """Look for garbage seldom, and not among modules and tests: it took a quarter of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(autouse=True)
def danish() -> Iterator[None]:
    """Each test begins in Danish; a request leaves its language to the thread that served it."""
    with reading_in(DEFAULT_LOCALE):
        yield


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with all tables, migrated once and copied for each test."""
    path = tmp_path_factory.mktemp("template") / "empty.sqlite"
    database = Database(f"sqlite:///{path}")
    migrations.upgrade(database)
    keep_statements(database.engine)
    database.dispose()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path


@pytest.fixture(scope="session")
def postgres_url(worker_id: str) -> Iterator[str]:
    """The address of a migrated PostgreSQL database of this test process's own."""
    name = f"catalogue_{worker_id}_{secrets.token_hex(4)}"
    admin = create_engine(POSTGRES_URL, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = make_url(POSTGRES_URL).set(database=name).render_as_string(hide_password=False)
    database = Database(url)
    migrations.upgrade(database)
    keep_statements(database.engine)
    database.dispose()
    yield url
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """The name of this test process: gw0, gw1, … or main."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A fresh migrated database, on each engine in turn."""
    if request.param == "sqlite":
        path = tmp_path / "catalogue.sqlite"
        shutil.copy(request.getfixturevalue("empty_sqlite"), path)
        found = Database(f"sqlite:///{path}")
    else:
        found = Database(request.getfixturevalue("postgres_url"))
    yield found
    if request.param == "postgresql":
        _empty(found)
    found.dispose()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A writing session for tests of services; `client` would wait for it, so use one of them."""
    with database.transaction() as opened:
        yield opened


class CatalogueClient(FlaskClient):
    """A test client that sends the CSRF token with what it posts, as our forms do.

    Whatever it posts, in any test, must leave an event of the audit when it changes rows.
    """

    without_csrf = False

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Send a request; a POST carries the token unless `without_csrf` is set."""
        if kwargs.get("method", "GET") in ("GET", "HEAD"):
            return super().open(*args, **kwargs)
        if not self.without_csrf:
            headers = dict(kwargs.pop("headers", None) or {})
            headers.setdefault("X-CSRF-Token", self._token())
            kwargs["headers"] = headers
        with events_wanted(str(args[0]) if args else ""):
            return super().open(*args, **kwargs)

    def _token(self) -> str:
        with self.session_transaction() as cookie:
            raw = cookie.setdefault("catalogue_csrf", secrets.token_hex(20))
        signer = URLSafeTimedSerializer(self.application.secret_key, salt="wtf-csrf-token")
        return str(signer.dumps(raw))


@pytest.fixture(scope="session", autouse=True)
def spared() -> Iterator[None]:
    """What this test process has compiled before is not compiled again."""
    with sparing():
        yield


@pytest.fixture(scope="session", autouse=True)
def hurry() -> Iterator[None]:
    """Wait for no disk: what a test writes need not outlive a power cut (PostgreSQL: fsync=off)."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(db, "ON_WRITING", "OFF")
        patch.setattr(db, "ON_NOTING", "OFF")
        yield


@pytest.fixture(scope="session")
def kept_templates() -> KeptTemplates:
    """The templates that were compiled in this test process."""
    return KeptTemplates()


@pytest.fixture
def app_settings() -> dict[str, str]:
    """What a module wants otherwise than by default."""
    return {}


@pytest.fixture(scope="session")
def bucket_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A real server of S3, as settings name it."""
    with ExitStack() as held:
        patch = held.enter_context(pytest.MonkeyPatch.context())
        patch.syspath_prepend(str(GROWING))
        import bucket

        for name, key in bucket.KEYS.items():
            patch.setenv(name, key)
        try:
            told = held.enter_context(bucket.bucket(tmp_path_factory.mktemp("s3") / "bucket"))
        except bucket.CannotGrow as error:
            pytest.skip(str(error))
        yield told


@pytest.fixture
def bucket(bucket_server: dict[str, str]) -> dict[str, str]:
    """An empty bucket on it."""
    from catalogue.core.bucket import open_bucket

    found = open_bucket(
        bucket_server["CATALOGUE_MEDIA_BUCKET"], bucket_server["CATALOGUE_MEDIA_ENDPOINT"]
    )
    for name, _at in list(found.list_all()):
        found.remove(name)
    return bucket_server


@pytest.fixture
def app(
    database: Database, tmp_path: Path, kept_templates: KeptTemplates, app_settings: dict[str, str]
) -> Iterator[Flask]:
    """Our own application on the fresh database; its clock stands at `cast.NOW`."""
    from catalogue.app import create_app

    made = create_app(
        {
            "CATALOGUE_DATA_FOLDER": str(tmp_path / "data"),
            "CATALOGUE_DATABASE_URL": database.url.render_as_string(hide_password=False),
            "CATALOGUE_SECRET_KEY": "a secret of the tests",
            **app_settings,
        },
        clock=lambda: NOW,
    )
    made.test_client_class = CatalogueClient
    state = made.extensions["catalogue"]
    state.templates.bytecode_cache = kept_templates
    state.database.dispose()
    state.database = database
    watch(database)
    yield made


@pytest.fixture
def client(app: Flask) -> CatalogueClient:
    """A browser without JavaScript, nobody signed in."""
    opened = app.test_client()
    assert isinstance(opened, CatalogueClient)
    return opened


def _empty(database: Database) -> None:
    """Take out all rows, of the tables that have some: emptying a hundred takes half a second."""
    tables = [table.name for table in Base.metadata.sorted_tables]
    asked = " UNION ALL ".join(
        f"SELECT '{each}' WHERE EXISTS (SELECT FROM {each})" for each in tables
    )
    with database.transaction() as opened:
        # Neither foreign keys nor the triggers that guard the audit are asked.
        opened.execute(text("SET LOCAL session_replication_role = replica"))
        opened.execute(text(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"))  # the index of a test
        for name in opened.scalars(text(asked)).all():
            opened.execute(text(f"DELETE FROM {name}"))
        opened.execute(text("SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S'"))
        opened.execute(insert(AuditHead).values(id=1, last=0, digest=START.digest))
        opened.execute(insert(InForceVersion).values(id=1, number=1))
