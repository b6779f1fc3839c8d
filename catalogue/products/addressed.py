"""Pictures that rows name by an address: fetched, then checked like any that is sent.

What cannot be had is a line of the result, and the rest of the list does not wait for it.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from catalogue.core.fetching import Bounds, NoAnswer, NotFetched, fetch, taken_apart
from catalogue.core.text import Text
from catalogue.core.text import lazy as _
from catalogue.media.service import Received
from catalogue.media.store import Store
from catalogue.settings import Settings

from . import deliveries
from .price_list import Row
from .zipped import picture_key

MOST_SECONDS = 900  # for all pictures of a list, which holds up the lists behind it
MOST_SILENT = 3  # pictures of one server that does not answer, before it is asked no more
_ADDRESS = re.compile(r"(?i)[a-z][a-z0-9+.-]*://")


def is_named(rows: Iterable[Row]) -> bool:
    """Tell whether rows name a picture by its address."""
    return any(_ADDRESS.match(name) for row in rows if row.lenient for name in row.images)


def list_missing(rows: Iterable[Row], known: Collection[str], at_most: int) -> list[str]:
    """List the addresses of pictures that were neither sent along nor fetched, each once.

    `known`: names of those that were; of a row no more are fetched than a product may have.
    """
    found = (
        name
        for row in rows
        if row.lenient
        for name in row.images[:at_most]
        if _ADDRESS.match(name) and name not in known and picture_key(name) not in known
    )
    return list(dict.fromkeys(found))


def receive(
    store: Store, addresses: Iterable[str], settings: Settings
) -> Iterator[tuple[str, Received | Text]]:
    """Yield each address with its picture, or why it cannot be had, one after the other."""
    bounds = Bounds(settings.image_max_bytes, settings.fetch_timeout_seconds, settings.fetch_hosts)
    end, silent = time.monotonic() + MOST_SECONDS, Counter[str]()
    for address in addresses:
        if time.monotonic() > end:
            yield address, _("The pictures of this list take too long to fetch")
        elif silent[_host(address)] >= MOST_SILENT:
            yield address, _("Its server did not answer for other pictures")
        else:
            yield address, _receive(store, address, bounds, silent)


def _receive(store: Store, address: str, bounds: Bounds, silent: Counter[str]) -> Received | Text:
    try:
        return deliveries.receive_picture(store, fetch(address, bounds))
    except NotFetched as error:
        silent[_host(address)] += isinstance(error, NoAnswer)
        return error.reason


def _host(address: str) -> str:
    return taken_apart(address).netloc
