"""Keeping a record of a choice, so that a public buyer can explain it (DOMAIN.md section 8.5).

What was found is copied, with its prices and its enterprises as they were. A digest of it all goes
into the audit, whose chain cannot be changed unseen; so reading a record tells whether it is still
what was kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, defer

from catalogue.core import audit
from catalogue.core.audit import AuditEvent
from catalogue.core.errors import Invalid, Missing
from catalogue.core.listing import has
from catalogue.core.text import lazy as _
from catalogue.core.who import Who

from .choice_models import ChoiceRecord
from .comparing import Compared

NONE_CHOSEN = 0  # the choice of none of what was found
SUBJECT = "choice_record"


@dataclass(frozen=True)
class FoundProduct:
    """A product as it was found; `agreement` is the number of the one it could be ordered on."""

    product_id: int
    title: str
    item_number: str
    version: int
    enterprise: str
    cvr: str
    category: str
    price_ore: int | None
    price_base_quantity: int
    unit: str
    delivery_days: int | None
    delivers_here: bool
    agreement: str | None
    refusal: str | None
    compared: bool


@dataclass(frozen=True)
class Found:
    """What was asked and what was found; `text` None: only products held against each other.

    `total` counts all hits and `hidden` those that may not be ordered; `products` has the first of
    the hits and all that were compared.
    """

    text: str | None
    filters: tuple[str, ...]
    sort: str
    total: int
    hidden: int
    products: tuple[FoundProduct, ...]

    @property
    def digest(self) -> str:
        """Return a mark that changes with anything found."""
        return _digest(asdict(self))


@dataclass(frozen=True)
class Said:
    """What the buyer says of her choice."""

    title: str
    chosen_id: int
    reason: str
    case_number: str | None = None


@dataclass(frozen=True)
class RecordPage:
    """A record with what was found; `intact`: it is what the audit says was kept."""

    record: ChoiceRecord
    found: Found
    intact: bool

    @property
    def chosen(self) -> FoundProduct | None:
        """Return the product that was chosen, or None."""
        ids = self.record.chosen_product_id
        return next((each for each in self.found.products if each.product_id == ids), None)


def copied(compared: Sequence[Compared], held: Collection[int]) -> tuple[FoundProduct, ...]:
    """Copy what is told of products; `held` are those that were held against each other."""
    return tuple(_copied(each, each.card.product.id in held) for each in compared)


def keep(session: Session, who: Who, found: Found, said: Said, now: datetime) -> ChoiceRecord:
    """Keep a record of the buyer's choice; raises Invalid when it is not among what was found."""
    chosen = next((each for each in found.products if each.product_id == said.chosen_id), None)
    if chosen is None and said.chosen_id != NONE_CHOSEN:
        raise Invalid({"chosen_id": [_("Choose one of those that were found")]})
    record = ChoiceRecord(
        municipality_id=who.municipality_id,
        person_id=who.person_id,
        person_name=who.name,
        kept_at=now,
        title=said.title,
        case_number=said.case_number,
        found=json.loads(json.dumps(asdict(found))),
        chosen_product_id=chosen.product_id if chosen else None,
        chosen_title=chosen.title if chosen else None,
        reason=said.reason,
    )
    record.digest = _digest_of(record)
    session.add(record)
    session.flush()
    after = {
        "product_id": record.chosen_product_id, "hits": found.total, "digest": record.digest,
    }  # fmt: skip
    audit.record(
        session,
        f"{SUBJECT}.kept",
        (SUBJECT, record.id),
        person_id=who.person_id,
        now=now,
        facts=audit.changes({}, after) | {"untold": ["title", "reason"]},
        municipality_id=who.municipality_id,
    )
    return record


def count(session: Session, who: Who, words: str = "") -> int:
    """Count the records `who` may read that have the words."""
    kept = select(func.count()).select_from(ChoiceRecord)
    return session.scalar(kept.where(ChoiceRecord.visible_to(who), _has(words))) or 0


def list_kept(
    session: Session, who: Who, words: str, order: tuple[Any, ...], part: slice
) -> list[ChoiceRecord]:
    """List a part of the records `who` may read that have the words, in order, newest first."""
    query = select(ChoiceRecord).where(ChoiceRecord.visible_to(who), _has(words))
    query = query.options(defer(ChoiceRecord.found))
    query = query.order_by(*order, ChoiceRecord.kept_at.desc(), ChoiceRecord.id.desc())
    return list(session.scalars(query.offset(part.start).limit(part.stop - part.start)))


def get(session: Session, who: Who, record_id: int) -> RecordPage:
    """Return a record that `who` may read, held against the audit; raises Missing. Two queries."""
    visible = (ChoiceRecord.visible_to(who), ChoiceRecord.id == record_id)
    record = session.scalars(select(ChoiceRecord).where(*visible)).first()
    if record is None:
        raise Missing(_("There is no such record of a choice."))
    events = session.scalars(
        select(AuditEvent.facts).where(
            AuditEvent.object_type == SUBJECT, AuditEvent.object_id == record.id
        )
    )
    told = {facts["after"]["digest"] for facts in events}
    products = tuple(FoundProduct(**each) for each in record.found["products"])
    filters = tuple(record.found["filters"])
    found = Found(**record.found | {"products": products, "filters": filters})
    return RecordPage(record, found, told == {record.digest} == {_digest_of(record)})


def _has(words: str) -> ColumnElement[bool]:
    return has(
        words, ChoiceRecord.title, ChoiceRecord.chosen_title, ChoiceRecord.case_number,
        ChoiceRecord.person_name,
    )  # fmt: skip


def _copied(of: Compared, compared: bool) -> FoundProduct:
    card, shown, price = of.card, of.card.product, of.card.priced.price
    voluntary = card.judgement.voluntary if card.judgement.orderable else None
    return FoundProduct(
        product_id=shown.id,
        title=shown.title,
        item_number=shown.item_number,
        version=shown.version,
        enterprise=card.enterprise.name,
        cvr=card.enterprise.cvr,
        category=card.category.label("da") if card.category else "",
        price_ore=price.ore if price else None,
        price_base_quantity=price.base_quantity if price else 1,
        unit=price.unit if price else shown.unit,
        delivery_days=shown.delivery_days,
        delivers_here=of.delivers_here,
        agreement=voluntary.number if voluntary else None,
        refusal=str(card.refusal.title) if card.refusal else None,
        compared=compared,
    )


def _digest_of(record: ChoiceRecord) -> str:
    kept: dict[str, Any] = {
        name: getattr(record, name)
        for name in (
            "municipality_id", "person_id", "person_name", "title", "case_number", "found",
            "chosen_product_id", "chosen_title", "reason",
        )
    }  # fmt: skip
    return _digest(kept | {"kept_at": record.kept_at.astimezone(UTC).isoformat()})


def _digest(value: dict[str, Any]) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
