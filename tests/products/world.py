"""An enterprise with a person who acts for it, and facts of a product that may be published."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cast
from PIL import Image
from sqlalchemy.orm import Session

from catalogue.core.folder import Folder
from catalogue.core.who import Who
from catalogue.enterprises.models import Enterprise
from catalogue.media.rules import Limits
from catalogue.media.service import Received, receive_drawn
from catalogue.media.store import Store
from catalogue.products.rules import ProductFacts
from catalogue.products.shelf import NewPicture

FORM = {
    "title": "Legehus i lærk", "kind": "goods", "summary": "Et legehus.",
    "description": "Bygget af lærk.", "category": cast.PLAY_HOUSES, "unit": "piece",
    "price": "12.500,00", "price_base_quantity": "1", "vat_rate": "25", "minimum_quantity": "1",
    "delivery_days": "21", "delivers_everywhere": "1",
}  # fmt: skip


@dataclass(frozen=True)
class Seller:
    """An enterprise, its worker, and the worker's identity."""

    enterprise: Enterprise
    person: Any
    who: Who


def seller(session: Session, name: str = "Legehytten", **facts: Any) -> Seller:
    """Make an enterprise with one worker."""
    cast.category(session, cast.PLAY_HOUSES)
    enterprise = cast.enterprise(session, name, **facts)
    person = cast.worker(session, enterprise, email=f"post@{name.lower()}.example")
    return Seller(enterprise, person, cast.who(session, person))


def facts(**changes: Any) -> ProductFacts:
    """Return facts that lack nothing but a picture."""
    given: dict[str, Any] = {
        "item_number": "V-1", "title": "Legehus i lærk", "summary": "Et legehus.",
        "description": "Bygget af lærk.", "category_code": cast.PLAY_HOUSES,
        "price_ore": 1_250_000, "delivery_days": 21,
    }  # fmt: skip
    return ProductFacts(**(given | changes))


def open_store(folder: Path) -> Store:
    """Open a store of pictures in a folder."""
    return Store(Folder(folder / "media"), Limits(15_000_000, 60_000_000, 200))


def photo(store: Store, colour: str = "red", alt: str = "Et legehus") -> NewPicture:
    """Receive a picture of one colour."""
    return NewPicture(received(store, colour), alt)


def received(store: Store, colour: str) -> Received:
    """Receive a picture of one colour, without a text."""
    return receive_drawn(store, encoded(colour))


def encoded(colour: str) -> bytes:
    """Return a JPEG of one colour."""
    content = io.BytesIO()
    Image.new("RGB", (400, 300), colour).save(content, "JPEG")
    return content.getvalue()
