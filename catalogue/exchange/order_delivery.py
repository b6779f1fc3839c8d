"""Where an order that came by a document goes: who gets it, and what the invoice needs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from catalogue.core.fields import load
from catalogue.core.text import day as day_text
from catalogue.core.text import gettext
from catalogue.core.text import lazy as _
from catalogue.ordering.rules import Delivery
from catalogue.ordering.schema import DeliverySchema

from .order_document import Actor, Address, AskedOrder, Contact, Delivered
from .peppol_document import GLN_SCHEME, Identifier, Period

LONGEST_ACCOUNT = 80
WANTED = _("Wanted on %(day)s")


def read_delivery(asked: AskedOrder, contact_email: str | None) -> Delivery:
    """Return where an order goes; raises Invalid for what the document lacks.

    `contact_email` gets the news of an order that names nobody.
    """
    buyer, sent = asked.buyer, asked.delivery or Delivered()
    at = sent.address or buyer.address or Address()
    glns = [*numbers_of(buyer, GLN_SCHEME), *_gln(sent.place)]
    person, desk = sent.contact or Contact(), buyer.contact or Contact()
    given = {
        "institution": sent.name or buyer.name or buyer.legal_name,
        "street": ", ".join(filter(None, (at.street, at.more))),
        "postcode": at.postcode,
        "city": at.city,
        "gln": glns[0] if glns else None,
        "contact_name": desk.name or person.name or sent.name or buyer.legal_name,
        "contact_email": desk.email or person.email or contact_email,
        "contact_phone": desk.phone or person.phone or None,
        "reference": asked.reference or asked.number,
        "account_coding": asked.account[:LONGEST_ACCOUNT] or None,
        "note": "\n".join(_notes(asked, sent)) or None,
    }
    return Delivery(**load(DeliverySchema(), given))


def numbers_of(actor: Actor, scheme: str) -> list[str]:
    """List the numbers of a kind by which somebody is named; CVR numbers without DK."""
    found = [actor.endpoint, actor.number, actor.company]
    return [each.number.removeprefix("DK") for each in found if each and each.scheme == scheme]


def last_day(asked: AskedOrder) -> date | None:
    """Return the day by which an order is wanted."""
    return _last(asked.delivery.wanted if asked.delivery else None)


def _gln(place: Identifier | None) -> list[str]:
    return [place.number] if place and place.scheme in ("", GLN_SCHEME) else []


def _notes(asked: AskedOrder, sent: Delivered) -> Iterable[str]:
    """Yield what the enterprise must read: the days that are wanted, and what the buyer writes."""
    if day := _day(sent.wanted):
        yield day
    if asked.note:
        yield asked.note
    for line in asked.lines:
        said = [each for each in (_day(line.wanted), line.note) if each]
        if said:
            yield f"{line.name}: {', '.join(said)}"


def _day(period: Period | None) -> str:
    found = _last(period)
    return gettext(WANTED.message, day=day_text(found)) if found else ""


def _last(period: Period | None) -> date | None:
    return (period.ends_on or period.starts_on) if period else None
