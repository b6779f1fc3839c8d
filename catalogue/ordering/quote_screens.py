"""What the view modules of quotes share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, request
from werkzeug.datastructures import FileStorage

from catalogue.core import receiving, shelves
from catalogue.core.errors import Invalid
from catalogue.core.http import state
from catalogue.core.receiving import Received
from catalogue.core.text import lazy as _
from catalogue.products.rules import KIND_NAMES, UNIT_NAMES

from . import quote_files as files
from . import quote_rules as rules
from .quote_words import describe

blueprint = Blueprint("quotes", __name__)
Errors = dict[str, list[Any]]
# Words and colours of values, for all templates of quotes.
NAMES: dict[str, Any] = {
    "phase_names": rules.PHASE_NAMES,
    "phase_colours": {
        "open": "waiting",
        "decide": "info",
        "unanswered": "missing",
        "chosen": "completed",
        "closed": "neutral",
    },
    "unit_names": UNIT_NAMES,
    "kind_names": KIND_NAMES,
    "describe": describe,
    "accepted_files": ".pdf,.png,.jpg,.jpeg",
}
LABELS: dict[str, Any] = {
    "title": _("What do you need a quote for?"),
    "description": _("Describe the task"),
    "deadline_on": _("Deadline for quotes"),
    "enterprises": _("Whom do you ask?"),
    "files": _("Files"),
    "reason": _("Reason"),
    "question": _("Your question"),
    "answer": _("Your answer"),
    "text": _("Conditions and remarks"),
    "valid_until": _("The quote counts until"),
    "delivery_days": _("Days until delivery"),
    **rules.FIELD_NAMES,
}


def received() -> Sequence[Received]:
    """Take in the files of the form, checked and stored; raises Invalid."""
    return receive_into(shelves.QUOTES, files.MOST_FILES)


def receive_into(shelf: str, most: int) -> Sequence[Received]:
    """Take in the files of the form onto a shelf, checked and stored; raises Invalid."""
    sent = [each for each in request.files.getlist("files") if each.filename]
    if len(sent) > most:
        raise Invalid({"files": [_("At most %(most)s files can go along", most=most)]})
    return take_in(shelf, [_read(each) for each in sent])


def take_in(shelf: str, sent: Sequence[tuple[str, bytes]]) -> Sequence[Received]:
    """Take in files by name and content, checked and stored; raises Invalid."""
    settings = state().settings
    door = receiving.door(state().parts, "files", settings.evidence_max_bytes)
    return files.receive(shelves.open_shelf(settings, shelf), door, sent)


def typed_day(value: date) -> str:
    """Return a day as a date field takes it."""
    return value.isoformat()


def _read(file: FileStorage) -> tuple[str, bytes]:
    with file.stream as stream:
        return file.filename or "", stream.read()
