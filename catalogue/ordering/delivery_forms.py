"""What the forms of delivery begin with: values, addresses to choose from, and kept codings."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from catalogue.core.who import Who

from . import addresses, codings
from .addresses import Begun
from .codings import Kept


@dataclass(frozen=True)
class Form:
    """The beginning of a form; `values` hold the key by which the form, sent twice, is known."""

    values: dict[str, Any]
    begun: Begun
    kept: list[Kept]


def start(session: Session, who: Who, address_id: int | None) -> Form:
    """Begin a form from a kept address, or else as `addresses.begin` says. Four queries."""
    begun = addresses.begin(session, who, address_id)
    kept = codings.list_kept(session, who)
    values = {"placing_key": secrets.token_urlsafe(24), **begun.values}
    if not values.get("account_coding"):
        values["account_coding"] = codings.find_default(kept, values.get("gln"))
    return Form(values, begun, kept)
