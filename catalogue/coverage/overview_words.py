"""The words and colours for how a category stands, shared by page, files and API."""

from __future__ import annotations

from typing import Any

from catalogue.core.text import lazy as _

from .rules import Status

NAMES: dict[str, Any] = {
    "status_names": {
        Status.MANDATORY: _("Mandatory"),
        Status.CARVED: _("Mandatory with carve-out"),
        Status.VOLUNTARY: _("Voluntary"),
        Status.BOTH: _("Both"),
        Status.PARTLY: _("Partly covered"),
        Status.NONE: _("Not covered"),
    },
    "status_colours": {
        Status.MANDATORY: "covered",
        Status.CARVED: "expiring",
        Status.VOLUNTARY: "voluntary",
        Status.BOTH: "expiring",
        Status.PARTLY: "neutral",
        Status.NONE: "gap",
    },
}
