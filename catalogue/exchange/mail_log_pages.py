"""The log of mail for the staff: what was sent to whom, when and why, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from flask import Blueprint, Response, request

from catalogue.agreements.schema import SeenDay
from catalogue.core import fields, listing
from catalogue.core.errors import Invalid
from catalogue.core.http import (
    ADMINISTRATORS,
    STAFF,
    Page,
    file_url,
    reading,
    render,
    route,
    send_csv,
    state,
    who,
)
from catalogue.core.ids import whole
from catalogue.core.text import lazy as _

from . import mail_log, posting
from .mail_kinds import ALL, BY_NAME
from .mail_log import OUTCOME_NAMES, Search
from .mail_models import MailRecord, Outcome

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
COLUMNS: listing.Columns[MailRecord] = (
    (_("Subject"), lambda each: each.subject),
    (_("To"), lambda each: each.recipient),
    (_("Why"), lambda each: BY_NAME[each.kind].title if each.kind in BY_NAME else each.kind),
    (_("What it concerns"), lambda each: each.about),
    (_("Time"), lambda each: each.last_at),
    (_("Tries"), lambda each: each.tries),
    (_("What became of it"), lambda each: OUTCOME_NAMES[each.outcome]),
    (_("Details"), lambda each: each.detail),
    (_("Message-ID"), lambda each: each.message_id),
)


class _SearchSchema(ma.Schema):
    words = fields.Verbatim(data_key="q", longest=200, load_default="")
    kind = fields.Verbatim(data_key="slags", longest=20, load_default="")
    outcome = fields.Verbatim(data_key="udfald", longest=20, load_default="")
    since = SeenDay(data_key="fra", load_default=None)
    until = SeenDay(data_key="til", load_default=None)


@route(blueprint, "/sendte-mails", access=STAFF | ADMINISTRATORS)
def sent() -> Response:
    """List the mails that concern the municipality, newest first, narrowed by the address."""
    search, errors = _read(request.args)
    with reading() as session:
        total = mail_log.count(session, who(), search)
        page = Page(request.args.get("page", 1, type=whole), total, PER_PAGE)
        found = mail_log.list_newest(session, who(), search, offset=page.offset, limit=page.size)
        failing = mail_log.list_failing(session, who())
    return render(
        "exchange/mail_log.html", 422 if errors else 200, found=found, page=page, failing=failing,
        errors=errors, labels=LABELS, typed=request.args, kinds=BY_NAME, outcomes=OUTCOME_NAMES,
        colours=COLOURS, file=file_url("catalogue.mail_log.sent_csv"),
        choices=[(each.name, each.title) for each in ALL],
        days=state().settings.mail_log_days, narrowed=search != Search(),
        only_files=not state().settings.smtp_host and state().parts.get(posting.PART) is None,
    )  # fmt: skip


@route(blueprint, "/sendte-mails.csv", access=STAFF | ADMINISTRATORS)
def sent_csv() -> Response:
    """Send the same mails, all of them, as a file for spreadsheets."""
    search, _errors = _read(request.args)
    with reading() as session:
        found = mail_log.list_newest(session, who(), search, offset=0, limit=listing.MOST_ROWS)
    return send_csv(listing.as_csv(COLUMNS, found), "sendte-mails")


def _read(given: Mapping[str, Any]) -> tuple[Search, dict[str, list[Any]]]:
    try:
        return Search(**fields.load(_SearchSchema(), given)), {}
    except Invalid as error:
        return Search(), error.problems
