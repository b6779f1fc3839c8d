"""Put last season's withdrawn products on the shelf again, as they were or with new titles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from catalogue.core.errors import Conflict, Invalid
from catalogue.core.text import Text, today_in_copenhagen
from catalogue.core.text import lazy as _
from catalogue.core.who import Who

from . import checks, copying, service, shelf
from .copying import Season
from .gate import MustBeChecked
from .models import Product, ProductState


@dataclass
class Reopened:
    """What became of the chosen products: on the shelf, sent in, or why neither, by title."""

    published: list[Product] = field(default_factory=list)
    submitted: list[Product] = field(default_factory=list)
    left: list[tuple[str, Text | str]] = field(default_factory=list)


def reopen_all(session: Session, who: Who, season: Season, now: datetime) -> Reopened:
    """Publish withdrawn products of the enterprise again, or send them in where they are checked.

    Numbers, prices, pictures and agreements stay. One that cannot be shown stays withdrawn, with
    the reason; the others do not wait for it. Raises Invalid when none is chosen, or for a title.
    """
    chosen = copying.list_chosen(session, shelf.lock_enterprise(session, who), season.product_ids)
    closed = [each for each in chosen if each.state == ProductState.WITHDRAWN]
    if not closed:
        raise Invalid({"products": [_("Choose at least one product that is withdrawn")]})
    today, done = today_in_copenhagen(now), Reopened()
    for each in closed:
        facts = copying.for_next(shelf.facts_of(each), season, today)
        try:
            with session.begin_nested():
                service.save(session, who, each.id, facts, now)
                _show(session, who, each, done, now)
        except (Conflict, Invalid) as error:
            session.refresh(each)
            done.left.append((each.title, _reason(error)))
    return done


def _show(session: Session, who: Who, product: Product, done: Reopened, now: datetime) -> None:
    try:
        service.publish(session, who, product.id, now)
        done.published.append(product)
    except MustBeChecked:
        checks.submit(session, who, product.id, now)
        done.submitted.append(product)


def _reason(error: Conflict | Invalid) -> Text | str:
    """Return what is to be mended first, of one product."""
    problems: Sequence[Sequence[Text | str]] = ()
    if isinstance(error, Invalid):
        problems = list(error.problems.values())
    return problems[0][0] if problems else error.detail or error.title
