"""Connections to purchasing systems of municipalities, their sessions, and what they sent.

Of every secret only its hash is kept.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from catalogue.core.db import Base, BigId, UtcDateTime


class Kind(StrEnum):
    """The format in which a purchasing system opens the catalogue and gets the basket back."""

    OCI = "oci"
    CXML = "cxml"


class Encoding(StrEnum):
    """How a basket is written into the form that carries it back.

    The first two are for cXML, and OCI has its fields; the last is for either.
    """

    URLENCODED = "urlencoded"
    BASE64 = "base64"
    PEPPOL = "peppol"  # a document of BIS Punch Out (T77) for each enterprise, as base64


class Operation(StrEnum):
    """What a session is for."""

    CREATE = "create"
    EDIT = "edit"
    INSPECT = "inspect"


class SessionState(StrEnum):
    """Where a session stands; one that is WAITING or OPEN ends by itself when its time is up."""

    WAITING = "waiting"  # set up, its start page not opened yet
    OPEN = "open"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class PunchOutConnection(Base):
    """A purchasing system of a municipality that may open the catalogue.

    `person_id` is nobody who can sign in: its sessions and orders act as that buyer.
    """

    __tablename__ = "catalogue_punchout_connections"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    municipality_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_municipalities.id"), index=True
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("catalogue_persons.id"))
    kind: Mapped[Kind] = mapped_column(String(4))
    name: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(24), unique=True)  # in its addresses; no secret
    identity: Mapped[str] = mapped_column(String(100))
    return_hosts: Mapped[list[str]] = mapped_column(JSON)
    frame_origins: Mapped[list[str]] = mapped_column(JSON)
    encoding: Mapped[Encoding] = mapped_column(String(10))
    contact_email: Mapped[str] = mapped_column(String(254))
    gln: Mapped[str | None] = mapped_column(String(13))  # of orders that name none themselves
    news_url: Mapped[str | None] = mapped_column(String(300))  # takes confirmations of orders
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PunchOutSecret(Base):
    """A shared secret of a connection; two hold side by side while one replaces the other."""

    __tablename__ = "catalogue_punchout_secrets"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    connection_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_punchout_connections.id"), index=True
    )
    secret_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PunchOutSession(Base):
    """One visit from a purchasing system, with the address that its basket goes back to."""

    __tablename__ = "catalogue_punchout_sessions"
    __table_args__ = (
        Index("ix_catalogue_punchout_sessions_connection", "connection_id", "begun_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("catalogue_punchout_connections.id"))
    operation: Mapped[Operation] = mapped_column(String(8))
    state: Mapped[SessionState] = mapped_column(String(10))
    start_hash: Mapped[str] = mapped_column(String(64), unique=True)  # good while WAITING
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    buyer_cookie: Mapped[str] = mapped_column(Text)
    # Of cXML: how the purchasing system names itself and us, each (domain, identity).
    parties: Mapped[list[Any] | None] = mapped_column(JSON)
    return_url: Mapped[str] = mapped_column(Text)
    target: Mapped[str] = mapped_column(String(40))
    charset: Mapped[str] = mapped_column(String(20))
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    line_count: Mapped[int] = mapped_column(default=0)
    net_ore: Mapped[int] = mapped_column(BigId, default=0)
    left_out: Mapped[int] = mapped_column(default=0)  # lines sent to be edited that are not sold
    # The form that went back, the same when the page is loaded again.
    given_back: Mapped[list[Any] | None] = mapped_column(JSON)


class PunchOutMessage(Base):
    """A request in cXML that was acted on: the same payloadID is never acted on twice."""

    __tablename__ = "catalogue_punchout_messages"
    __table_args__ = (UniqueConstraint("connection_id", "payload_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("catalogue_punchout_connections.id"))
    payload_id: Mapped[str] = mapped_column(String(255))
    digest: Mapped[str] = mapped_column(String(64))  # of what was asked, without its envelope
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Of an order: its number and day there, and of each line product id, number, quantity, unit.
    facts: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class PunchOutOrder(Base):
    """An order that was sent in; one message makes one for each enterprise."""

    __tablename__ = "catalogue_punchout_orders"

    order_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_orders.id"), primary_key=True, autoincrement=False
    )
    message_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_punchout_messages.id"), index=True
    )


class PunchOutNews(Base):
    """What the purchasing system is told of a state of an order, once each time it comes to it.

    One row for a state, which is put again: a program of before puts no second one.
    """

    __tablename__ = "catalogue_punchout_news"
    __table_args__ = (UniqueConstraint("order_id", "state"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("catalogue_punchout_orders.order_id"))
    state: Mapped[str] = mapped_column(String(12))
    put_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Which time of the order in that state is told, from 1, and which was told last; 0: none.
    occasion: Mapped[int] = mapped_column(default=1, server_default="1")
    told_before: Mapped[int] = mapped_column(default=0, server_default="0")
