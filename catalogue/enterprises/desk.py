"""The verification desk: what a municipality reviews, what is to be done, and what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from .models import (
    Enterprise,
    EnterpriseState,
    Evidence,
    RegisterFact,
    RegisterStatus,
    Reverification,
    ReverificationState,
)
from .queries import confirms
from .rules import REGISTER_FRESH_DAYS, Review


class Section(StrEnum):
    """A pile of the desk; each enterprise one reviews lies in at most one, and in ALL."""

    NEW = "new"
    DUE = "due"
    LAPSED = "lapsed"
    SUSPENDED = "suspended"
    ALL = "all"


class Lacking(StrEnum):
    """What is missing before an enterprise is dealt with, whose turn it is first."""

    DECISION = "decision"  # ours
    CONFIRMATION = "confirmation"  # the enterprise's
    MENDING = "mending"  # the enterprise's, of what was sent back
    REGISTER = "register"
    REGISTER_OLD = "register_old"
    EVIDENCE = "evidence"


@dataclass(frozen=True)
class Entry:
    """A line of the desk."""

    enterprise: Enterprise
    own: bool  # one's own municipality reviews it
    register: RegisterFact | None  # the newest
    confirmation: ReverificationState | None
    evidence_count: int

    @property
    def review(self) -> Review:
        """Return what was decided and until when it counts."""
        return Review(EnterpriseState(self.enterprise.state), self.enterprise.verified_until)

    def section(self, day: date) -> Section:
        """Return the pile it lies in on `day`; ALL alone when there is nothing to do."""
        if not self.own:
            return Section.ALL
        if self.enterprise.state in (EnterpriseState.APPLIED, EnterpriseState.RETURNED):
            return Section.NEW
        if self.enterprise.state == EnterpriseState.SUSPENDED:
            return Section.SUSPENDED
        if self.review.lapsed_on(day):
            return Section.LAPSED
        return Section.DUE if self.review.renewable_on(day) else Section.ALL

    def lacking(self, day: date) -> list[Lacking]:
        """Return what is missing on `day`; nothing of an enterprise that others review."""
        if not self.own:
            return []
        found = [step] if (step := self._step(day)) is not None else []
        if self.register is None or self.register.status == RegisterStatus.NOT_CHECKED:
            found.append(Lacking.REGISTER)
        elif self.register.checked_on < day - timedelta(days=REGISTER_FRESH_DAYS):
            found.append(Lacking.REGISTER_OLD)
        if not self.evidence_count:
            found.append(Lacking.EVIDENCE)
        return found

    def _step(self, day: date) -> Lacking | None:
        if self.enterprise.state == EnterpriseState.RETURNED:
            return Lacking.MENDING
        if self.enterprise.state in (EnterpriseState.APPLIED, EnterpriseState.SUSPENDED):
            return Lacking.DECISION
        if not self.review.renewable_on(day):
            return None
        if self.confirmation == ReverificationState.SENT:
            return Lacking.DECISION
        returned = self.confirmation == ReverificationState.RETURNED
        return Lacking.MENDING if returned else Lacking.CONFIRMATION


def entries(session: Session, municipality_id: int) -> list[Entry]:
    """List what a municipality reviews and, for own decisions, all verified; by name. One query."""
    newest = (
        select(func.max(RegisterFact.id))
        .where(RegisterFact.enterprise_id == Enterprise.id)
        .correlate(Enterprise)
        .scalar_subquery()
    )
    count = (
        select(func.count())
        .where(Evidence.enterprise_id == Enterprise.id)
        .correlate(Enterprise)
        .scalar_subquery()
    )
    own = Enterprise.reviewer_id == municipality_id
    rows = session.execute(
        select(Enterprise, RegisterFact, Reverification.state, count)
        .outerjoin(RegisterFact, RegisterFact.id == newest)
        .outerjoin(Reverification, confirms())
        .where(or_(own, Enterprise.state == EnterpriseState.VERIFIED))
        .order_by(Enterprise.name_folded, Enterprise.id)
    )
    return [
        Entry(enterprise, enterprise.reviewer_id == municipality_id, register,
              ReverificationState(state) if state else None, files)
        for enterprise, register, state, files in rows
    ]  # fmt: skip


def pile(found: Sequence[Entry], section: Section, day: date) -> list[Entry]:
    """Return the entries of a pile, the most urgent first; ALL by name."""
    if section == Section.ALL:
        return list(found)
    return sorted((each for each in found if each.section(day) == section), key=_urgency)


def counts(found: Sequence[Entry], day: date) -> dict[Section, int]:
    """Return how many lie in each pile."""
    lying = [each.section(day) for each in found]
    return {
        section: len(found) if section == Section.ALL else lying.count(section)
        for section in Section
    }


def _urgency(entry: Entry) -> tuple[bool, date]:
    """Sort by day, and what waits for the enterprise after what waits for us."""
    it = entry.enterprise
    if it.state == EnterpriseState.SUSPENDED:
        return it.suspended_until is None, it.suspended_until or date.max
    if it.state in (EnterpriseState.APPLIED, EnterpriseState.RETURNED):
        return it.state == EnterpriseState.RETURNED, it.created_at.date()
    return False, it.verified_until or date.min
