"""A list of agreements kept between being sent and being imported."""

from __future__ import annotations

from datetime import datetime, timedelta

from catalogue.core import uploads
from catalogue.core.errors import Missing
from catalogue.core.shelves import AGREEMENT_LISTS, open_shelf
from catalogue.core.text import lazy as _
from catalogue.core.uploads import Uploads
from catalogue.settings import Settings

from . import agreement_list
from .agreement_list import Row

KEPT_FOR = timedelta(days=1)
GONE = _("The list is no longer here. Send it again.")


def keep(settings: Settings, municipality_id: int, name: str, content: bytes) -> str:
    """Keep a sent list until it is imported; return the token that finds it again."""
    token = uploads.new_token()
    place = sent_files(settings).place(token, municipality_id)
    place.write("list", content)
    place.write("name", name.encode())
    return token


def kept(settings: Settings, municipality_id: int, token: str) -> tuple[str, list[Row]]:
    """Return the name and the rows of what the municipality sent; raises Missing."""
    place = sent_files(settings).place(token, municipality_id)
    told, content = place.read("name"), place.read("list")
    if told is None or content is None:
        raise Missing(GONE)
    name = told.decode()
    return name, agreement_list.read(content, name)


def forget(settings: Settings, municipality_id: int, token: str) -> None:
    """Throw a kept list away."""
    sent_files(settings).forget(token, municipality_id)


def forget_old(settings: Settings, now: datetime) -> None:
    """Throw away what nobody imported within a day."""
    sent_files(settings).forget_old(now)


def sent_files(settings: Settings) -> Uploads:
    """Return where files lie between being sent and being used."""
    return Uploads(open_shelf(settings, AGREEMENT_LISTS), KEPT_FOR, GONE)
