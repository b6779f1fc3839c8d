"""Where sent files wait between being sent and being used, each under a token nobody can guess."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from .errors import Missing
from .storage import Shelf
from .text import Text

_TOKEN = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Uploads:
    """A shelf of what was sent, a file or several for each; `gone` tells that one is not here."""

    shelf: Shelf
    kept_for: timedelta
    gone: Text

    def name(self, token: str, owner: int | None = None) -> str:
        """Return the name of a token's file; raises Missing for what is no token.

        With `owner` it is part of the name, so that nobody else's token finds it.
        """
        if not _TOKEN.fullmatch(token):
            raise Missing(self.gone)
        return token if owner is None else f"{owner}-{token}"

    def place(self, token: str, owner: int | None = None) -> Shelf:
        """Return the shelf of a token that has several files; raises Missing as `name` does."""
        return self.shelf.within(self.name(token, owner))

    def forget(self, token: str, owner: int | None = None) -> None:
        """Throw away what lies under a token; nothing when it is gone."""
        self._remove(self.name(token, owner))

    def forget_old(self, now: datetime) -> int:
        """Throw away what nobody has used for so long; return of how many."""
        old = self.list_old(now)
        for name in old:
            self._remove(name)
        return len(old)

    def list_old(self, now: datetime) -> list[str]:
        """List what nobody has used for so long."""
        touched: dict[str, datetime] = {}
        for name, at in self.shelf.list_all():
            whole = name.partition("/")[0]
            touched[whole] = max(at, touched.get(whole, at))
        return [name for name, at in touched.items() if at < now - self.kept_for]

    def _remove(self, name: str) -> None:
        inside = self.shelf.within(name)
        for part, _at in list(inside.list_all()):
            inside.remove(part)
        self.shelf.remove(name)


def new_token() -> str:
    """Return a token for what was sent."""
    return secrets.token_hex(16)
