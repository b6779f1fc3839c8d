"""What the view modules of finding share."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("search", __name__)
