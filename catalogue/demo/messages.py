"""Messages on orders of the world, and notices of what has happened; nobody gets mail."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality
from catalogue.core.text import Text
from catalogue.core.who import Role
from catalogue.enterprises.models import Enterprise
from catalogue.exchange import mail_kinds, notices
from catalogue.exchange.letter_words import WORDINGS, Reader
from catalogue.exchange.message_mail import SUBJECT
from catalogue.exchange.notices import News, audience
from catalogue.ordering.message_models import OrderMessage, Writer
from catalogue.ordering.models import Order

if TYPE_CHECKING:
    from .load import World


def talk(session: Session, world: World, rows: list[dict[str, Any]]) -> None:
    """Write the messages of the file on the newest order of that state between the two."""
    for row in rows:
        buyer = world.persons[row["buyer"]]
        enterprise = world.enterprises[row["enterprise"]]
        order = session.scalars(
            select(Order)
            .where(Order.buyer_id == buyer.id, Order.enterprise_id == enterprise.id)
            .where(Order.state == row["state"])
            .order_by(Order.placed_at.desc())
        ).first()
        if order is None:
            raise ValueError(f"no order of {row['buyer']} at {row['enterprise']} to talk about")
        for said in row["messages"]:
            own = said["by"] == "buyer"
            at = world.now - timedelta(hours=said["hours_ago"])
            session.add(
                OrderMessage(
                    order_id=order.id,
                    writer=Writer.MUNICIPALITY if own else Writer.ENTERPRISE,
                    person_id=buyer.id if own else None,
                    person_name=buyer.name if own else row["worker"],
                    text=said["text"],
                    at=at,
                    mailed_at=at,
                )
            )
        session.flush()
        _tell(session, world, order, enterprise)


def _tell(session: Session, world: World, order: Order, enterprise: Enterprise) -> None:
    """Tell both sides what their mail told them."""
    buyer = audience(Role.BUYER, order.municipality_id, order.buyer_id)
    municipality = session.get_one(Municipality, order.municipality_id).name
    named = {"number": order.number, "enterprise": enterprise.name}
    confirmed = WORDINGS["confirmed", Reader.BUYER].subject.message
    for audience_, path, message, values in (
        (buyer, "ordrer", confirmed, named),
        (buyer, "ordrer", SUBJECT.message, named | {"sender": enterprise.name}),
        (
            audience(Role.ENTERPRISE, enterprise.id),
            "indkomne-ordrer",
            SUBJECT.message,
            named | {"sender": municipality},
        ),
    ):
        kind = mail_kinds.MESSAGE if message == SUBJECT.message else mail_kinds.ORDER
        page = f"{path}/{order.number}" + ("#beskeder" if kind is mail_kinds.MESSAGE else "")
        key = f"demo.{order.number}.{kind.name}"
        notices.put(session, audience_, News(key, kind, Text(message, values), page), world.now)
