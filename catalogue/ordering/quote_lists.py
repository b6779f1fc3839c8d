"""The lists of requests for quotes, of what is asked for, and of frames, as looked through."""

from __future__ import annotations

from datetime import date

from catalogue.core.listing import Listing, alphabetical, kroner, latest
from catalogue.core.text import Text
from catalogue.core.text import lazy as _

from . import frame_queries
from .quote_queries import AskedPage, Listed
from .quote_rules import PHASE_NAMES


def of_requests(today: date) -> Listing[Listed]:
    """Return the list of requests as it stands on a day."""
    return Listing(
        columns=(
            (_("Request for quotes"), lambda each: each.request.title),
            (_("Buyer"), lambda each: each.buyer_name),
            (_("Category"), lambda each: each.request.category_code),
            (_("Sent on"), lambda each: each.request.created_at),
            (_("Deadline for quotes"), lambda each: each.request.deadline_on),
            (_("Asked"), lambda each: each.asked),
            (_("Quotes"), lambda each: each.quoted),
            (_("Said no"), lambda each: each.declined),
            (_("State"), lambda each: PHASE_NAMES[each.phase(today)]),
        ),
        texts=lambda each: (each.request.title, each.buyer_name),
        sorts={
            "nyeste": (_("Newest first"), None),
            "frist": (_("Last deadline first"), lambda each: latest(each.request.deadline_on)),
            "navn": (_("Name"), lambda each: alphabetical(each.request.title)),
            "indkoeber": (_("Buyer"), lambda each: alphabetical(each.buyer_name)),
            "status": (_("State"), lambda each: list(PHASE_NAMES).index(each.phase(today))),
        },
    )


def of_asked(today: date) -> Listing[AskedPage]:
    """Return the list of what an enterprise is asked for, as it stands on a day."""
    return Listing(
        columns=(
            (_("Request for quotes"), lambda each: each.request.title),
            (_("Asked by"), lambda each: each.municipality_name),
            (_("Sent on"), lambda each: each.recipient.asked_at),
            (_("Deadline for quotes"), lambda each: each.request.deadline_on),
            (_("Your answer"), lambda each: answer(each, today)[1]),
            (
                _("Amount excl. VAT"),
                lambda each: kroner(each.quote.net_ore if each.quote else None),
            ),
        ),
        texts=lambda each: (each.request.title, each.municipality_name),
        sorts={
            "ubesvarede": (_("Not answered first"), None),
            "nyeste": (_("Newest first"), lambda each: latest(each.recipient.asked_at)),
            "frist": (_("Last deadline first"), lambda each: latest(each.request.deadline_on)),
            "kommune": (_("Municipality"), lambda each: alphabetical(each.municipality_name)),
        },
    )


def of_frames(today: date) -> Listing[frame_queries.Listed]:
    """Return the list of frames as it stands on a day."""
    return Listing(
        columns=(
            (_("Frame"), lambda each: each.request.title),
            (_("Enterprise"), lambda each: each.enterprise_name),
            (_("Municipality"), lambda each: each.municipality_name),
            (_("Buyer"), lambda each: each.buyer_name),
            (_("Runs until"), lambda each: each.frame.valid_until),
            (_("Amount excl. VAT"), lambda each: kroner(each.quote.net_ore)),
            (_("State"), lambda each: _("Ended") if each.closed(today) else _("Runs")),
        ),
        texts=lambda each: (
            each.request.title, each.enterprise_name, each.municipality_name, each.buyer_name
        ),
        sorts={
            "nyeste": (_("Newest first"), None),
            "udloeb": (_("Ends first"), lambda each: (
                each.closed(today) is not None, each.frame.valid_until
            )),
            "beloeb": (_("Largest amount first"), lambda each: -each.quote.net_ore),
            "navn": (_("Name"), lambda each: alphabetical(each.request.title)),
        },
    )  # fmt: skip


def answer(each: AskedPage, today: date) -> tuple[str, Text]:
    """Return colour and words of how an enterprise's answer to a request stands on a day."""
    if each.quote and each.quote.chosen:
        return "completed", _("Chosen")
    if each.request.chosen_at:
        return "neutral", _("Not chosen")
    if each.request.closed_at:
        return "neutral", _("Closed")
    if each.quote:
        return "confirmed", _("Quote sent")
    if each.recipient.declined_at:
        return "neutral", _("No, thank you")
    if each.request.deadline_on < today:
        return "expired", _("Deadline over")
    return "waiting", _("Not answered")
