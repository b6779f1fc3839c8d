"""What a guard is, and what several tables name."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Guard:
    """A guard: against what, its file below `catalogue/`, its text, and the text without it.

    `test` is what must fail then: a file below `tests/` and the name of a test. `on`: the database
    that shows it; SQLite has one writer at a time, so that locks of rows show on PostgreSQL alone.
    """

    against: str
    file: str
    text: str
    without: str
    test: str
    on: str = "sqlite"


POSTGRES = "postgresql"
TOWNS = "attacks/test_two_towns.py"
OBJECTS = f"{TOWNS}::test_an_object_is_there_for_its_own_people_alone"
PAGES = f"{TOWNS}::test_no_page_tells_what_is_anothers_or_takes_text_for_more_than_text"
