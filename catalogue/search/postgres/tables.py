"""Where the index lies: a schema of its own, which can be dropped and is then built anew.

Each build makes tables of its own number, so that the present ones answer until the new ones are
full. The ones before are dropped by the next build: a reader may still be in them. What stood when
it was built lies in lists; what is saved from then on, in full text beside them, until there is so
much of it that the worker adds it to the lists. What stands in a list never changes.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Select,
    Table,
    Text,
    bindparam,
    cast,
    delete,
    false,
    func,
    insert,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, REGCLASS, TSVECTOR
from sqlalchemy.orm import Session

from ..engine.columns import RECORD

SCHEMA = "catalogue_search"
# Held shared by who indexes what it saves, and alone by a build for the moment it begins in.
SAVING = 7_203_140_001
BUILDING = 7_203_140_002  # held by the one build there is
# What may wait to be sorted into an index of parts after few products were saved, or after many:
# measured, a hundred terms take 0.4 ms where nothing waits, 1 ms beside 128 kB, 13 ms beside 4 MB.
FEW, WAITING_KB, WAITING_OF_MANY_KB = 100, 128, 4_096

_metadata = MetaData(schema=SCHEMA)
builds = Table(
    "builds",
    _metadata,
    Column("number", Integer, primary_key=True),
    Column("name", Text, nullable=False),  # of this build alone, also after a restore
    Column("version", Text, nullable=False),
    Column("known", Text, nullable=False),  # own words of the catalogue, as JSON
    Column("records", LargeBinary),  # facts of the products that stand, in the order of the lists
    Column("list_bytes", BigInteger),  # that all lists have together
    Column("built", Integer),  # how many records there were when it was built
    Column("additions", Integer, nullable=False, default=0),  # how often some were added since
    Column("current", Boolean, nullable=False, default=False),
)


@dataclass(frozen=True)
class Build:
    """One index: its tables by its number, and a name that no other one ever has."""

    number: int
    name: str

    @cached_property
    def products(self) -> Table:
        """What was saved since: facts and words of each product; neither once it is withdrawn.

        What was added to the lists stays until the next addition: a search may be in the midst.
        """
        name = f"products_{self.number}"
        return Table(
            name,
            MetaData(schema=SCHEMA),
            Column("product_id", BigInteger, primary_key=True, autoincrement=False),
            Column("facts", LargeBinary),
            Column("delivers", ARRAY(BigInteger)),
            Column("vector", TSVECTOR),
            Column("added", Boolean, nullable=False, server_default=false()),
            Index(f"ix_{name}_vector", "vector", postgresql_using="gin"),
            # Vectors are read for every hit: kept in the row, else each read looks them up.
            postgresql_with={"toast_tuple_target": 8160},
        )

    @cached_property
    def lists(self) -> Table:
        """The posting lists of what stood: of each term one for each portion that was written."""
        return Table(
            f"lists_{self.number}",
            MetaData(schema=SCHEMA),
            Column("term", Text, primary_key=True),
            Column("start", Integer, primary_key=True, autoincrement=False),  # its first product
            Column("packed", LargeBinary, nullable=False),
        )

    @cached_property
    def words(self) -> Table:
        """The written words of short texts, to be looked up by what is like them."""
        name = f"words_{self.number}"
        return Table(
            name,
            MetaData(schema=SCHEMA),
            Column("written", Text, primary_key=True),
            Column("stem", Text, nullable=False),
            Column("skeleton", Text, nullable=False),
            Column("products", Integer, nullable=False),
            Index(f"ix_{name}_skeleton", "skeleton"),
            Index(f"ix_{name}_stem", "stem"),
            Index(
                f"ix_{name}_written",
                "written",
                postgresql_using="gin",
                postgresql_ops={"written": "gin_trgm_ops"},
            ),
        )

    @property
    def tables(self) -> tuple[Table, ...]:
        """All of its tables."""
        return self.products, self.lists, self.words


@lru_cache(maxsize=8)
def get_build(number: int, name: str) -> Build:
    """Return a build; the same object each time, so that its statements are compiled once."""
    return Build(number, name)


def prepare(session: Session) -> None:
    """Make the schema, the extension and the table of builds where they are missing or old."""
    session.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
    # In the schema of the catalogue, so that dropping the index leaves it to others who use it.
    session.execute(text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
    there = inspect(session.connection())
    if there.has_table(builds.name, SCHEMA):
        columns = {column["name"] for column in there.get_columns(builds.name, SCHEMA)}
        if columns != set(builds.c.keys()):  # of an earlier release; `begin` drops what it named
            builds.drop(session.connection())
    _metadata.create_all(session.connection())
    _store_uncompressed(session, builds.name, "records")


def are_there(session: Session) -> bool:
    """Tell whether an index was ever made."""
    return inspect(session.connection()).has_table(builds.name, SCHEMA)


def find_current(session: Session, version: str) -> Build | None:
    """Return the build in use if it is of that version; one query."""
    row = session.execute(_current(), {"version": version}).first()
    return get_build(row.number, row.name) if row else None


def get_known(session: Session, build: Build) -> frozenset[str]:
    """Return the own words of the catalogue that a build was made with."""
    kept = session.scalar(select(builds.c.known).where(builds.c.number == build.number))
    return frozenset(json.loads(kept or "[]"))


def is_whole(session: Session, build: Build) -> bool:
    """Tell whether the lists are all there; raises what the database does when a table is not."""
    for table in build.tables:
        session.execute(select(table).limit(0))
    written = select(builds.c.list_bytes).where(builds.c.number == build.number)
    there = select(func.coalesce(func.sum(func.octet_length(build.lists.c.packed)), 0))
    return session.scalar(written) == session.scalar(there)


@dataclass(frozen=True)
class Wear:
    """What was added to a build, and what waits for it."""

    saved: int  # products since the last addition
    additions: int
    built: int  # records when it was built
    records: int  # by now


def get_wear(session: Session, build: Build) -> Wear:
    """Return how far a build has come from what it was; one query."""
    saved = select(func.count()).where(~build.products.c.added).scalar_subquery()
    records = func.octet_length(builds.c.records) / RECORD.itemsize
    row = session.execute(
        select(saved, builds.c.additions, builds.c.built, records).where(
            builds.c.number == build.number
        )
    ).one()
    return Wear(*(int(each or 0) for each in row))


def list_written(session: Session) -> list[tuple[Build, str]]:
    """Return the builds that a change is written to, with their versions."""
    rows = session.execute(
        select(builds.c.number, builds.c.name, builds.c.version).order_by(builds.c.number)
    )
    return [(get_build(row.number, row.name), row.version) for row in rows]


def begin(session: Session, version: str, known: set[str]) -> Build:
    """Make the tables of a new build, and drop those that nobody uses any more."""
    used = [build.number for build, _version in list_written(session)]
    current = session.scalars(select(builds.c.number).where(builds.c.current)).all()
    session.execute(delete(builds).where(~builds.c.current))
    number = max([*used, *_numbers(session)], default=0) + 1
    for old in set(_numbers(session)) - set(current):
        for name in ("products", "lists", "words", "terms"):  # the last of releases before
            session.execute(text(f"DROP TABLE IF EXISTS {SCHEMA}.{name}_{old}"))
    build = get_build(number, secrets.token_hex(8))
    for table in build.tables:
        table.create(session.connection())
    _store_uncompressed(session, build.lists.name, "packed")
    session.execute(
        insert(builds).values(
            number=number,
            name=build.name,
            version=version,
            known=json.dumps(sorted(known)),
        )
    )
    return build


def swap(session: Session, build: Build) -> None:
    """Make a build the one in use; the one before is written to no more."""
    session.execute(delete(builds).where(builds.c.current))
    session.execute(update(builds).where(builds.c.number == build.number).values(current=True))


def begin_saving(session: Session, products: int) -> None:
    """Have a build that begins wait for this transaction, which saves so many products.

    What few of them say is soon sorted into the index of parts, for each term of a search reads all
    that waits for it; what many say, at once, which writes a quarter of the log.
    """
    waiting = WAITING_KB if products <= FEW else WAITING_OF_MANY_KB
    locked = func.pg_advisory_xact_lock_shared(SAVING)
    session.execute(select(locked, func.set_config("gin_pending_list_limit", str(waiting), True)))


def analyze(session: Session, build: Build) -> None:
    """Tell the planner what was filled in, and sort it in."""
    for table in build.tables:
        session.execute(text(f"ANALYZE {SCHEMA}.{table.name}"))
    sort_in(session, build)


def sort_in(session: Session, build: Build) -> None:
    """Sort what was saved into the indexes of parts."""
    for table in build.tables:
        for index in table.indexes:
            if index.dialect_kwargs.get("postgresql_using") == "gin":
                name = f"{SCHEMA}.{index.name}"
                session.execute(select(func.gin_clean_pending_list(cast(name, REGCLASS))))


def _store_uncompressed(session: Session, table: str, column: str) -> None:
    """Keep numbers as they are: they grow hardly smaller, and each look would unpack them."""
    name = f"{SCHEMA}.{table}"
    asked = text(
        "SELECT CAST(attstorage AS text) FROM pg_attribute"
        " WHERE attrelid = to_regclass(:name) AND attname = :of"
    )
    # Only where it is not so yet: whoever reads the table must wait for that.
    if session.scalar(asked, {"name": name, "of": column}) != "e":
        session.execute(text(f"ALTER TABLE {name} ALTER {column} SET STORAGE EXTERNAL"))


@cache
def _current() -> Select[Any]:
    return select(builds.c.number, builds.c.name).where(
        builds.c.current, builds.c.version == bindparam("version")
    )


def _numbers(session: Session) -> list[int]:
    """Return the numbers of the builds that have tables."""
    names = session.scalars(
        text("SELECT tablename FROM pg_tables WHERE schemaname = :schema"), {"schema": SCHEMA}
    )
    return [int(name.rpartition("_")[2]) for name in names if name.startswith("products_")]
