"""Rows as machines are told them: addresses outside, and only what stands on the public pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from catalogue.core.text import current_locale, slug
from catalogue.enterprises.models import Enterprise
from catalogue.media import rules as media
from catalogue.products import prices

from .queries import Shown
from .rules import Organization, Ware

Address = Callable[..., str]  # of parts of a path: the address outside


class Picture(Protocol):
    """What of a picture makes its address."""

    @property
    def sha256(self) -> str:
        """The hash that names its files."""

    @property
    def width(self) -> int:
        """Pixels across."""


def profile_address(address: Address, enterprise: Enterprise) -> str:
    """Return the address of an enterprise's profile."""
    return address("virksomheder", str(enterprise.id), slug(enterprise.name))


def shelf_address(address: Address, enterprise: Enterprise) -> str:
    """Return the address of the list of what an enterprise shows to everybody."""
    return f"{profile_address(address, enterprise)}/varer"


def product_address(address: Address, shown: Shown) -> str:
    """Return the address of a product's public page."""
    product = shown.product
    return f"{shelf_address(address, shown.enterprise)}/{product.id}/{slug(product.title)}"


def picture_address(address: Address, picture: Picture) -> str:
    """Return the address of a picture in its largest size."""
    return address("billeder", picture.sha256, f"{media.widths(picture.width)[-1]}.jpg")


def organization_of(address: Address, enterprise: Enterprise, logo: Picture | None) -> Organization:
    """Return what is told of an enterprise."""
    return Organization(
        url=profile_address(address, enterprise),
        name=enterprise.name,
        purpose=enterprise.social_purpose,
        cvr=enterprise.cvr,
        street=enterprise.street,
        postcode=enterprise.postcode,
        city=enterprise.city,
        email=enterprise.email,
        phone=enterprise.phone,
        logo=picture_address(address, logo) if logo else None,
    )


def ware_of(address: Address, shown: Shown, pictures: Sequence[Picture]) -> Ware:
    """Return what is told of a product, with the pictures that are shown."""
    product = shown.product
    return Ware(
        url=product_address(address, shown),
        kind=product.kind,
        title=product.title,
        summary=product.summary,
        item_number=product.item_number,
        category=shown.category.label(current_locale()) if shown.category else "",
        images=[picture_address(address, each) for each in pictures],
        price=prices.listed(product),
        vat_rate=product.vat_rate,
        minimum_quantity=product.minimum_quantity,
        delivery_days=product.delivery_days,
        gtin=product.gtin,
        paused_until=product.paused_until,
        made_to_order=(product.details or {}).get("made_to_order"),
        left=shown.left,
    )
