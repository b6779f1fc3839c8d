"""Where sent files wait between being sent and being used, each under a token nobody can guess."""

from __future__ import annotations

import re
import secrets
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from .errors import Missing
from .text import Text

_TOKEN = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Uploads:
    """A folder of what was sent, a file or a folder for each; `gone` tells that one is not here."""

    root: Path
    kept_for: timedelta
    gone: Text

    def place(self, token: str, owner: int | None = None) -> Path:
        """Return where a token's files lie; raises Missing for what is no token.

        With `owner` it is part of the name, so that nobody else's token finds them.
        """
        if not _TOKEN.fullmatch(token):
            raise Missing(self.gone)
        return self.root / (token if owner is None else f"{owner}-{token}")

    def forget_old(self, now: datetime) -> None:
        """Throw away what nobody has used for so long."""
        for path in self.list_old(now):
            remove(path)

    def list_old(self, now: datetime) -> list[Path]:
        """List what nobody has used for so long."""
        limit = (now - self.kept_for).timestamp()
        return [path for path in list(self.root.glob("*")) if path.stat().st_mtime < limit]


def new_token() -> str:
    """Return a token for what was sent."""
    return secrets.token_hex(16)


def remove(path: Path) -> None:
    """Throw a file or a folder away; nothing when it is gone."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
