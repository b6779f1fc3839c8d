"""How documents leave: as files in a folder, by HTTP to an access point, or as a host has it.

Each parcel has a key, which the file and the request carry: whoever gets the same one twice, for
we died between sending and writing that it was sent, knows it for the same.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from catalogue.core import fetching
from catalogue.core.errors import Unavailable
from catalogue.core.fetching import Bounds, NotFetched, Request
from catalogue.core.text import lazy as _
from catalogue.settings import Settings

from .documents import MIME_TYPE

PART = "order carriers"
_LARGEST_ANSWER_BYTES = 100_000
# A route keeps the name.
_NAME = re.compile(r"[a-z][a-z0-9_]{1,11}")
_TAKEN = frozenset({"none", "folder", "access_point"})
_RIGHT_NAME = "a name has 2 to 12 of a-z, 0-9 and _, and is none of ours"


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


@dataclass(frozen=True)
class OrderCarrier:
    """A way that documents go: what people choose it by, and what sends a parcel or raises
    NotCarried; then it is tried again later.
    """

    label: object  # shown by str()
    carry: Callable[[Parcel], None]
    offered: bool = True  # False: it cannot be chosen here


def open_carriers(
    parts: MutableMapping[str, Any], settings: Settings, of_host: Mapping[str, OrderCarrier]
) -> None:
    """Put the carriers into `parts`, by what a route names them; raises ValueError for a name."""
    if wrong := [each for each in of_host if each in _TAKEN or not _NAME.fullmatch(each)]:
        raise ValueError(f"order_carriers: {', '.join(wrong)}: {_RIGHT_NAME}")
    to_folder = OrderCarrier(
        _("As files in a folder that our program fetches them from"),
        lambda parcel: by_folder(settings.documents_folder, parcel),
    )
    to_access_point = OrderCarrier(
        _("Through the access point (Peppol)"),
        lambda parcel: by_access_point(settings, parcel),
        offered=bool(settings.access_point_url),
    )
    own = {str(Carrier.FOLDER): to_folder, str(Carrier.ACCESS_POINT): to_access_point}
    parts[PART] = own | dict(of_host)


def carriers(parts: Mapping[str, Any]) -> Mapping[str, OrderCarrier]:
    """Return the carriers that there are, by what a route names them, ours first."""
    found: Mapping[str, OrderCarrier] = parts[PART]
    return found


def carry(known: Mapping[str, OrderCarrier], carrier: str, parcel: Parcel) -> None:
    """Send a document by a carrier; raises NotCarried."""
    if carrier not in known:
        raise NotCarried(_("There is no way of that name any more (%(name)s).", name=carrier))
    known[carrier].carry(parcel)


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
    seconds, hosts = settings.fetch_timeout_seconds, frozenset({host})
    bounds = Bounds(_LARGEST_ANSWER_BYTES, seconds, hosts, cuts=True)
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
