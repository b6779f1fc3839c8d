"""Files that go with a request or a quote. None has a public address, and each has its readers.

Checked and kept as evidence is: told by content, named by hash, handed out as a download.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from catalogue.core import receiving
from catalogue.core.errors import Invalid, Missing
from catalogue.core.receiving import Door, Received
from catalogue.core.storage import Shelf
from catalogue.core.text import lazy as _
from catalogue.core.who import Role, Who

from .quote_models import QuoteFile, QuoteRecipient, QuoteRequest

MOST_FILES = 10  # with a request, and with a quote


def receive(shelf: Shelf, at: Door, sent: Iterable[tuple[str, bytes]]) -> list[Received]:
    """Check `(name, content)` of files and store them, without a database; raises Invalid."""
    found = (receiving.receive(shelf, at, name, content) for name, content in sent)
    return list({each.sha256: each for each in found}.values())


def keep(
    session: Session,
    request: QuoteRequest,
    recipient: QuoteRecipient | None,
    received: Sequence[Received],
    now: datetime,
) -> None:
    """Add received files of the buyer (no recipient) or of one asked; known ones stay one row."""
    own = QuoteFile.recipient_id.is_(None) if recipient is None else (
        QuoteFile.recipient_id == recipient.id
    )  # fmt: skip
    known = set(
        session.scalars(select(QuoteFile.sha256).where(QuoteFile.request_id == request.id, own))
    )
    fresh = [each for each in received if each.sha256 not in known]
    if len(known) + len(fresh) > MOST_FILES:
        raise Invalid({"files": [_("At most %(most)s files can go along", most=MOST_FILES)]})
    session.add_all(
        QuoteFile(
            request_id=request.id,
            recipient_id=None if recipient is None else recipient.id,
            added_at=now,
            **vars(each),
        )
        for each in fresh
    )


def get(session: Session, who: Who, file_id: int) -> QuoteFile:
    """Return a file `who` may read; raises Missing for all others, so no one learns of it.

    The buyer and staff read all of their requests; an enterprise those of the buyer that asked it,
    and its own.
    """
    readable = QuoteRequest.visible_to(who)
    if who.role == Role.ENTERPRISE:
        asked = exists().where(
            QuoteRecipient.request_id == QuoteFile.request_id,
            QuoteRecipient.enterprise_id == who.enterprise_id,
            or_(QuoteFile.recipient_id.is_(None), QuoteFile.recipient_id == QuoteRecipient.id),
        )
        readable = and_(asked)
    found = session.scalars(
        select(QuoteFile)
        .join(QuoteRequest, QuoteRequest.id == QuoteFile.request_id)
        .where(QuoteFile.id == file_id, readable)
    ).first()
    if found is None:
        raise Missing(_("There is no such file."))
    return found
