"""Take a Peppol catalogue in as a price list: read, of the right sender, with known categories."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.errors import Missing
from catalogue.enterprises.models import Enterprise
from catalogue.media.models import Image
from catalogue.products import queries
from catalogue.products.deliveries import Sent
from catalogue.products.price_list import Row

from . import peppol_reading, peppol_rows
from .peppol_rows import Known


@dataclass(frozen=True)
class Taken:
    """A catalogue of the enterprise as rows of a price list, and the pictures within it."""

    rows: tuple[Row, ...]
    pictures: tuple[Sent, ...]


def take(session: Session, enterprise_id: int | None, content: bytes) -> Taken:
    """Read a file of the enterprise; raises UnreadableDocument, or Invalid for another sender."""
    enterprise = session.get(Enterprise, enterprise_id)
    if enterprise is None:
        raise Missing()
    catalogue = peppol_reading.read(content)
    peppol_rows.check_provider(catalogue, enterprise.cvr)
    categories = queries.find_categories_by_code(session, peppol_rows.cpv_codes(catalogue))
    own = select(Image.sha256).where(
        Image.enterprise_id == enterprise.id,
        Image.sha256.in_(peppol_rows.picture_hashes(catalogue)),
    )
    known = Known(frozenset(categories), frozenset(session.scalars(own)))
    rows = peppol_rows.rows(catalogue, known)
    return Taken(rows, tuple(peppol_rows.pictures(catalogue, known)))
