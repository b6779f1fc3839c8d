"""Open shelves: enterprises that show their products and list prices to everybody."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from catalogue.core.db import Base, UtcDateTime


class OpenShelf(Base):
    """That an enterprise shows its shelf to everybody. Without a row only its profile is public."""

    __tablename__ = "catalogue_open_shelves"

    enterprise_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_enterprises.id"), primary_key=True, autoincrement=False
    )
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("catalogue_persons.id"))
