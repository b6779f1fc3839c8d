"""Evidence: files by which an enterprise shows how it meets its points. None has a public address.

A file is kept as it came, for the municipality judges the document itself; so what it is, is told
by its content and not by its name, and it is only ever handed out as a download.
"""

from __future__ import annotations

import hashlib
import io
import re
import warnings
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Person
from catalogue.core.errors import Invalid, Missing
from catalogue.core.files import write_whole
from catalogue.core.text import Text
from catalogue.core.text import lazy as _
from catalogue.core.who import Role, Who

from . import service
from .models import Enterprise, Evidence

TYPES = {"pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg"}
MOST_FILES = 50  # of one enterprise
_PILLOW = {"png": "PNG", "jpg": "JPEG"}
_LONGEST_NAME = 120
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Received:
    """A file that was checked and lies in the store; no row says yet whose it is."""

    name: str
    sha256: str
    file_type: str
    size_bytes: int


@dataclass(frozen=True)
class Listed:
    """A file of an enterprise, with the name of who added it."""

    evidence: Evidence
    person_name: str


def receive(folder: Path, name: str, content: bytes, max_bytes: int) -> Received:
    """Check a file by its content and store it, without a database; raises Invalid."""
    file_type = _type_of(content, max_bytes)
    sha256 = hashlib.sha256(content).hexdigest()
    path = path_of(folder, sha256)
    if not path.exists():
        write_whole(path, content)
    return Received(_clean_name(name, file_type), sha256, file_type, len(content))


def add(session: Session, who: Who, received: Received, now: datetime) -> Evidence:
    """Make a received file evidence of one's own enterprise; the same file twice is one row."""
    found = service.get(session, who.enterprise_id or 0)
    own = select(Evidence).where(Evidence.enterprise_id == found.id)
    rows = session.scalars(own).all()
    for each in rows:
        if each.sha256 == received.sha256:
            raise Invalid({"evidence": [_("You have added this file already.")]})
    if len(rows) >= MOST_FILES:
        text = _("At most %(most)s files can be kept; write to the municipality", most=MOST_FILES)
        raise Invalid({"evidence": [text]})
    made = Evidence(
        enterprise_id=found.id,
        sha256=received.sha256,
        name=received.name,
        file_type=received.file_type,
        size_bytes=received.size_bytes,
        added_at=now,
        added_by=who.person_id,
    )
    session.add(made)
    session.flush()
    # By its digest: the name of a file may name a person.
    facts = {"before": {}, "after": {"evidence": made.sha256}}
    service.record(session, found, "enterprise.evidence_added", who, now, facts)
    return made


def list_of(session: Session, enterprise_id: int) -> list[Listed]:
    """List the evidence of an enterprise, the newest first; one query."""
    rows = session.execute(
        select(Evidence, Person.name)
        .outerjoin(Person, Person.id == Evidence.added_by)
        .where(Evidence.enterprise_id == enterprise_id)
        .order_by(Evidence.id.desc())
    )
    return [Listed(evidence, name or "") for evidence, name in rows]


def get(session: Session, who: Who, evidence_id: int) -> Evidence:
    """Return evidence that `who` may read: of one's own enterprise, or of one that one reviews.

    Administrators may read all. Raises Missing for all others, so that no one learns what there is.
    """
    row = session.execute(
        select(Evidence, Enterprise.reviewer_id)
        .join(Enterprise, Enterprise.id == Evidence.enterprise_id)
        .where(Evidence.id == evidence_id)
    ).first()
    if row is None or not _may_read(who, row.Evidence, row.reviewer_id):
        raise Missing(_("There is no such file."))
    found: Evidence = row.Evidence
    return found


def path_of(folder: Path, sha256: str) -> Path:
    """Return where a file lies, or would lie; raises Missing for a strange hash."""
    if not _SHA256.fullmatch(sha256):
        raise Missing(_("There is no such file."))
    return folder / sha256[:2] / sha256


def _may_read(who: Who, evidence: Evidence, reviewer_id: int) -> bool:
    if who.role == Role.ADMINISTRATOR:
        return True
    if who.role == Role.STAFF:
        return who.municipality_id == reviewer_id
    return who.role == Role.ENTERPRISE and who.enterprise_id == evidence.enterprise_id


def _type_of(content: bytes, max_bytes: int) -> str:
    """Return the type a file is of by its content; raises Invalid with the remedy."""
    if not content:
        raise _refused(_("The file is empty. Choose it again."))
    if len(content) > max_bytes:
        raise _refused(
            _(
                "The file is larger than %(limit)s MB. Save it smaller and send it again.",
                limit=max(1, max_bytes // 1_000_000),
            )
        )
    if content.startswith(b"%PDF-"):
        if b"%%EOF" not in content[-2048:]:
            raise _refused(_("The file is damaged or only half there. Save it and send it again."))
        return "pdf"
    for file_type, begins in (("png", b"\x89PNG\r\n\x1a\n"), ("jpg", b"\xff\xd8\xff")):
        if content.startswith(begins):
            _check_picture(content, file_type)
            return file_type
    raise _refused(_("Only PDF, PNG and JPEG can be kept. Save the file as PDF and send that."))


def _check_picture(content: bytes, file_type: str) -> None:
    """Refuse a picture that is none, or only half of one; only its head is decoded."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=[_PILLOW[file_type]]) as picture:
                picture.verify()
    except Exception:  # Pillow raises many kinds, and all mean the same to the sender
        raise _refused(
            _("The file is damaged or only half there. Save it and send it again.")
        ) from None


def _clean_name(name: str, file_type: str) -> str:
    """Return the name as it is shown and downloaded: no folder, and the right ending."""
    bare = "".join(sign for sign in name.replace("\\", "/") if sign.isprintable())
    stem = PurePosixPath(bare).stem.strip(". ") or "bilag"
    return f"{stem[: _LONGEST_NAME - len(file_type) - 1]}.{file_type}"


def _refused(text: Text) -> Invalid:
    return Invalid({"evidence": [text]})
