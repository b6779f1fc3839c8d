"""That documents which came in by a folder and were taken are those that rows tell of.

A folder is the enterprise's too, and it may clear it away; so a document that is not there any
more is no fault.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from heapq import merge
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.core.checking import AT_A_TIME
from catalogue.enterprises.models import Enterprise
from catalogue.settings import Settings

from .route_models import ReceivedDocument

_Known = tuple[str, str, str]  # CVR number, hash, name of the file


def list_strangers(session: Session, settings: Settings) -> Iterator[str]:
    """Yield the files that were taken from enterprises and hold what no row tells of. One query.

    Rows and folders come in the order of the enterprises; one folder is in memory at a time.
    """
    both = merge(_rows(session), _files(settings.documents_folder))
    for cvr, of_one in groupby(both, key=itemgetter(0)):
        found = list(of_one)
        rows = {sha256 for _cvr, sha256, name in found if not name}
        if not rows:
            continue  # a municipality's, whose orders are known by what they say
        yield from (
            f"{cvr}/done/{name}" for _cvr, sha256, name in found if name and sha256 not in rows
        )


def _rows(session: Session) -> Iterator[_Known]:
    own = ReceivedDocument.enterprise_id == Enterprise.id
    sha256 = func.coalesce(ReceivedDocument.sha256, "")
    query = select(Enterprise.cvr, sha256).outerjoin(ReceivedDocument, own)
    query = query.order_by(Enterprise.cvr, sha256).execution_options(yield_per=AT_A_TIME)
    for cvr, found in session.execute(query):
        yield cvr, found, ""


def _files(folder: Path) -> Iterator[_Known]:
    for own in sorted(folder.glob("*/done")):
        taken = [path for path in own.glob("[!.]*.xml") if _was_taken(path)]
        yield from sorted((own.parent.name, _digest(path), path.name) for path in taken)


def _was_taken(path: Path) -> bool:
    """Tell whether we acknowledged a document as taken; one that was refused has no row."""
    said = path.parent.parent / "ack" / f"{path.name}.json"
    try:
        return bool(json.loads(said.read_bytes()).get("taken"))
    except (OSError, ValueError):
        return False


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
