"""The row of what an enterprise states of its effect in a year."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from catalogue.core.db import Base, BigId, UtcDateTime


class EffectStatement(Base):
    """An enterprise's own statement of one year; what is not stated is None, never nought.

    Numbers only: who was outside the labour market is written nowhere (DOMAIN.md 1.9).
    """

    __tablename__ = "catalogue_effect_statements"
    __table_args__ = (UniqueConstraint("enterprise_id", "year"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("catalogue_enterprises.id"))
    year: Mapped[int]  # the calendar year, or the one in which the accounting year ended
    employed: Mapped[int | None]  # persons, at the end of the year
    employed_outside: Mapped[int | None]  # of them, those who were outside the labour market
    trainees: Mapped[int | None]  # persons in the course of the year
    apprentices: Mapped[int | None]  # persons in the course of the year
    paid_hours: Mapped[int | None]
    moved_on: Mapped[int | None]  # persons in the course of the year
    reinvested_percent: Mapped[int | None]
    reused_kg: Mapped[int | None]
    co2_kg: Mapped[int | None]
    reinvested_in: Mapped[str | None] = mapped_column(Text)
    co2_how: Mapped[str | None] = mapped_column(Text)
    in_words: Mapped[str | None] = mapped_column(Text)
    stated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    stated_by: Mapped[int | None] = mapped_column(ForeignKey("catalogue_persons.id"))
