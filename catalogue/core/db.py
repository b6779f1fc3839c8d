"""The database: engine, sessions and column types that behave the same on SQLite and PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Dialect,
    Engine,
    Executable,
    Integer,
    MetaData,
    TableClause,
    create_engine,
    event,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import DateTime, TypeDecorator

from . import outage, postgres
from .time_limits import limit
from .undoing import keep_what_was_read

BigId = BigInteger().with_variant(Integer, "sqlite")
_KEPT = "kept"  # under this name a reading session has what outlives it
ON_WRITING, ON_NOTING = "FULL", "NORMAL"  # how SQLite waits for the disk (PRAGMA synchronous)

# A value of a condition, or the parameter of a statement that is written once and asked often.
Whole = int | BindParameter[Any]
Day = date | BindParameter[Any]


class Base(DeclarativeBase):
    """The one declarative base; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time in UTC on every database; a naive one is refused, for it has no meaning."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without zone cannot be stored: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        kept: datetime = value
        return kept.astimezone(UTC) if kept.tzinfo else kept.replace(tzinfo=UTC)


class Database:
    """One database of one Catalogue: hands out reading and writing transactions.

    On SQLite a writing transaction begins IMMEDIATE: read-then-write in a deferred one fails at
    once with SQLITE_BUSY whatever the timeout (measured, DOMAIN.md section 7).
    """

    def __init__(self, url: str, busy_timeout_ms: int = 30_000, echo: bool = False) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = self._engine(busy_timeout_ms, echo)
        self._reading = self.engine
        if not self.is_sqlite:  # neither BEGIN nor ROLLBACK to wait for
            self._reading = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._writing = self.engine.execution_options(catalogue_writing=True)
        self._noting = self._writing.execution_options(catalogue_noting=True)
        self._hurried = self._writing.execution_options(catalogue_hurried=True)
        # One writer at a time within this process waits here, in turn; SQLite's own wait polls
        # and can starve a thread until its timeout.
        self._turn = threading.Lock() if self.is_sqlite else None
        self._turn_seconds = busy_timeout_ms / 1000
        # What belongs into every writing transaction is done before it is committed; who follows
        # what was committed is handed the session, which writes no more.
        self.before_commit: list[Callable[[Session], None]] = []
        self.after_commit: list[Callable[[Session], None]] = []
        self._statement_ms = 0
        self._kept: dict[Any, Any] = {}

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Open a writing transaction; commit at the end, roll back on any exception."""
        with self._in_turn(), self._session(self._writing) as session:
            yield session
            self._finish(session)
        for follow in self.after_commit:
            follow(session)

    @contextmanager
    def noting(self) -> Iterator[Session]:
        """Open a writing transaction whose commit does not wait for the disk: a cut of the power
        may lose the last ones, and leaves nothing half done. For counts, never for what somebody
        did.
        """
        with self._in_turn(), self._session(self._noting) as session:
            if not self.is_sqlite:
                session.connection().exec_driver_sql("SET LOCAL synchronous_commit = off")
            yield session
            self._finish(session)

    def write_if_free(self, work: Callable[[Session], None]) -> bool:
        """Do a small piece of writing that may as well be left, unless somebody else writes.

        On SQLite there is one writer: who only reads a page must not wait for another's import.
        Returns whether it was done.
        """
        if self._turn is not None and not self._turn.acquire(blocking=False):
            return False
        try:
            with self._session(self._hurried) as session:
                work(session)
        except OperationalError:
            if not self.is_sqlite:
                raise
            return False  # another process writes
        finally:
            if self._turn is not None:
                self._turn.release()
        return True

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session that reads: on SQLite one snapshot, on PostgreSQL each statement its own.

        Who needs one snapshot there, or a lock to hold, asks for an isolation level at first.
        """
        info = {_KEPT: self._kept}
        with Session(self._reading, expire_on_commit=False, info=info) as session:
            yield session

    def limit_statements(self, seconds: int) -> None:
        """Have the database break off a statement that takes longer; 0: none."""
        self._statement_ms = seconds * 1000
        if self.is_sqlite and seconds:
            limit(self.engine, seconds)
        self.engine.dispose()  # a connection that is open has no limit yet

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()

    def _finish(self, session: Session) -> None:
        session.flush()
        for finish in self.before_commit:
            finish(session)

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """Wait for one's turn, for no longer than SQLite waits for others; raises Outage.

        Those behind one who waits in vain would wait as often, and no thread were left to read.
        """
        if self._turn is None:
            yield
            return
        if not self._turn.acquire(timeout=self._turn_seconds):
            raise outage.busy()
        try:
            yield
        finally:
            self._turn.release()

    @contextmanager
    def _session(self, engine: Engine) -> Iterator[Session]:
        with Session(engine, expire_on_commit=False) as session, session.begin():
            try:
                yield session
            except BaseException:
                keep_what_was_read(session)
                raise

    def _engine(self, busy_timeout_ms: int, echo: bool) -> Engine:
        if not self.is_sqlite:
            engine = create_engine(
                self.url,
                echo=echo,
                hide_parameters=True,
                pool_use_lifo=True,  # the one that has prepared most of what is asked
                connect_args={"connect_timeout": postgres.CONNECT_SECONDS},
            )
            event.listen(engine, "connect", self._prepare_postgresql)
            postgres.listen(engine)
            return engine
        engine = create_engine(
            self.url,
            echo=echo,
            hide_parameters=True,  # what people typed must not get into logs by an error
            connect_args={"timeout": busy_timeout_ms / 1000, "check_same_thread": False},
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine

    def _prepare_postgresql(self, connection: Any, _record: object) -> None:
        connection.server_cursor_factory = postgres.Streaming
        # Compiling a statement takes longer than any of ours runs.
        connection.execute(f"SET jit = off; SET statement_timeout = {self._statement_ms}")
        connection.commit()


def ask(
    session: Session, statement: Executable, asked: Mapping[str, Any] | Sequence[Any] | None = None
) -> Any:  # SQLAlchemy 2.0 and 2.1 write the type of its rows differently
    """Ask for columns, past what a session does for objects: it takes as long as many an answer.

    What waits to be written is written first, as the session itself does. `asked`: parameters, or
    a list of them to be written.
    """
    if session.autoflush:
        session.flush()
    return session.connection().execute(statement, asked)


def kept(session: Session) -> dict[Any, Any] | None:
    """Return what is remembered between reading sessions; None in one that writes."""
    return session.info.get(_KEPT)


def see_one_moment(session: Session) -> None:
    """Have a reading session that has read nothing yet see one snapshot; on SQLite it does so."""
    if locks_rows(session):
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def locks_rows(session: Session) -> bool:
    """Tell whether others write meanwhile, so that rows must be locked: on SQLite one at a time."""
    return session.get_bind().dialect.name != "sqlite"


def insert_for(
    session: Session, table: type[Base] | TableClause
) -> Any:  # the two dialects share no type
    """Return an INSERT of the session's database, which knows ON CONFLICT."""
    return insert_on(session.get_bind().dialect.name, table)


def insert_on(dialect: str, table: type[Base] | TableClause) -> Any:
    """Return the same for a database by the name of its dialect."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver must not begin transactions of its own
    for setting in ("journal_mode=WAL", f"synchronous={ON_WRITING}", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {setting}")


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("catalogue_hurried", False):
        _begin_at_once(connection)
        return
    if not options.get("catalogue_writing", False):
        # By the driver: as a statement of SQLAlchemy it takes longer than many a query.
        connection.connection.driver_connection.execute("BEGIN")  # type: ignore[union-attr]
        return
    disk = ON_NOTING if options.get("catalogue_noting", False) else ON_WRITING
    connection.connection.driver_connection.execute(f"PRAGMA synchronous={disk}")  # type: ignore[union-attr]
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_at_once(connection: Connection) -> None:
    """Begin to write, or raise OperationalError when another process does."""
    wait_ms = connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one()
    connection.exec_driver_sql("PRAGMA busy_timeout = 0")
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {wait_ms}")
