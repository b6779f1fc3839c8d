"""What each night's work with the rules of retention took out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from catalogue.core.db import Base, BigId, UtcDateTime


class RetentionRun(Base):
    """One night: how much each rule took out, by its code. It tells numbers and nothing else."""

    __tablename__ = "catalogue_retention_runs"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    removed: Mapped[dict[str, int]] = mapped_column(JSON)

    @property
    def total(self) -> int:
        """Return how much was taken out in all."""
        return sum(self.removed.values())
