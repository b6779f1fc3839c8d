"""The log of mail, without bodies; who will be without which mail; and addresses that fail."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from catalogue.core.db import Base, BigId, UtcDateTime


class Outcome(StrEnum):
    """What became of a mail."""

    SENDING = "sending"
    SENT = "sent"
    REPEATED = "repeated"
    REFUSED = "refused"
    UNREACHED = "unreached"
    UNSURE = "unsure"
    UNWANTED = "unwanted"
    FAILING = "failing"
    BOUNCED = "bounced"


class MailRecord(Base):
    """One mail to one address: why, when, and what became of it. Its words are kept nowhere."""

    __tablename__ = "catalogue_mail_log"
    __table_args__ = (
        Index("ix_catalogue_mail_log_message_id", "message_id"),
        Index("ix_catalogue_mail_log_municipality", "municipality_id", "id"),
        Index("ix_catalogue_mail_log_last_at", "last_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    event: Mapped[str] = mapped_column(String(40))
    about: Mapped[str] = mapped_column(String(200))
    # No foreign key: what was sent stays told when a municipality is gone.
    municipality_id: Mapped[int | None] = mapped_column(BigId)
    recipient: Mapped[str] = mapped_column(String(254))
    recipient_folded: Mapped[str] = mapped_column(String(254))
    audience: Mapped[str | None] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(300))
    message_id: Mapped[str] = mapped_column(String(200))
    first_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=1)
    # An earlier try may have arrived without our knowing.
    maybe_twice: Mapped[bool] = mapped_column(default=False, server_default=false())
    outcome: Mapped[Outcome] = mapped_column(String(12))
    detail: Mapped[str | None] = mapped_column(String(500))


class MailChoice(Base):
    """An address and an optional kind of mail it has got, with the token of its link to stop it."""

    __tablename__ = "catalogue_mail_choices"
    __table_args__ = (UniqueConstraint("address_folded", "kind"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    address_folded: Mapped[str] = mapped_column(String(254))
    kind: Mapped[str] = mapped_column(String(20))
    token: Mapped[str] = mapped_column(String(64), unique=True)
    refused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class FailingAddress(Base):
    """An address from which mail came back for good; gone when somebody has mended it."""

    __tablename__ = "catalogue_failing_addresses"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    address: Mapped[str] = mapped_column(String(254))
    address_folded: Mapped[str] = mapped_column(String(254), unique=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    status: Mapped[str] = mapped_column(String(12))
    detail: Mapped[str | None] = mapped_column(String(500))
