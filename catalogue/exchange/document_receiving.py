"""Documents left in `in` of a folder, an enterprise's or a municipality's: taken once, and each
acknowledged.

Only a file whose name ends in `.xml` is looked at: write it under another name and rename it. It is
moved to `done`, and `ack` gets a file of its name with `.json` after it: what was done, or the line
and rule that is wrong. A receiver acknowledges what lies in `out` by a file KEY.ack there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality
from catalogue.core.db import Database
from catalogue.core.errors import CatalogueError, Invalid
from catalogue.core.text import lazy as _
from catalogue.core.text import reading_in
from catalogue.core.who import Role, Who
from catalogue.enterprises.models import Enterprise
from catalogue.settings import Settings

from . import answering, buyer_documents, documents
from .document_carriers import Carrier, write_whole
from .route_models import DocumentRoute, ReceivedDocument, SentDocument
from .ubl import UnreadableDocument

Owner = Enterprise | Municipality
READ = (documents.ANSWER, documents.ADVANCED_ANSWER)
NOT_READ = _("Only order responses (T76, T116) are taken here.")


@dataclass(frozen=True)
class Collected:
    """How many documents were taken, refused, and how many of ours were acknowledged."""

    taken: int = 0
    refused: int = 0
    acknowledged: int = 0


def collect(database: Database, settings: Settings, clock: Callable[[], datetime]) -> Collected:
    """Take what lies in the folders of those who have one, oldest name first."""
    taken = refused = acknowledged = 0
    for owner in _with_folders(database):
        folder = settings.documents_folder / owner.cvr
        for name in ("in", "done", "ack"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        for path in sorted((folder / "in").glob("[!.]*.xml")):
            if path.is_symlink() or not path.is_file():
                continue  # a link could lead to files that are not the enterprise's
            is_taken = _take_file(database, owner, path, clock())
            taken, refused = taken + is_taken, refused + (not is_taken)
    for path in sorted(settings.documents_folder.glob("*/out/[!.]*.ack")):
        _acknowledge(database, path, clock())
        acknowledged += 1
    return Collected(taken, refused, acknowledged)


def take(
    session: Session, enterprise: Enterprise, name: str, content: bytes, now: datetime
) -> str | None:
    """Take a document of an enterprise and return the number of its order.

    One that came before is not taken again. Raises a CatalogueError that says what is wrong.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    own = (ReceivedDocument.enterprise_id == enterprise.id, ReceivedDocument.sha256 == sha256)
    before = session.scalars(select(ReceivedDocument).where(*own)).first()
    if before is not None:
        return before.order_number
    dialect = documents.recognise(content, READ)
    if dialect is None:
        raise Invalid({"document": [NOT_READ]}, NOT_READ)
    answer = documents.read(content, dialect)
    answering.take(session, _bearer(enterprise), answer, now)
    session.add(
        ReceivedDocument(
            enterprise_id=enterprise.id, sha256=sha256, name=name[:200],
            order_number=answer.order[:80], received_at=now,
        )
    )  # fmt: skip
    return str(answer.order)


def told(error: CatalogueError) -> list[dict[str, Any]]:
    """Return what is wrong with a document, as an acknowledgement says it."""
    if isinstance(error, UnreadableDocument):
        return [
            {"line": each.line, "rule": each.rule, "text": str(each.text)}
            for each in error.findings
        ]
    if isinstance(error, Invalid) and not error.detail:
        return [
            {"field": field, "text": str(text)}
            for field, texts in error.problems.items()
            for text in texts
        ]
    return [{"text": str(error.detail) or str(error.title)}]


def _take_file(database: Database, owner: Owner, path: Path, now: datetime) -> bool:
    with reading_in("da"):
        try:
            with database.transaction() as session:
                order = _take_of(session, owner, path, now)
            said: dict[str, Any] = {"file": path.name, "taken": True, "order": order}
        except CatalogueError as error:
            said = {"file": path.name, "taken": False, "problems": told(error)}
    folder = path.parent.parent
    content = json.dumps(said, ensure_ascii=False, indent=1).encode()
    write_whole(folder / "ack" / f"{path.name}.json", content)
    path.replace(folder / "done" / path.name)
    return bool(said["taken"])


def _take_of(session: Session, owner: Owner, path: Path, now: datetime) -> str | None:
    if isinstance(owner, Municipality):
        return buyer_documents.take(session, owner.id, path.read_bytes(), now)
    return take(session, owner, path.name, path.read_bytes(), now)


def _acknowledge(database: Database, path: Path, now: datetime) -> None:
    """Note that a receiver has a document of ours, and clear it away."""
    own = (SentDocument.key == path.stem, SentDocument.acknowledged_at.is_(None))
    with database.transaction() as session:
        session.execute(update(SentDocument).where(*own).values(acknowledged_at=now))
    path.with_suffix(".xml").unlink(missing_ok=True)
    path.unlink()


def _with_folders(database: Database) -> list[Owner]:
    by_folder = DocumentRoute.carrier == Carrier.FOLDER
    enterprises = select(Enterprise).join(
        DocumentRoute, DocumentRoute.enterprise_id == Enterprise.id
    )
    towns = select(Municipality).join(
        DocumentRoute, DocumentRoute.municipality_id == Municipality.id
    )
    with database.reading() as session:
        found: list[Owner] = [*session.scalars(towns.where(by_folder).order_by(Municipality.cvr))]
        found += session.scalars(enterprises.where(by_folder).order_by(Enterprise.cvr))
    return found


def _bearer(enterprise: Enterprise) -> Who:
    """Return who acts by a document: the enterprise, and no person that we know."""
    return Who(
        name=enterprise.name, role=Role.ENTERPRISE,
        enterprise_id=enterprise.id, enterprise_name=enterprise.name,
    )  # fmt: skip
