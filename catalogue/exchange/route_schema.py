"""The shape of what enterprises and staff say of the way that documents of orders go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import marshmallow as ma

from catalogue.core import fields
from catalogue.core.errors import Invalid
from catalogue.core.text import lazy as _

from .document_carriers import OrderCarrier

NONE = "none"
LABELS = {
    "carrier": _("How shall they come?"),
    "contact_email": _("Mail address for news about orders that the system sends"),
}


@dataclass(frozen=True)
class Route:
    """By which carrier documents go, whether the program knows changes, and who sends orders."""

    carrier: str = NONE
    advanced: bool = False
    contact_email: str | None = None


def offered(carriers: Mapping[str, OrderCarrier]) -> dict[str, str]:
    """Return what may be chosen, with what it is called: first of all, none."""
    names = {name: str(each.label) for name, each in carriers.items() if each.offered}
    return {NONE: str(_("No documents: mail and these pages are enough")), **names}


def read_route(form: Mapping[str, Any], carriers: Mapping[str, OrderCarrier]) -> Route:
    """Read the form; raises Invalid by field."""
    typed = fields.load(
        ma.Schema.from_dict(
            {
                "carrier": fields.Choice(lambda: [NONE, *carriers], required=True),
                "contact_email": fields.Email(load_default=None),
            }
        )(),
        form,
    )
    if typed["carrier"] not in offered(carriers):
        raise Invalid({"carrier": [_("There is no access point here; choose another way")]})
    return Route(typed["carrier"], bool(form.get("advanced")), typed["contact_email"])
