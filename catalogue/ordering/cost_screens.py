"""What the pages of codings, budgets and orders in free text share."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

blueprint = Blueprint("costs", __name__)
Errors = dict[str, list[Any]]
