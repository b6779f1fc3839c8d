"""Images: one row per distinct picture of an enterprise, files stored by hash."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NewType

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from catalogue.core.db import Base, BigId, UtcDateTime

from .rules import Cut, Looks

ImageId = NewType("ImageId", int)


class Image(Base):
    """A kept image: upright, without metadata; `sha256` names its files in the store.

    What was measured, the original and the cut are None in rows older than these columns; `cut` is
    also None for the whole picture.
    """

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
    original_sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    colour: Mapped[str | None] = mapped_column(String(6))
    brightness_percent: Mapped[int | None]
    blur_percent: Mapped[int | None]
    turned_by_camera: Mapped[bool | None]
    cut: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))

    @property
    def looks(self) -> Looks:
        """Return what was measured, as rules take it."""
        return Looks(self.brightness_percent, self.blur_percent, self.turned_by_camera)

    @property
    def shown(self) -> Cut:
        """Return which part of the original this is."""
        return Cut(**(self.cut or {}))
