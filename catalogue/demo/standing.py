"""A standing order with its first weeks behind it, and a frame of which a part is called off."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.text import COPENHAGEN, today_in_copenhagen
from catalogue.core.who import Role
from catalogue.ordering import filling, frames, standing_making, standing_orders, standing_work
from catalogue.ordering.filling import Wish
from catalogue.ordering.frame_rules import FrameKind, Terms
from catalogue.ordering.quote_choice import Chosen
from catalogue.ordering.quote_models import Quote, QuoteRecipient, QuoteRequest
from catalogue.ordering.service import Placing
from catalogue.ordering.standing_making import Wanted
from catalogue.ordering.standing_rules import Plan, Rhythm
from catalogue.products.models import Product

from .approvals import acting, delivery

if TYPE_CHECKING:
    from .load import World


def keep(session: Session, world: World, content: dict[str, Any]) -> None:
    """Make what the file says by the verbs of the pages and of the worker."""
    for row in content["standing"]:
        _standing(session, world, row)
    for row in content["frames"]:
        _frame(session, world, row)


def _standing(session: Session, world: World, row: dict[str, Any]) -> None:
    buyer, today = world.persons[row["buyer"]], today_in_copenhagen(world.now)
    who = acting(session, buyer, Role.BUYER)
    made_at = world.now - timedelta(days=row["made_days_ago"])
    own = (
        Product.enterprise_id == world.enterprises[row["enterprise"]].id,
        Product.item_number == row["item_number"],
    )
    product, many = session.scalars(select(Product).where(*own)).one(), Decimal(row["quantity"])
    first_on = today_in_copenhagen(made_at)
    last_on = today + timedelta(days=row["runs_for_days"])
    plan = Plan(Rhythm(row["rhythm"]), row["weekday"], 1, row["days_ahead"], first_on, last_on)
    wishes = [Wish(product.id, product.title, many, product.unit)]
    outlooks = filling.foresee(session, who, wishes, first_on).outlooks
    wanted = Wanted(
        row["name"], plan, row["rise_percent"], delivery(row, buyer), {product.id: many},
        f"demo-{row['name']}",
    )  # fmt: skip
    (made,) = standing_making.make(session, who, wanted, outlooks, made_at)
    while made.next_on and made.due_on and made.due_on < today:
        morning = datetime.combine(made.due_on, time(6), COPENHAGEN)
        standing_work.place_due(session, made.id, made.next_on, morning)
    from_, until = (today + timedelta(days=each) for each in row["paused_in_days"])
    standing_orders.pause(session, who, made.id, (from_, until), world.now)


def _frame(session: Session, world: World, row: dict[str, Any]) -> None:
    buyer = world.persons[row["buyer"]]
    who = acting(session, buyer, Role.BUYER)
    quote, request_id = session.execute(
        select(Quote, QuoteRequest.id)
        .join(QuoteRecipient, QuoteRecipient.id == Quote.recipient_id)
        .join(QuoteRequest, QuoteRequest.id == QuoteRecipient.request_id)
        .where(QuoteRequest.title == row["request"])
    ).one()
    at = world.now - timedelta(days=row["called_off_days_ago"])
    last = today_in_copenhagen(world.now) + timedelta(days=row["runs_for_days"])
    chosen = Chosen(quote.id, quote.revision, row["reason"])
    terms = Terms(FrameKind.QUANTITY, last)
    frames.choose_as_frame(session, who, request_id, chosen, terms, at)
    wanted = {int(place): Decimal(many) for place, many in row["quantities"].items()}
    placing = Placing(who, delivery(row, buyer), f"demo-{row['request']}", at)
    frames.call_off(session, placing, quote.id, wanted)
