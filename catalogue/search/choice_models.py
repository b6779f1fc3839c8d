"""Records of choices: what a buyer found, what she chose and why, kept as it was."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, String, Text, and_, false
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import JSON

from catalogue.core.db import Base, BigId, UtcDateTime
from catalogue.core.who import Role, Who


class ChoiceRecord(Base):
    """A record for the case file. It is written once: the database refuses to change it.

    `found` holds all that was told of each product in Danish, the language of the file;
    `chosen_product_id` is None when none of them was chosen.
    """

    __tablename__ = "catalogue_choice_records"
    __table_args__ = (
        Index("ix_catalogue_choice_records_municipality", "municipality_id", "kept_at"),
        Index("ix_catalogue_choice_records_person", "person_id", "kept_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("catalogue_municipalities.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("catalogue_persons.id"))
    person_name: Mapped[str] = mapped_column(String(120))
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime)
    title: Mapped[str] = mapped_column(String(120))
    case_number: Mapped[str | None] = mapped_column(String(60))
    found: Mapped[dict[str, Any]] = mapped_column(JSON)
    chosen_product_id: Mapped[int | None] = mapped_column(BigId)
    chosen_title: Mapped[str | None] = mapped_column(String(120))
    reason: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))

    @classmethod
    def visible_to(cls, who: Who) -> ColumnElement[bool]:
        """Return the condition of the records `who` may read: her own; for staff all of theirs."""
        here = cls.municipality_id == who.municipality_id
        if who.role == Role.STAFF:
            return here
        return and_(here, cls.person_id == who.person_id) if who.role == Role.BUYER else false()
