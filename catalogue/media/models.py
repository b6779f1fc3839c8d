"""Images: one row per distinct picture of an enterprise, files stored by hash."""

from __future__ import annotations

from datetime import datetime
from typing import NewType

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from catalogue.core.db import Base, BigId, UtcDateTime

ImageId = NewType("ImageId", int)


class Image(Base):
    """A kept image: upright, without metadata; `sha256` names its files in the store."""

    __tablename__ = "catalogue_images"
    __table_args__ = (UniqueConstraint("enterprise_id", "sha256"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("catalogue_enterprises.id"))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    width: Mapped[int]
    height: Mapped[int]
    size_bytes: Mapped[int]
    source_format: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
