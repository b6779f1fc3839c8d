"""Tokens of the API, the passes that systems get for them, and how much each is used."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from catalogue.core.db import Base, BigId, UtcDateTime
from catalogue.core.who import Role

from .token_rules import client_id


class ApiToken(Base):
    """A token as we know it: its hash, in which role it acts and where, and until when.

    A person's token stands and falls with her role (`role_id`). That of a system has none: it
    outlives whoever made it, and acts as a person of its own.
    """

    __tablename__ = "catalogue_api_tokens"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    ends_with: Mapped[str] = mapped_column(String(4))  # by which its owner knows it again
    person_id: Mapped[int] = mapped_column(ForeignKey("catalogue_persons.id"), index=True)
    role_id: Mapped[int | None] = mapped_column(
        ForeignKey("catalogue_person_roles.id", ondelete="CASCADE"), index=True
    )
    role: Mapped[Role] = mapped_column(String(20))
    municipality_id: Mapped[int | None] = mapped_column(
        ForeignKey("catalogue_municipalities.id"), index=True
    )
    enterprise_id: Mapped[int | None] = mapped_column(
        ForeignKey("catalogue_enterprises.id"), index=True
    )
    scopes: Mapped[str] = mapped_column(String(300))  # as OAuth 2 writes them, with blanks between
    created_by: Mapped[int] = mapped_column(ForeignKey("catalogue_persons.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def client_id(self) -> str | None:
        """Return the name by which a system signs in; persons have none."""
        return client_id(self.id) if self.role_id is None else None


class ApiPass(Base):
    """What a system gets for its client credentials: it acts for an hour, with some scopes."""

    __tablename__ = "catalogue_api_passes"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    token_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_api_tokens.id", ondelete="CASCADE"), index=True
    )
    scopes: Mapped[str] = mapped_column(String(300))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ApiUse(Base):
    """How many requests a token has made in the minute in which it was last used."""

    __tablename__ = "catalogue_api_use"

    token_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_api_tokens.id", ondelete="CASCADE"), primary_key=True
    )
    minute: Mapped[int] = mapped_column(BigId)  # since 1970
    used: Mapped[int]
