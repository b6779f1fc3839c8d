"""Whether a form was drawn of what there is now: who would undo unseen what another saved is told.

Nothing that was typed is lost: the form is shown again as it was filled in, and may be saved then.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from .errors import Conflict
from .text import lazy as _


class ChangedMeanwhile(Conflict):
    """Somebody saved the same after the form was opened: the form would undo that unseen."""

    title = _("It has changed meanwhile")


def mark_of(facts: Mapping[str, Any]) -> str:
    """Return what a form drawn of facts is known by: another once one of them has changed."""
    told = json.dumps(facts, sort_keys=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()[:24]


def refuse_unless_seen(mark: str, seen: str | None) -> None:
    """Raise ChangedMeanwhile unless a form was drawn of what has that mark; None: not said."""
    if seen and seen != mark:
        raise ChangedMeanwhile(
            _(
                "Somebody has saved this since you opened the form, so yours is not saved. Open the"
                " same page in another tab and see what is new. When you save again, yours"
                " replaces it."
            )
        )
