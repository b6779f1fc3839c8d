"""What the view modules of agreements share."""

from __future__ import annotations

from flask import Blueprint

from catalogue.core.http import who

blueprint = Blueprint("agreements", __name__)


def municipality_id() -> int:
    """Return the municipality of the staff who ask; 0, which is nobody's, when there is none."""
    return who().municipality_id or 0
