"""What the pages of coverage share: the blueprint."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("coverage", __name__)
