"""What an event says and whom it concerns: ids, numbers and addresses, no persons and no prices.

Each side is told only of its own: an order concerns its municipality and its enterprise, and the
latter not before it is told of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.agreements import queries as agreements
from catalogue.agreements.models import Agreement
from catalogue.core.who import Role
from catalogue.ordering.models import Order
from catalogue.ordering.quote_models import QuoteRequest
from catalogue.products.models import Product
from catalogue.settings import Settings

from .models import Webhook

API = "api/v1"


@dataclass(frozen=True)
class News:
    """An event as it was put."""

    key: str
    type: str
    at: datetime
    object_id: int
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Paths:
    """Where one side reads on: in the API, and on the page; empty: nowhere."""

    api: str = ""
    page: str = ""


@dataclass(frozen=True)
class Said:
    """What an event says, and whom it concerns.

    `agreed_with`: the enterprise whose products it is about, which concerns the municipalities
    that have an agreement with it.
    """

    about: str
    data: Mapping[str, Any]
    paths: Mapping[Role, Paths]
    municipality_id: int | None = None
    enterprise_ids: frozenset[int] = field(default_factory=frozenset)
    agreed_with: int | None = None


def find(session: Session, news: News) -> Said | None:
    """Return what an event says now; None when what it is about is gone."""
    return _DRAW[news.type.partition(".")[0]](session, news)


def concerns(session: Session, hook: Webhook, said: Said, day: date) -> bool:
    """Tell whether an event concerns those whom a webhook belongs to."""
    if hook.enterprise_id is not None:
        return hook.enterprise_id in said.enterprise_ids
    if said.agreed_with is None or hook.municipality_id is None:
        return hook.municipality_id == said.municipality_id
    return _has_agreement(session, hook.municipality_id, said.agreed_with, day)


def body_of(settings: Settings, news: News, said: Said, reader: Role) -> dict[str, Any]:
    """Return what a webhook of those in that role is told."""
    paths = said.paths.get(reader, Paths())
    data = {
        **said.data,
        "url": settings.address(API, paths.api) if paths.api else None,
        "page": settings.address(paths.page) if paths.page else None,
    }
    return {"type": news.type, "timestamp": news.at.isoformat(), "data": data}


def _order(session: Session, news: News) -> Said | None:
    found = session.get(Order, news.object_id)
    if found is None:
        return None
    api = f"orders/{found.number}"
    return Said(
        about=found.number,
        data={
            "number": found.number,
            "state": news.facts.get("state", str(found.state)),
            "municipality_id": found.municipality_id,
            "enterprise_id": found.enterprise_id,
        },
        paths={
            Role.STAFF: Paths(api, f"ordrer/{found.number}"),
            Role.ENTERPRISE: Paths(api, f"indkomne-ordrer/{found.number}"),
        },
        municipality_id=found.municipality_id,
        enterprise_ids=frozenset() if found.withheld else frozenset({found.enterprise_id}),
    )


def _product(session: Session, news: News) -> Said | None:
    found = session.get(Product, news.object_id)
    if found is None:
        return None
    return Said(
        about=found.item_number or str(found.id),
        data={
            "id": found.id,
            "item_number": found.item_number,
            "enterprise_id": found.enterprise_id,
        },
        paths={
            Role.STAFF: Paths(f"search/products/{found.id}", f"varer/{found.id}"),
            Role.ENTERPRISE: Paths(f"products/{found.id}", f"varer-hos-os/{found.id}"),
        },
        enterprise_ids=frozenset({found.enterprise_id}),
        agreed_with=found.enterprise_id,
    )


def _agreement(session: Session, news: News) -> Said | None:
    found = session.get(Agreement, news.object_id)
    if found is None:
        return None
    party = found.enterprise_id
    return Said(
        about=found.number,
        data={
            "id": found.id,
            "number": found.number,
            "kind": str(found.kind),
            "starts_on": found.starts_on.isoformat(),
            "ends_on": found.ends_on.isoformat(),
            "municipality_id": found.municipality_id,
            "enterprise_id": party,
        },
        paths={Role.STAFF: Paths(f"agreements/{found.id}", f"aftaler/{found.id}")},
        municipality_id=found.municipality_id,
        enterprise_ids=frozenset() if party is None else frozenset({party}),
    )


def _quote(session: Session, news: News) -> Said | None:
    found = session.get(QuoteRequest, news.object_id)
    if found is None:
        return None
    data: dict[str, Any] = {"id": found.id, "municipality_id": found.municipality_id}
    if news.type == "quote.asked":
        data["deadline_on"] = found.deadline_on.isoformat()
    else:
        data |= {name: news.facts[name] for name in ("enterprise_id", "declined")}
    return Said(
        about=str(found.id),
        data=data,
        paths={
            Role.STAFF: Paths(f"quote-requests/{found.id}", f"tilbud/{found.id}"),
            Role.ENTERPRISE: Paths(
                f"incoming-quote-requests/{found.id}", f"tilbudsforespoergsler/{found.id}"
            ),
        },
        municipality_id=found.municipality_id,
        enterprise_ids=frozenset(news.facts.get("enterprise_ids", ())),
    )


_DRAW: dict[str, Callable[[Session, News], Said | None]] = {
    "order": _order,
    "product": _product,
    "agreement": _agreement,
    "quote": _quote,
}


def _has_agreement(session: Session, municipality_id: int, enterprise_id: int, day: date) -> bool:
    query = (
        select(Agreement.id)
        .join(Agreement.categories)
        .where(agreements.in_force_where(municipality_id, day))
        .where(Agreement.enterprise_id == enterprise_id)
    )
    return session.scalar(query.limit(1)) is not None
