"""What the view modules of coverage share."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("coverage", __name__)
