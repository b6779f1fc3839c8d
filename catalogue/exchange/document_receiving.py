"""Documents left in `in` of a folder, an enterprise's or a municipality's: taken once, and each
acknowledged.

Only a file whose name ends in `.xml` is looked at: write it under another name and rename it. It is
moved to `done`, and `ack` gets a file of its name with `.json` after it: what was done, or the line
and rule that is wrong. A receiver acknowledges what lies in `out` by a file KEY.ack there.

Strangers name the files, and leave what they like: one that cannot be dealt with stays where it
lies, is logged, and holds up no other.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality
from catalogue.core import faults, outage
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
from .ubl import LARGEST_BYTES, UnreadableDocument

log = logging.getLogger("catalogue.documents")
LONGEST_NAME_BYTES = 200  # of a file; what we write beside it is a little longer, and 255 may be
Owner = Enterprise | Municipality
READ = (documents.ANSWER, documents.ADVANCED_ANSWER)
NOT_READ = _("Only order responses (T76, T116) are taken here.")


@dataclass(frozen=True)
class Collected:
    """How many documents were taken, refused, how many of ours were acknowledged, and how many
    files could not be dealt with.
    """

    taken: int = 0
    refused: int = 0
    acknowledged: int = 0
    failed: int = 0


def collect(database: Database, settings: Settings, clock: Callable[[], datetime]) -> Collected:
    """Take what lies in the folders of those who have one, oldest name first."""
    counts: Counter[str] = Counter()
    for owner in _with_folders(database):
        folder = settings.documents_folder / owner.cvr
        for name in ("in", "done", "ack"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        for path in sorted((folder / "in").glob("[!.]*.xml")):
            if path.is_symlink() or not path.is_file():
                continue  # a link could lead to files that are not the enterprise's
            with _by_itself(counts):
                is_taken = _take_file(database, owner, path, clock())
                counts["taken" if is_taken else "refused"] += 1
    for path in sorted(settings.documents_folder.glob("*/out/[!.]*.ack")):
        with _by_itself(counts):
            _acknowledge(database, path, clock())
            counts["acknowledged"] += 1
    return Collected(**counts)


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
            said: dict[str, Any] = {"file": _written(path), "taken": True, "order": order}
        except CatalogueError as error:
            said = {"file": _written(path), "taken": False, "problems": told(error)}
    folder = path.parent.parent
    content = json.dumps(said, ensure_ascii=False, indent=1).encode()
    name = os.fsdecode(os.fsencode(path.name)[:LONGEST_NAME_BYTES])
    write_whole(folder / "ack" / f"{name}.json", content)
    path.replace(folder / "done" / path.name)
    return bool(said["taken"])


@contextmanager
def _by_itself(counts: Counter[str]) -> Iterator[None]:
    """Deal with one file so that what it fails with holds up no other; an outage ends all."""
    try:
        yield
    except Exception as error:
        if outage.of(error) is not None:
            raise
        faults.note(log, "file of a folder failed")
        counts["failed"] += 1


def _written(path: Path) -> str:
    """Return the name of a file as it can be written: one of Windows may be no UTF-8."""
    return os.fsencode(path.name).decode(errors="replace")


def _take_of(session: Session, owner: Owner, path: Path, now: datetime) -> str | None:
    with path.open("rb") as file:
        content = file.read(LARGEST_BYTES + 1)  # more is refused, and need not be held
    if isinstance(owner, Municipality):
        return buyer_documents.take(session, owner.id, content, now)
    return take(session, owner, _written(path), content, now)


def _acknowledge(database: Database, path: Path, now: datetime) -> None:
    """Note that a receiver has a document of ours, and clear it away."""
    own = (
        SentDocument.key == _written(path.with_suffix("")),
        SentDocument.acknowledged_at.is_(None),
    )
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
