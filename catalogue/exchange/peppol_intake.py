"""Take a Peppol catalogue in as a price list: read, of the right sender, with known categories."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.errors import Missing
from catalogue.enterprises.models import Enterprise
from catalogue.media.models import Image
from catalogue.media.store import Store
from catalogue.products import queries
from catalogue.products.deliveries import Delivery, Sent

from . import peppol_reading, peppol_rows
from .peppol_document import Catalogue
from .peppol_rows import Known


@dataclass(frozen=True)
class Taken:
    """A catalogue of the enterprise, read, and what of it there is already."""

    enterprise_id: int
    catalogue: Catalogue
    known: Known

    def deliver(self, store: Store, sent: Iterable[Sent], at_most: int) -> Delivery:
        """Return it as rows, with the pictures in it or sent along; decoding takes its time."""
        return peppol_rows.deliver(self.catalogue, store, sent, at_most=at_most, known=self.known)


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
    return Taken(enterprise.id, catalogue, known)
