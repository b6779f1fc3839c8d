"""Whom to write to about privacy and accessibility: one's municipality, or who runs this."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality
from catalogue.core.who import Who
from catalogue.settings import Settings


@dataclass(frozen=True)
class Contact:
    """Names and addresses, blank where nobody has told them."""

    name: str
    email: str
    dpo_email: str


def find(session: Session, settings: Settings, who: Who) -> Contact:
    """Return the contact for who is asking: that of her municipality, else of the settings."""
    home = session.get(Municipality, who.municipality_id) if who.municipality_id else None
    if home is not None and home.contact_email:
        return Contact(f"{home.name} Kommune", home.contact_email, settings.dpo_email)
    return Contact(settings.contact_name, settings.contact_email, settings.dpo_email)
