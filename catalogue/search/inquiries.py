"""The verbs of inquiries: staff ask chosen enterprises "can you make this?", who say no or yes.

A yes is a draft product of the enterprise's own; what it lacks is filled in where all products are.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.agreements.models import Category
from catalogue.core import audit, jobs
from catalogue.core.errors import Conflict, Invalid, Missing, NotAllowed
from catalogue.core.text import lazy as _
from catalogue.core.text import today_in_copenhagen
from catalogue.core.turns import take_turn
from catalogue.core.who import Who
from catalogue.enterprises import queries as enterprises
from catalogue.products import service as products
from catalogue.products.models import Product
from catalogue.products.rules import ProductFacts

from . import demand_queries
from .demand import NotVerified
from .models import Inquiry, InquiryRecipient
from .rules import Inquired, InquiryAnswer, Offer

MAIL = "inquiry.mail"


class AnsweredByDraft(Conflict):
    """The enterprise has said yes already: a second yes would make a second draft."""

    title = _("You have answered with a draft already")


def take_turn_asking(session: Session, who: Who) -> None:
    """Let others of the municipality ask after this transaction, before it is looked who was asked.

    A form that is sent twice at once would find nobody asked, twice.
    """
    take_turn(session, "inquiry", who.municipality_id)


def ask(session: Session, who: Who, inquired: Inquired, now: datetime) -> Inquiry:
    """Ask enterprises whether they can make what is looked for; each gets a mail.

    Raises Invalid by field: nobody chosen, one not verified in the municipality of `who`, or a
    category that does not exist.
    """
    if who.municipality_id is None or who.person_id is None:
        raise NotAllowed(_("Only staff of a municipality can ask."))
    problems = _problems(session, who.municipality_id, inquired, today_in_copenhagen(now))
    if problems:
        raise Invalid(problems)
    made = Inquiry(
        municipality_id=who.municipality_id,
        person_id=who.person_id,
        words=inquired.words,
        text=inquired.text,
        category_code=inquired.category_code,
        created_at=now,
    )
    made.recipients = [
        InquiryRecipient(enterprise_id=each) for each in sorted(inquired.enterprise_ids)
    ]
    session.add(made)
    session.flush()
    for each in made.recipients:
        jobs.put(session, MAIL, {"recipient_id": each.id}, now=now)
    facts = {"enterprise_ids": sorted(inquired.enterprise_ids)}
    _record(session, who, "inquiry.asked", made.id, now, facts)
    return made


def decline(session: Session, who: Who, inquiry_id: int, reason: str, now: datetime) -> None:
    """Say no for the enterprise `who` acts for, with or without a reason.

    A yes given before is taken back; what became of its draft is the enterprise's own. Raises
    NotVerified, Missing for what it was not asked.
    """
    _inquiry, own = _asked(session, who, inquiry_id)
    own.answer, own.reason, own.answered_at = InquiryAnswer.NO, reason, now
    own.product_id = None
    _record(session, who, "inquiry.declined", inquiry_id, now, {})


def accept(session: Session, who: Who, inquiry_id: int, offer: Offer, now: datetime) -> Product:
    """Say yes for the enterprise `who` acts for; return the draft that is made of it.

    A no given before is taken back. Raises NotVerified, Missing, AnsweredByDraft.
    """
    inquiry, own = _asked(session, who, inquiry_id)
    if own.product_id is not None:
        raise AnsweredByDraft(_("You find the draft among your products. Nothing was changed."))
    facts = ProductFacts(
        item_number="",
        title=offer.title,
        description=offer.text,
        category_code=inquiry.category_code,
    )
    product = products.create_draft(session, who, facts, now)
    own.answer, own.reason, own.answered_at = InquiryAnswer.YES, "", now
    own.product_id = product.id
    _record(session, who, "inquiry.accepted", inquiry_id, now, {"product_id": product.id})
    return product


def mark_mailed(session: Session, recipient_id: int, now: datetime) -> None:
    """Write that the mail about it went out, so that it never goes twice."""
    session.get_one(InquiryRecipient, recipient_id).mailed_at = now


def _problems(
    session: Session, municipality_id: int, inquired: Inquired, today: date
) -> dict[str, Any]:
    problems: dict[str, Any] = {}
    wanted, code = inquired.enterprise_ids, inquired.category_code
    if not wanted:
        problems["enterprises"] = [_("Choose at least one enterprise")]
    elif wanted != enterprises.verified_ids(session, municipality_id, wanted, today):
        problems["enterprises"] = [_("Choose enterprises that are verified in your municipality")]
    if code is not None and session.get(Category, code) is None:
        problems["category_code"] = [_("Choose a category of the list, or none")]
    return problems


def _asked(session: Session, who: Who, inquiry_id: int) -> tuple[Inquiry, InquiryRecipient]:
    """Return what the enterprise was asked; the locked row lets in one answer at a time."""
    if not demand_queries.is_verified(session, who.enterprise_id):
        raise NotVerified(_("You can answer requests as soon as your enterprise is verified."))
    found = session.execute(
        select(Inquiry, InquiryRecipient)
        .join(InquiryRecipient, InquiryRecipient.inquiry_id == Inquiry.id)
        .where(Inquiry.id == inquiry_id, InquiryRecipient.enterprise_id == who.enterprise_id)
        .with_for_update(of=InquiryRecipient)
        .execution_options(populate_existing=True)
    ).first()
    if found is None:
        raise Missing(_("There is no such request."))
    return found.Inquiry, found.InquiryRecipient


def _record(
    session: Session, who: Who, action: str, inquiry_id: int, now: datetime, facts: dict[str, Any]
) -> None:
    own = {} if who.enterprise_id is None else {"enterprise_id": who.enterprise_id}
    audit.record(
        session, action, ("inquiry", inquiry_id), person_id=who.person_id, now=now,
        facts=audit.changes({}, own | facts), municipality_id=who.municipality_id,
    )  # fmt: skip
