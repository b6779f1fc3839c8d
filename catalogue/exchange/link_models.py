"""Links by which an enterprise answers an order from its mail; we hold only their hashes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from catalogue.core.db import Base, BigId, UtcDateTime


class OrderLink(Base):
    """A link that went out with one letter about one order, for the enterprise it is placed with.

    It holds as long as the order's newest event is the one the letter told of: whatever happens
    to the order afterwards, even when it comes back into the same state, is the matter of another
    letter.
    """

    __tablename__ = "catalogue_order_links"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("catalogue_orders.id"), index=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("catalogue_enterprises.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("catalogue_order_events.id"))
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    used_for: Mapped[str | None] = mapped_column(String(12))  # the step it was used up by
