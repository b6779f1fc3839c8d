"""Persons, the roles they hold, municipalities, and their signed-in sessions."""

from __future__ import annotations

from datetime import datetime
from typing import NewType

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from catalogue.core.db import Base, BigId, UtcDateTime
from catalogue.core.who import Role

PersonId = NewType("PersonId", int)
MunicipalityId = NewType("MunicipalityId", int)


class Municipality(Base):
    """One of the 98 Danish municipalities; `is_member` once it has staff here."""

    __tablename__ = "catalogue_municipalities"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(4), unique=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    region: Mapped[str] = mapped_column(String(30))
    cvr: Mapped[str] = mapped_column(String(8))
    is_member: Mapped[bool] = mapped_column(default=False)
    # Each municipality chooses whether its enterprises must be on the RSV register (report S1).
    requires_registered: Mapped[bool] = mapped_column(default=False)
    contact_name: Mapped[str | None] = mapped_column(String(120))
    contact_email: Mapped[str | None] = mapped_column(String(254))


class Person(Base):
    """A person who can sign in. The e-mail address is kept as typed and found folded."""

    __tablename__ = "catalogue_persons"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    email_folded: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str] = mapped_column(String(200))
    locale: Mapped[str] = mapped_column(String(2), default="da")
    is_demo: Mapped[bool] = mapped_column(default=False)
    # A system that acts by tokens alone: it has no password, and roles are on its tokens.
    is_system: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PersonRole(Base):
    """One role of a person: in a municipality, in an enterprise, or in the installation."""

    __tablename__ = "catalogue_person_roles"
    __table_args__ = (
        UniqueConstraint("person_id", "role", "municipality_id", "enterprise_id"),
        CheckConstraint(
            "(role = 'administrator' AND municipality_id IS NULL AND enterprise_id IS NULL)"
            " OR (role IN ('enterprise', 'facilitator')"
            " AND municipality_id IS NULL AND enterprise_id IS NOT NULL)"
            " OR (role IN ('buyer', 'approver', 'staff')"
            " AND municipality_id IS NOT NULL AND enterprise_id IS NULL)",
            name="role_place",
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("catalogue_persons.id"), index=True)
    role: Mapped[Role] = mapped_column(String(20))
    municipality_id: Mapped[int | None] = mapped_column(ForeignKey("catalogue_municipalities.id"))
    enterprise_id: Mapped[int | None] = mapped_column(
        ForeignKey("catalogue_enterprises.id"), index=True
    )
    toured_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # closed the role's tour


class Invitation(Base):
    """An invitation to act for an enterprise, by a link that is mailed and works once.

    `token_hash` is None until the mail goes out: the link is made then, and kept nowhere.
    """

    __tablename__ = "catalogue_invitations"
    __table_args__ = (
        CheckConstraint("role IN ('enterprise', 'facilitator')", name="invited_role"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("catalogue_enterprises.id"), index=True)
    role: Mapped[Role] = mapped_column(String(20))
    email: Mapped[str] = mapped_column(String(254))
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    invited_by: Mapped[int | None] = mapped_column(ForeignKey("catalogue_persons.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    accepted_by: Mapped[int | None] = mapped_column(ForeignKey("catalogue_persons.id"))


class SignIn(Base):
    """A signed-in session on the server; the browser holds the token, we hold its hash."""

    __tablename__ = "catalogue_sign_ins"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("catalogue_persons.id"), index=True)
    role_id: Mapped[int | None] = mapped_column(
        ForeignKey("catalogue_person_roles.id", ondelete="SET NULL")
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    # Noted now and then (sessions.py); None: not since it began.
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    device: Mapped[str | None] = mapped_column(String(40))  # see devices.py; never all it says


class FailedSignIn(Base):
    """A failed try, kept for a quarter of an hour to throttle guessing."""

    __tablename__ = "catalogue_failed_sign_ins"
    __table_args__ = (Index("ix_catalogue_failed_sign_ins_subject", "subject", "at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    subject: Mapped[str] = mapped_column(String(80))  # hash of the e-mail or network address
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class HeldForm(Base):
    """A form that was sent after its session had ended: nothing was done, and nothing is lost.

    One of each person; it is sent again by herself, when she has signed in.
    """

    __tablename__ = "catalogue_held_forms"

    person_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_persons.id"), primary_key=True, autoincrement=False
    )
    role_id: Mapped[int | None] = mapped_column(
        ForeignKey("catalogue_person_roles.id", ondelete="CASCADE")
    )
    path: Mapped[str] = mapped_column(String(2000))  # that it was sent to
    fields: Mapped[list[list[str]]] = mapped_column(JSON)  # pairs of name and value
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
