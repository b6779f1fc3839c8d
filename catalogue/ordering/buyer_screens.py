"""What the buyer's own pages of ordering share: ordering again, addresses and lists."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from catalogue.core.http import flash
from catalogue.core.text import ngettext
from catalogue.products.rules import UNIT_NAMES

from .filling import Filling

blueprint = Blueprint("buyer", __name__)
NAMES: dict[str, Any] = {"unit_names": UNIT_NAMES}


def tell_filled(found: Filling) -> None:
    """Say how many lines are in the basket, and how many are not."""
    put, left = len(found.filling), len(found.outlooks) - len(found.filling)
    flash(ngettext("%(num)s line is in your basket.", "%(num)s lines are in your basket.", put))
    if left:
        flash(
            ngettext(
                "%(num)s line could not be ordered and was left out.",
                "%(num)s lines could not be ordered and were left out.",
                left,
            ),
            "warning",
        )
