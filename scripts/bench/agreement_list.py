"""Measure the import of a list of agreements: reading, preview and writing, on SQLite.

Usage: python scripts/bench/agreement_list.py [ROWS]

Half of the rows name their category in words, of which there are 250 different ones.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from catalogue.accounts import service as accounts
from catalogue.accounts.models import Municipality
from catalogue.agreements import agreement_list, categories, category_words, import_plan
from catalogue.core import migrations
from catalogue.core.db import Database
from catalogue.core.who import Role, Who

NOW = datetime(2026, 1, 5, tzinfo=UTC)
HEAD = "Nummer;Titel;Leverandør;CVR;Kategorier;Første dag;Sidste dag;Optioner;Hvor købes der\n"
ROW = "F-{0};Aftale;Leverandør {0} A/S;13748136;{1};01-01-2026;31-12-2027;2 x 12 mdr.;I systemet\n"


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Print how long the block took, in all and on the processor."""
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{what:28} {wall:7.2f} s   processor {cpu:7.2f} s")


def main(count: int, folder: Path) -> None:
    """Bring in a list of `count` rows, twice."""
    database = Database(f"sqlite:///{folder / 'bench.sqlite'}")
    migrations.upgrade(database)
    with database.transaction() as session:
        accounts.import_municipalities(session)
        categories.import_categories(session)
        home = session.scalars(select(Municipality.id).where(Municipality.code == "0330")).one()
    staff = Who(role=Role.STAFF, municipality_id=home)
    names = ["90910000-9" if n % 2 else f"Rengøring {n // 2 % 250}" for n in range(count)]
    text = HEAD + "".join(ROW.format(n, name) for n, name in enumerate(names))
    with timed("read"):
        rows = agreement_list.read(text.encode(), "aftaler.csv")
    with timed("preview, words unanswered"), database.reading() as session:
        plan = import_plan.preview(session, home, rows)
    with timed("remember answers"), database.transaction() as session:
        answers = {word: ["90910000"] for word in plan.waiting_words}
        category_words.remember(session, staff, answers, NOW)
    with timed("preview, all new"), database.reading() as session:
        plan = import_plan.preview(session, home, rows)
    with timed("write"), database.transaction() as session:
        import_plan.apply(session, staff, rows, plan.fingerprint, NOW)
    with timed("preview, all unchanged"), database.reading() as session:
        plan = import_plan.preview(session, home, rows)
    print(plan.counts)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000, Path(made))
