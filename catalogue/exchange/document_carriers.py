"""How documents leave: as files in a folder, or by HTTP to an access point.

Each parcel has a key, which the file and the request carry: whoever gets the same one twice, for
we died between sending and writing that it was sent, knows it for the same.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from catalogue.core import fetching
from catalogue.core.errors import Unavailable
from catalogue.core.fetching import Bounds, NotFetched, Request
from catalogue.core.text import lazy as _
from catalogue.settings import Settings

from .documents import MIME_TYPE

_LARGEST_ANSWER_BYTES = 100_000


class Carrier(StrEnum):
    """The ways a document may go."""

    FOLDER = "folder"
    ACCESS_POINT = "access_point"


class NotCarried(Unavailable):
    """A document did not go out; it is tried again later."""

    title = _("The document could not be sent")


@dataclass(frozen=True)
class Parcel:
    """A document on its way: who it is from and for by their numbers, and its kind such as T01."""

    key: str
    kind: str
    receiver_cvr: str
    content: bytes


def carry(settings: Settings, carrier: Carrier, parcel: Parcel) -> None:
    """Send a document by a carrier; raises NotCarried."""
    if carrier == Carrier.FOLDER:
        by_folder(settings.documents_folder, parcel)
    else:
        by_access_point(settings, parcel)


def by_folder(folder: Path, parcel: Parcel) -> None:
    """Put a document into `out` of the receiver's folder, whole or not at all."""
    out = folder / parcel.receiver_cvr / "out"
    try:
        out.mkdir(parents=True, exist_ok=True)
        write_whole(out / f"{parcel.key}.xml", parcel.content)
    except OSError as error:
        raise NotCarried(f"{type(error).__name__}: {error}") from error


def by_access_point(settings: Settings, parcel: Parcel) -> None:
    """Post a document to the access point of this installation; any answer 2xx is a receipt."""
    if not settings.access_point_url:
        raise NotCarried(_("No access point is set (CATALOGUE_ACCESS_POINT_URL)."))
    headers = {
        "Content-Type": MIME_TYPE,
        "Idempotency-Key": parcel.key,
        "X-Document-Type": parcel.kind,
    }
    if settings.access_point_token:
        headers["Authorization"] = f"Bearer {settings.access_point_token}"
    host = (urlsplit(settings.access_point_url).hostname or "").lower()
    bounds = Bounds(_LARGEST_ANSWER_BYTES, settings.fetch_timeout_seconds, frozenset({host}))
    request = Request(settings.access_point_url, "POST", headers, parcel.content)
    try:
        answer = fetching.ask(request, bounds)
    except NotFetched as error:
        raise NotCarried(error.reason) from error
    if not 200 <= answer.status < 300:
        raise NotCarried(_("The access point answers %(status)s.", status=answer.status))


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that others see all of it or none."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(path)
