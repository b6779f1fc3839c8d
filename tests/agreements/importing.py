"""Lists of agreements for tests, and staff who bring them in."""

from __future__ import annotations

from pathlib import Path

import cast
import pytest
from sqlalchemy.orm import Session

from catalogue.agreements import agreement_list, categories, import_plan
from catalogue.agreements.agreement_list import Row
from catalogue.core.who import Who

LISTS = Path(__file__).parent.parent / "data" / "agreement_lists"
ANSWERS = {
    "vinduespolering": ["90911300"],
    "kontorpapir": ["30197000"],
    "frugt og grønt": ["03221000", "03222000"],
    "tværgående": [],
}
HEAD = "Nummer;Titel;Leverandør;Kategorier;Første dag;Sidste dag;Hvor købes der"
SOUND = "F-1;Legepladser;Storlegeren A/S;37535200;01-01-2026;31-12-2027;I indkøbssystemet"


@pytest.fixture
def staff(session: Session) -> Who:
    """Procurement staff of Slagelse, where all categories are at hand."""
    categories.import_categories(session)
    return cast.who(session, cast.staff(session))


def home(staff: Who) -> int:
    """Return the municipality of the staff."""
    assert staff.municipality_id is not None
    return staff.municipality_id


def deliver(name: str) -> list[Row]:
    """Read one of the sample lists."""
    return agreement_list.read((LISTS / name).read_bytes(), name)


def lines(*rows: str, head: str = HEAD) -> list[Row]:
    """Read a list of these rows."""
    return agreement_list.read("\n".join([head, *rows]).encode(), "liste.csv")


def bring_in(session: Session, staff: Who, rows: list[Row]) -> import_plan.Plan:
    """Preview a list and do what the preview said."""
    before = import_plan.preview(session, home(staff), rows, cast.TODAY)
    return import_plan.apply(session, staff, rows, before.fingerprint, cast.NOW)
