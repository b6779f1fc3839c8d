"""The verbs of attachments: put one on a product, say anew what they are, take one off.

As with pictures, what buyers see changes with a version, or waits where somebody checks it first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import String, cast, null, select
from sqlalchemy.orm import Session

from catalogue.core.errors import Invalid, Missing
from catalogue.core.fields import MESSAGES
from catalogue.core.personal import has_cpr_number
from catalogue.core.receiving import Received
from catalogue.core.text import Text
from catalogue.core.text import lazy as _
from catalogue.core.who import Who

from . import attached, revisions, shelf
from .attached import LONGEST_TITLE, Attachment, Kind
from .models import Product, ProductVersion


@dataclass(frozen=True)
class Described:
    """What is said of an attachment."""

    kind: str
    title: str


@dataclass(frozen=True)
class New:
    """A received file, what is said of it, and how many attachments a product may have."""

    received: Received
    described: Described
    at_most: int


def read_described(kind: str, title: str, usual: str = "") -> Described:
    """Return what was typed of an attachment; without a title it has the usual one.

    Raises Invalid, by field.
    """
    said = " ".join(title.split()) or usual
    problems: dict[str, list[Text | str]] = {}
    if kind not in list(Kind):
        problems["kind_of_attachment"] = [_("Choose what the document is")]
    if not said:
        problems["title_of_attachment"] = [_("Write what the document is called")]
    elif len(said) > LONGEST_TITLE:
        problems["title_of_attachment"] = [_("At most %(limit)s characters", limit=LONGEST_TITLE)]
    elif has_cpr_number(said):
        problems["title_of_attachment"] = [MESSAGES["cpr"]]
    if problems:
        raise Invalid(problems)
    return Described(kind, said)


def attach(session: Session, who: Who, product_id: int, new: New, now: datetime) -> None:
    """Put a received file behind the attachments of a product; the same again is said anew.

    Raises Missing; Invalid for too many.
    """
    product = revisions.lock(session, who.enterprise_id, product_id)
    said = new.described
    made = Attachment(new.received.sha256, said.kind, said.title, new.received.size_bytes)
    present = attached.of(product.attachments)
    kept = [made if each.sha256 == made.sha256 else each for each in present]
    if made not in kept:
        kept.append(made)
    if len(kept) > new.at_most:
        text = _("A product has at most %(limit)s attachments", limit=new.at_most)
        raise Invalid({"attachment": [text]})
    _put(session, who, product, kept, now)


def describe(
    session: Session, who: Who, product_id: int, said: Mapping[str, Described], now: datetime
) -> None:
    """Say anew what attachments are, by their hashes; those that are not named stay."""
    product = revisions.lock(session, who.enterprise_id, product_id)
    kept = [
        replace(each, kind=said[each.sha256].kind, title=said[each.sha256].title)
        if each.sha256 in said
        else each
        for each in attached.of(product.attachments)
    ]
    _put(session, who, product, kept, now)


def detach(session: Session, who: Who, product_id: int, sha256: str, now: datetime) -> None:
    """Take an attachment off a product; earlier versions keep it. Raises Missing."""
    product = revisions.lock(session, who.enterprise_id, product_id)
    present = attached.of(product.attachments)
    kept = [each for each in present if each.sha256 != sha256]
    if len(kept) == len(present):
        raise Missing(_("There is no such file."))
    _put(session, who, product, kept, now)


def hashes_in_use(session: Session) -> set[str]:
    """Return the hashes of the attachments of all products and their versions. Two queries.

    A version tells what buyers saw when they ordered, so its attachments stay for good.
    """
    rows = select(Product.attachments).where(Product.attachments.is_not(null()))
    # Most versions have none, and their facts are long: the database sorts them out.
    versions = select(ProductVersion.facts).where(
        cast(ProductVersion.facts, String).contains('"attachments"')
    )
    found = {each.sha256 for stored in session.scalars(rows) for each in attached.of(stored)}
    for facts in session.scalars(versions.execution_options(yield_per=1000)):
        found |= {each.sha256 for each in attached.read(facts)}
    return found


def _put(
    session: Session, who: Who, product: Product, kept: Sequence[Attachment], now: datetime
) -> None:
    before = shelf.told(product)
    product.attachments = attached.stored(kept)
    if before != shelf.told(product):
        shelf.note_change(session, who, product, before, now)
