"""A limit of time for statements of SQLite, which has no server to break one off.

SQLite asks back after so many steps of its machine whether to go on. Waiting for another's write
is bounded elsewhere (`sqlite_busy_timeout_ms`); one step that takes long, such as a regular
expression would, is not broken off within.
"""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import Engine, event

# Some hundredths of a second of work: asking back costs a switch of threads, and is not felt.
STEPS = 2_000_000


def limit(engine: Engine, seconds: int) -> None:
    """Have statements of connections that are opened from now on end after so many seconds.

    What is broken off raises `OperationalError: interrupted`, and its transaction is undone.
    """

    def connected(connection: Any, record: Any) -> None:
        record.info["until"] = float("inf")

        def is_over() -> bool:
            return time.monotonic() > float(record.info["until"])

        connection.set_progress_handler(is_over, STEPS)

    def begins(connection: Any, *_statement: object) -> None:
        # The time of its rows runs too, until the next statement begins.
        connection.info["until"] = time.monotonic() + seconds

    event.listen(engine, "connect", connected)
    event.listen(engine, "before_cursor_execute", begins)
