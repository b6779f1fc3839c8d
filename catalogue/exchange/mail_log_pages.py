"""The log of mail for the staff: what was sent to whom, when and why, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from flask import Blueprint, Response, request

from catalogue.core import fields
from catalogue.core.errors import Invalid
from catalogue.core.http import ADMINISTRATORS, STAFF, Page, reading, render, route, state, who
from catalogue.core.text import lazy as _

from . import mail_log
from .mail_kinds import ALL, BY_NAME
from .mail_log import OUTCOME_NAMES, Search
from .mail_models import Outcome

blueprint = Blueprint("mail_log", __name__)
PER_PAGE = 50
LABELS: dict[str, Any] = {
    "q": _("Search in the log"),
    "slags": _("Kind"),
    "udfald": _("What became of it"),
    "fra": _("From the day"),
    "til": _("To the day"),
}
COLOURS: dict[str, str] = {
    Outcome.SENDING: "waiting",
    Outcome.SENT: "sent",
    Outcome.REPEATED: "sent",
    Outcome.REFUSED: "failed",
    Outcome.UNREACHED: "failed",
    Outcome.UNSURE: "missing",
    Outcome.UNWANTED: "neutral",
    Outcome.FAILING: "withdrawn",
    Outcome.BOUNCED: "failed",
}


class _SearchSchema(ma.Schema):
    words = fields.Verbatim(data_key="q", longest=200, load_default="")
    kind = fields.Verbatim(data_key="slags", longest=20, load_default="")
    outcome = fields.Verbatim(data_key="udfald", longest=20, load_default="")
    since = fields.Day(data_key="fra", load_default=None)
    until = fields.Day(data_key="til", load_default=None)


@route(blueprint, "/sendte-mails", access=STAFF | ADMINISTRATORS)
def sent() -> Response:
    """List the mails that concern the municipality, newest first, narrowed by the address."""
    search, errors = _read(request.args)
    with reading() as session:
        total = mail_log.count(session, who(), search)
        page = Page(request.args.get("page", 1, type=int), total, PER_PAGE)
        found = mail_log.list_newest(session, who(), search, offset=page.offset, limit=page.size)
        failing = mail_log.list_failing(session, who())
    return render(
        "exchange/mail_log.html", 422 if errors else 200, found=found, page=page, failing=failing,
        errors=errors, labels=LABELS, typed=request.args, kinds=BY_NAME, outcomes=OUTCOME_NAMES,
        colours=COLOURS, choices=[(each.name, each.title) for each in ALL],
        days=state().settings.mail_log_days, narrowed=search != Search(),
    )  # fmt: skip


def _read(given: Mapping[str, Any]) -> tuple[Search, dict[str, list[Any]]]:
    try:
        return Search(**fields.load(_SearchSchema(), given)), {}
    except Invalid as error:
        return Search(), error.problems
