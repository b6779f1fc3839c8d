"""Reads of inquiries: those an enterprise was asked, those a municipality sent, and for mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality
from catalogue.agreements.models import Category
from catalogue.core.db import ask
from catalogue.core.errors import Missing
from catalogue.core.text import lazy as _
from catalogue.enterprises.models import Enterprise, EnterpriseState
from catalogue.products.models import Product, ProductState

from .models import Inquiry, InquiryRecipient
from .rules import InquiryAnswer

MOST_LISTED = 50  # on the page of an enterprise; those not answered stand first


@dataclass(frozen=True)
class Received:
    """An inquiry as the enterprise sees it: of who asks, the municipality alone."""

    id: int
    words: str
    text: str
    created_at: datetime
    municipality_name: str
    category: Category | None
    own: InquiryRecipient
    product: Product | None  # the draft it answered with, as it stands now


@dataclass(frozen=True)
class Sent:
    """What one enterprise was asked and how it stands with its answer."""

    inquiry_id: int
    words: str
    category_code: str | None
    created_at: datetime
    enterprise_id: int
    enterprise_name: str
    answer: InquiryAnswer | None
    reason: str
    answered_at: datetime | None
    product_id: int | None
    product_title: str | None
    product_state: ProductState | None


@dataclass(frozen=True)
class Owed:
    """A mail to an enterprise that was asked and not told yet."""

    recipient_id: int
    inquiry_id: int
    email: str
    municipality_name: str
    words: str
    text: str
    municipality_id: int
    enterprise_id: int


def list_received(session: Session, enterprise_id: int | None) -> list[Received]:
    """List what the enterprise was asked, not answered first, newest first; one query.

    Empty for an enterprise that is not verified.
    """
    query = _received(enterprise_id).order_by(
        InquiryRecipient.answered_at.isnot(None), Inquiry.created_at.desc(), Inquiry.id.desc()
    )
    return [Received(*row) for row in session.execute(query.limit(MOST_LISTED))]


def get_received(session: Session, enterprise_id: int | None, inquiry_id: int) -> Received:
    """Return one of them; raises Missing for what the enterprise was not asked."""
    row = session.execute(_received(enterprise_id).where(Inquiry.id == inquiry_id)).first()
    if row is None:
        raise Missing(_("There is no such request."))
    return Received(*row)


def list_sent(session: Session, municipality_id: int, since: datetime) -> list[Sent]:
    """List whom the municipality asked since then, and the answers, newest first; one query."""
    asked = {"municipality_id": municipality_id, "since": since}
    return [Sent(*row) for row in ask(session, _sent(), asked)]


@cache  # asked by each look at coverage: to write it takes longer than to answer it
def _sent() -> Any:
    return (
        select(
            Inquiry.id, Inquiry.words, Inquiry.category_code, Inquiry.created_at,
            Enterprise.id, Enterprise.name, InquiryRecipient.answer, InquiryRecipient.reason,
            InquiryRecipient.answered_at, Product.id, Product.title, Product.state,
        )
        .join(InquiryRecipient, InquiryRecipient.inquiry_id == Inquiry.id)
        .join(Enterprise, Enterprise.id == InquiryRecipient.enterprise_id)
        .outerjoin(Product, Product.id == InquiryRecipient.product_id)
        .where(Inquiry.municipality_id == bindparam("municipality_id"))
        .where(Inquiry.created_at >= bindparam("since"))
        .order_by(Inquiry.created_at.desc(), Inquiry.id.desc(), Enterprise.name_folded)
    )  # fmt: skip


def find_owed(session: Session, recipient_id: int) -> Owed | None:
    """Return the mail that is owed to one that was asked; None when it went out or is answered."""
    row = session.execute(
        select(
            InquiryRecipient.id, Inquiry.id, Enterprise.email, Municipality.name,
            Inquiry.words, Inquiry.text, Inquiry.municipality_id, Enterprise.id,
        )
        .join(Inquiry, Inquiry.id == InquiryRecipient.inquiry_id)
        .join(Enterprise, Enterprise.id == InquiryRecipient.enterprise_id)
        .join(Municipality, Municipality.id == Inquiry.municipality_id)
        .where(InquiryRecipient.id == recipient_id, InquiryRecipient.mailed_at.is_(None))
        .where(InquiryRecipient.answered_at.is_(None))
    ).first()  # fmt: skip
    return Owed(*row) if row else None


def _received(
    enterprise_id: int | None,
) -> Any:  # SQLAlchemy 2.0 and 2.1 write its type differently
    return (
        select(
            Inquiry.id, Inquiry.words, Inquiry.text, Inquiry.created_at, Municipality.name,
            Category, InquiryRecipient, Product,
        )
        .join(InquiryRecipient, InquiryRecipient.inquiry_id == Inquiry.id)
        .join(Enterprise, Enterprise.id == InquiryRecipient.enterprise_id)
        .join(Municipality, Municipality.id == Inquiry.municipality_id)
        .outerjoin(Category, Category.code == Inquiry.category_code)
        .outerjoin(Product, Product.id == InquiryRecipient.product_id)
        .where(_verified_own(enterprise_id))
    )  # fmt: skip


def _verified_own(enterprise_id: int | None) -> ColumnElement[bool]:
    return and_(Enterprise.id == enterprise_id, Enterprise.state == EnterpriseState.VERIFIED)
