"""The gate before the shelf: whether what buyers see may change now, or must be checked first."""

from __future__ import annotations

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import Session

from catalogue.core.errors import Conflict
from catalogue.core.text import lazy as _
from catalogue.core.who import Role, Who
from catalogue.enterprises.models import Enterprise

from .check_models import CheckedBy, Revision
from .check_rules import Checked, must_be_checked
from .models import Product, ProductState


class MustBeChecked(Conflict):
    """Buyers would see something nobody has checked."""

    title = _("This is checked before buyers see it")


class Waiting(Conflict):
    """The product is being read, so it must stay what it is."""

    title = _("The product waits for an answer")


def is_checked(session: Session, enterprise_id: int | None) -> bool:
    """Tell whether the reviewing municipality checks what the enterprise publishes. One query."""
    query = (
        select(CheckedBy.which, count_published())
        .join(Enterprise, Enterprise.reviewer_id == CheckedBy.municipality_id)
        .where(Enterprise.id == enterprise_id)
    )
    found = session.execute(query).first()
    return found is not None and must_be_checked(Checked(found[0]), found[1])


def count_published() -> ScalarSelect[int]:
    """Return how many products an Enterprise has put on the shelf so far, for SQL."""
    return (
        select(func.count())
        .select_from(Product)
        .where(Product.enterprise_id == Enterprise.id, Product.published_at.is_not(None))
        .where(Product.variant_of_id.is_(None))
        .correlate(Enterprise)
        .scalar_subquery()
    )


def is_held(session: Session, who: Who, product: Product) -> bool:
    """Tell whether a change `who` makes to what buyers see waits for somebody else."""
    if product.state != ProductState.PUBLISHED or who.role == Role.STAFF:
        return False
    return who.role == Role.FACILITATOR or is_checked(session, product.enterprise_id)


def check_change(session: Session, who: Who, product: Product) -> None:
    """Refuse a change of a product that waits, or that would be seen unchecked.

    Raises Waiting, MustBeChecked.
    """
    if product.state == ProductState.SUBMITTED:
        raise Waiting(_("Take it back first if you want to change it."))
    if is_held(session, who, product):
        raise MustBeChecked(
            _("Begin a change on the product's page: buyers see the present version meanwhile.")
        )


def check_publishing(session: Session, who: Who, product: Product) -> None:
    """Refuse to put a product on the shelf unchecked; staff who put it there have checked it.

    Raises Waiting, MustBeChecked.
    """
    if session.get(Revision, product.id) is not None:
        raise MustBeChecked(_("This is a change to another product. Publish it on its own page."))
    if who.role == Role.STAFF:
        return
    if product.state == ProductState.SUBMITTED:
        raise Waiting(_("Buyers see it as soon as it is approved."))
    if who.role == Role.FACILITATOR:
        raise MustBeChecked(_("The enterprise publishes what you have prepared. Send it there."))
    if is_checked(session, product.enterprise_id):
        raise MustBeChecked(_("Send it to the municipality, which checks it first."))
