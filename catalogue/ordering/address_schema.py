"""The shape of a kept delivery address: what check-out asks, but for what each order has anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalogue.core import fields

from .schema import DeliverySchema


@dataclass(frozen=True)
class AddressFacts:
    """What is kept of where an institution gets its deliveries and invoices."""

    institution: str
    street: str
    postcode: str
    city: str
    gln: str
    contact_name: str
    contact_email: str
    contact_phone: str | None = None
    account_coding: str | None = None


class AddressSchema(DeliverySchema):
    """The form of an address."""

    class Meta:
        """Reference and note belong to one order."""

        exclude = ("reference", "note")


def read_address(form: Mapping[str, Any]) -> AddressFacts:
    """Read the form of an address; raises Invalid by field."""
    return AddressFacts(**fields.load(AddressSchema(), form))
