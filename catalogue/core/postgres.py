"""What connections to PostgreSQL do beyond what SQLAlchemy asks of them."""

from __future__ import annotations

import select
from typing import Any

from psycopg import ServerCursor
from sqlalchemy import Engine, event
from sqlalchemy.exc import DisconnectionError

CONNECT_SECONDS = 10  # to reach a server
# Option of a statement whose rows are sent as the server has them: bytes as text take twice the way
# and are read digit by digit.
IN_BINARY = "catalogue_in_binary"


def listen(engine: Engine) -> None:
    """Have the connections of an engine do so."""
    event.listen(engine, "checkout", _refuse_dropped)
    event.listen(engine, "do_execute", _send_in_binary)


class Streaming(ServerCursor[Any]):
    """A cursor of rows that come in portions, which needs no transaction around it."""

    def __init__(self, connection: Any, *given: Any, **named: Any) -> None:
        super().__init__(connection, *given, **named | {"withhold": connection.autocommit})


def _refuse_dropped(connection: Any, _record: object, _fairy: object) -> None:
    """Have the pool connect anew when the server has hung up: it tells so before it goes."""
    heard = select.poll()
    if not connection.closed:
        heard.register(connection.fileno(), select.POLLIN)
    if connection.closed or heard.poll(0):
        raise DisconnectionError("the server has hung up")


def _send_in_binary(cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
    """Execute a statement that wants its rows so; others are left to SQLAlchemy."""
    if not context.execution_options.get(IN_BINARY):
        return False
    cursor.execute(statement, parameters, binary=True)
    return True
