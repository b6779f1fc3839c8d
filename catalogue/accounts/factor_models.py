"""The second factor of a log-in, its recovery codes, who must have one, sign-ins half done, and
links by which a password is chosen.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from catalogue.core.db import Base, BigId, UtcDateTime

from .factor_rules import News, Required, Step


class SecondFactor(Base):
    """The secret that a person's app makes one-time codes of (RFC 6238), sealed."""

    __tablename__ = "catalogue_second_factors"

    person_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_persons.id"), primary_key=True, autoincrement=False
    )
    sealed: Mapped[str] = mapped_column(String(200))
    turned_on_at: Mapped[datetime] = mapped_column(UtcDateTime)


class FactorUse(Base):
    """The step of time whose code a person used last: none counts again, nor an earlier one."""

    __tablename__ = "catalogue_factor_uses"

    person_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_second_factors.person_id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    )
    step: Mapped[int] = mapped_column(BigId)


class RecoveryCode(Base):
    """A code that works once, without the app. Only its mark is kept (`Keys.mark`)."""

    __tablename__ = "catalogue_recovery_codes"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_second_factors.person_id", ondelete="CASCADE"), index=True
    )
    mark: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class HalfSignIn(Base):
    """A person whose password was right, and who owes the second step; she is not signed in."""

    __tablename__ = "catalogue_half_sign_ins"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("catalogue_persons.id"), index=True)
    step: Mapped[Step] = mapped_column(String(10))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class FactorRule(Base):
    """Who of a municipality must have a second factor; no row: nobody."""

    __tablename__ = "catalogue_factor_rules"

    municipality_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_municipalities.id"), primary_key=True, autoincrement=False
    )
    required: Mapped[Required] = mapped_column(String(20))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("catalogue_persons.id"))


class FactorNews(Base):
    """What a person is mailed about her second factor, once."""

    __tablename__ = "catalogue_factor_news"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("catalogue_persons.id"), index=True)
    news: Mapped[News] = mapped_column(String(12))
    done_by: Mapped[int | None] = mapped_column(ForeignKey("catalogue_persons.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    recipient: Mapped[str | None] = mapped_column(String(254))
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PasswordLink(Base):
    """A link to choose a password; `token_hash` is None until its mail goes out."""

    __tablename__ = "catalogue_password_links"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("catalogue_persons.id"), index=True)
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    put_by: Mapped[int | None] = mapped_column(ForeignKey("catalogue_persons.id"))
    put_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # or made useless by another
