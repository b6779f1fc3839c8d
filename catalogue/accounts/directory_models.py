"""What the directory of a municipality says of one of its people."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from catalogue.core.db import Base, BigId, UtcDateTime


class Membership(Base):
    """A person of a municipality as its directory keeps her, once it has written to her.

    `user_name` None: the directory has deleted her; it may take her on again under any name.
    """

    __tablename__ = "catalogue_memberships"
    __table_args__ = (
        UniqueConstraint("municipality_id", "user_name_folded"),
        UniqueConstraint("municipality_id", "external_id"),
    )

    municipality_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_municipalities.id"), primary_key=True, autoincrement=False
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_persons.id"), primary_key=True, autoincrement=False, index=True
    )
    user_name: Mapped[str | None] = mapped_column(String(254))
    user_name_folded: Mapped[str | None] = mapped_column(String(254))
    external_id: Mapped[str | None] = mapped_column(String(254))
    active: Mapped[bool]
    said: Mapped[dict[str, Any]] = mapped_column(JSON)  # what it wrote, to be read again by it
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DirectoryGroup(Base):
    """A group of a municipality's directory; its name may mean a role (`directory_rules`)."""

    __tablename__ = "catalogue_directory_groups"
    __table_args__ = (UniqueConstraint("municipality_id", "name_folded"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("catalogue_municipalities.id"))
    name: Mapped[str] = mapped_column(String(254))
    name_folded: Mapped[str] = mapped_column(String(254))
    external_id: Mapped[str | None] = mapped_column(String(254))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class GroupMember(Base):
    """That a person is in a group of her directory."""

    __tablename__ = "catalogue_directory_group_members"

    group_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_directory_groups.id", ondelete="CASCADE"), primary_key=True,
        autoincrement=False,
    )  # fmt: skip
    person_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_persons.id"), primary_key=True, autoincrement=False, index=True
    )
