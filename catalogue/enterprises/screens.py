"""What the view modules of enterprises share."""

from __future__ import annotations

from flask import Blueprint

from catalogue.core.text import Text

blueprint = Blueprint("enterprises", __name__)
Errors = dict[str, list[Text | str]]
