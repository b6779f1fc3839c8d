"""Frames: chosen quotes of which a buyer calls off parts, and which order lines were called off."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from catalogue.core.db import Base, UtcDateTime


class QuoteFrame(Base):
    """A chosen quote that is called off in parts until it is used up, run out or ended.

    `kind`: whether each line may be called off up to its quantity, or any of them up to the amount
    of the whole. The row is the lock of all that is called off.
    """

    __tablename__ = "catalogue_quote_frames"

    quote_id: Mapped[int] = mapped_column(ForeignKey("catalogue_quotes.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    valid_until: Mapped[date]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CallOffLine(Base):
    """That an order line was called off a line of a frame. What was is read from the order line.

    So what is left follows when a line is struck, lowered or not confirmed, or its order rejected.
    """

    __tablename__ = "catalogue_call_off_lines"

    line_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_order_lines.id", ondelete="CASCADE"), primary_key=True
    )
    quote_line_id: Mapped[int] = mapped_column(ForeignKey("catalogue_quote_lines.id"), index=True)
