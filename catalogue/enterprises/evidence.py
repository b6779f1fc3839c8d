"""Evidence: files by which an enterprise shows how it meets its points. None has a public address.

A file is kept as it came, for the municipality judges the document itself; how it is checked, and
looked at for viruses, stands in `core/receiving.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Person
from catalogue.core.errors import Invalid, Missing
from catalogue.core.receiving import Received
from catalogue.core.text import lazy as _
from catalogue.core.turns import take_turn
from catalogue.core.who import Role, Who

from . import service
from .models import Enterprise, Evidence

MOST_FILES = 50  # of one enterprise


@dataclass(frozen=True)
class Listed:
    """A file of an enterprise, with the name of who added it."""

    evidence: Evidence
    person_name: str


def add(session: Session, who: Who, received: Received, now: datetime) -> Evidence:
    """Make a received file evidence of one's own enterprise; the same file twice is one row."""
    found = service.get(session, who.enterprise_id or 0)
    take_turn(session, "evidence", found.id)
    own = select(Evidence).where(Evidence.enterprise_id == found.id)
    rows = session.scalars(own).all()
    for each in rows:
        if each.sha256 == received.sha256:
            raise Invalid({"evidence": [_("You have added this file already.")]})
    if len(rows) >= MOST_FILES:
        text = _("At most %(most)s files can be kept; write to the municipality", most=MOST_FILES)
        raise Invalid({"evidence": [text]})
    made = Evidence(
        enterprise_id=found.id,
        sha256=received.sha256,
        name=received.name,
        file_type=received.file_type,
        size_bytes=received.size_bytes,
        added_at=now,
        added_by=who.person_id,
    )
    session.add(made)
    session.flush()
    # By its digest: the name of a file may name a person.
    facts = {"before": {}, "after": {"evidence": made.sha256}}
    service.record(session, found, "enterprise.evidence_added", who, now, facts)
    return made


def list_of(session: Session, enterprise_id: int) -> list[Listed]:
    """List the evidence of an enterprise, the newest first; one query."""
    rows = session.execute(
        select(Evidence, Person.name)
        .outerjoin(Person, Person.id == Evidence.added_by)
        .where(Evidence.enterprise_id == enterprise_id)
        .order_by(Evidence.id.desc())
    )
    return [Listed(evidence, name or "") for evidence, name in rows]


def get(session: Session, who: Who, evidence_id: int) -> Evidence:
    """Return evidence that `who` may read: of one's own enterprise, or of one that one reviews.

    Administrators may read all. Raises Missing for all others, so that no one learns what there is.
    """
    row = session.execute(
        select(Evidence, Enterprise.reviewer_id)
        .join(Enterprise, Enterprise.id == Evidence.enterprise_id)
        .where(Evidence.id == evidence_id)
    ).first()
    if row is None or not _may_read(who, row.Evidence, row.reviewer_id):
        raise Missing(_("There is no such file."))
    found: Evidence = row.Evidence
    return found


def _may_read(who: Who, evidence: Evidence, reviewer_id: int) -> bool:
    if who.role == Role.ADMINISTRATOR:
        return True
    if who.role == Role.STAFF:
        return who.municipality_id == reviewer_id
    return who.role == Role.ENTERPRISE and who.enterprise_id == evidence.enterprise_id
