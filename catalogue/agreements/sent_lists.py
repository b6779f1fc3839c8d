"""A list of agreements kept between being sent and being imported."""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from catalogue.core.errors import Missing
from catalogue.core.text import lazy as _
from catalogue.settings import Settings

from . import agreement_list
from .agreement_list import Row

KEPT_FOR = timedelta(days=1)
_TOKEN = re.compile(r"[0-9a-f]{32}")


def keep(settings: Settings, municipality_id: int, name: str, content: bytes) -> str:
    """Keep a sent list until it is imported; return the token that finds it again."""
    token = secrets.token_hex(16)
    folder = _folder(settings, municipality_id, token)
    folder.mkdir(parents=True)
    (folder / "list").write_bytes(content)
    (folder / "name").write_text(name, encoding="utf-8")
    return token


def kept(settings: Settings, municipality_id: int, token: str) -> tuple[str, list[Row]]:
    """Return the name and the rows of what the municipality sent; raises Missing."""
    folder = _folder(settings, municipality_id, token)
    try:
        name = (folder / "name").read_text(encoding="utf-8")
        return name, agreement_list.read((folder / "list").read_bytes(), name)
    except FileNotFoundError:
        raise Missing(_("The list is no longer here. Send it again.")) from None


def forget(settings: Settings, municipality_id: int, token: str) -> None:
    """Throw a kept list away."""
    shutil.rmtree(_folder(settings, municipality_id, token), ignore_errors=True)


def forget_old(settings: Settings, now: datetime) -> None:
    """Throw away what nobody imported within a day."""
    limit = (now - KEPT_FOR).timestamp()
    folders: Sequence[Path] = list(_root(settings).glob("*-*"))
    for folder in folders:
        if folder.stat().st_mtime < limit:
            shutil.rmtree(folder, ignore_errors=True)


def _root(settings: Settings) -> Path:
    return settings.data_folder / "agreement-imports"


def _folder(settings: Settings, municipality_id: int, token: str) -> Path:
    """Return the folder of a token; the municipality is part of its name, so no other finds it."""
    if not _TOKEN.fullmatch(token):
        raise Missing(_("The list is no longer here. Send it again."))
    return _root(settings) / f"{municipality_id}-{token}"
