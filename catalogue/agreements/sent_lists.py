"""A list of agreements kept between being sent and being imported."""

from __future__ import annotations

from datetime import datetime, timedelta

from catalogue.core import uploads
from catalogue.core.errors import Missing
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
    folder = sent_files(settings).place(token, municipality_id)
    folder.mkdir(parents=True)
    (folder / "list").write_bytes(content)
    (folder / "name").write_text(name, encoding="utf-8")
    return token


def kept(settings: Settings, municipality_id: int, token: str) -> tuple[str, list[Row]]:
    """Return the name and the rows of what the municipality sent; raises Missing."""
    folder = sent_files(settings).place(token, municipality_id)
    try:
        name = (folder / "name").read_text(encoding="utf-8")
        return name, agreement_list.read((folder / "list").read_bytes(), name)
    except FileNotFoundError:
        raise Missing(GONE) from None


def forget(settings: Settings, municipality_id: int, token: str) -> None:
    """Throw a kept list away."""
    uploads.remove(sent_files(settings).place(token, municipality_id))


def forget_old(settings: Settings, now: datetime) -> None:
    """Throw away what nobody imported within a day."""
    sent_files(settings).forget_old(now)


def sent_files(settings: Settings) -> Uploads:
    """Return where files lie between being sent and being used."""
    return Uploads(settings.data_folder / "agreement-imports", KEPT_FOR, GONE)
