"""Where the index lies: a schema of its own, which can be dropped and is then built anew.

Each build makes tables of its own number, so that the present ones answer until the new ones are
full. The ones before are dropped by the next build: a reader may still be in them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property, lru_cache

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Session

SCHEMA = "catalogue_search"
# Held shared by who indexes what it saves, and alone by a build for the moment it begins in.
SAVING = 7_203_140_001
BUILDING = 7_203_140_002  # held by the one build there is

_metadata = MetaData(schema=SCHEMA)
builds = Table(
    "builds",
    _metadata,
    Column("number", Integer, primary_key=True),
    Column("version", Text, nullable=False),
    Column("known", Text, nullable=False),  # own words of the catalogue, as JSON
    Column("products", BigInteger, nullable=False, default=0),  # when it was built
    Column("current", Boolean, nullable=False, default=False),
)


@dataclass(frozen=True)
class Build:
    """One index: its tables by its number."""

    number: int

    @cached_property
    def products(self) -> Table:
        """What is found: facts and words of each product; neither once it is withdrawn."""
        name = f"products_{self.number}"
        return Table(
            name,
            MetaData(schema=SCHEMA),
            Column("product_id", BigInteger, primary_key=True, autoincrement=False),
            Column("facts", LargeBinary),
            Column("delivers", ARRAY(BigInteger)),
            Column("vector", TSVECTOR),
            Index(f"ix_{name}_vector", "vector", postgresql_using="gin"),
            # Vectors are read for every hit: kept in the row, else each read looks them up.
            postgresql_with={"toast_tuple_target": 8160},
        )

    @cached_property
    def terms(self) -> Table:
        """How many products had each term when it was built or first seen."""
        return Table(
            f"terms_{self.number}",
            MetaData(schema=SCHEMA),
            Column("term", Text, primary_key=True),
            Column("products", Integer, nullable=False),
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
            Index(
                f"ix_{name}_written",
                "written",
                postgresql_using="gin",
                postgresql_ops={"written": "gin_trgm_ops"},
            ),
        )


@dataclass(frozen=True)
class Current:
    """The build in use, and how many products it had when it was made."""

    build: Build
    products: int


@lru_cache(maxsize=8)
def get_build(number: int) -> Build:
    """Return a build; the same object each time, so that its statements are compiled once."""
    return Build(number)


def prepare(session: Session) -> None:
    """Make the schema, the extension and the table of builds where they are missing."""
    session.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
    # In the schema of the catalogue, so that dropping the index leaves it to others who use it.
    session.execute(text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
    _metadata.create_all(session.connection())


def find_current(session: Session, version: str) -> Current | None:
    """Return the build in use if it is of that version; one query."""
    row = session.execute(
        select(builds.c.number, builds.c.products).where(
            builds.c.current, builds.c.version == version
        )
    ).first()
    return Current(get_build(row.number), row.products) if row else None


def get_known(session: Session, build: Build) -> frozenset[str]:
    """Return the own words of the catalogue that a build was made with."""
    kept = session.scalar(select(builds.c.known).where(builds.c.number == build.number))
    return frozenset(json.loads(kept or "[]"))


def list_written(session: Session) -> list[tuple[Build, str]]:
    """Return the builds that a change is written to, with their versions."""
    rows = session.execute(select(builds.c.number, builds.c.version).order_by(builds.c.number))
    return [(get_build(number), version) for number, version in rows]


def begin(session: Session, version: str, known: set[str]) -> Build:
    """Make the tables of a new build, and drop those that nobody uses any more."""
    used = [build.number for build, _version in list_written(session)]
    current = session.scalars(select(builds.c.number).where(builds.c.current)).all()
    session.execute(delete(builds).where(~builds.c.current))
    number = max([*used, *_numbers(session)], default=0) + 1
    for old in set(_numbers(session)) - set(current):
        for name in ("products", "terms", "words"):
            session.execute(text(f"DROP TABLE IF EXISTS {SCHEMA}.{name}_{old}"))
    build = get_build(number)
    for table in (build.products, build.terms, build.words):
        table.create(session.connection())
    session.execute(
        insert(builds).values(number=number, version=version, known=json.dumps(sorted(known)))
    )
    return build


def swap(session: Session, build: Build) -> None:
    """Make a build the one in use; the one before is written to no more."""
    products = build.products.c
    count = select(func.count(products.facts)).scalar_subquery()
    session.execute(delete(builds).where(builds.c.current))
    session.execute(
        update(builds).where(builds.c.number == build.number).values(current=True, products=count)
    )


def analyze(session: Session, build: Build) -> None:
    """Tell the planner what was filled in."""
    for table in (build.products, build.terms, build.words):
        session.execute(text(f"ANALYZE {SCHEMA}.{table.name}"))


def _numbers(session: Session) -> list[int]:
    """Return the numbers of the builds that have tables."""
    names = session.scalars(
        text("SELECT tablename FROM pg_tables WHERE schemaname = :schema"), {"schema": SCHEMA}
    )
    return [int(name.rpartition("_")[2]) for name in names if name.startswith("products_")]
