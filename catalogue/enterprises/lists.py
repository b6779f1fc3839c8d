"""The lists of enterprises as they are looked through: the installation's, and the desk's piles."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from catalogue.core.listing import Listing, alphabetical, latest
from catalogue.core.text import Text
from catalogue.core.text import lazy as _

from .desk import Entry, Section
from .models import Enterprise, EnterpriseState
from .words import LACKING, LAPSED, REGISTER, STATES


def of_all(day: date) -> Listing[Enterprise]:
    """Return the list of the installation's enterprises on `day`."""
    return Listing(
        columns=(
            (_("Number"), lambda each: each.id),
            (_("Enterprise"), lambda each: each.name),
            (_("CVR number"), lambda each: each.cvr),
            (_("City"), lambda each: each.city),
            (_("E-mail"), lambda each: each.email),
            (_("State"), lambda each: _state(each, day)),
            (_("Verified until"), lambda each: each.verified_until),
        ),
        texts=lambda each: (each.id, each.name, each.cvr, each.city),
        sorts={
            "navn": (_("Name"), lambda each: alphabetical(each.name)),
            "nyeste": (_("Newest first"), lambda each: -each.id),
            "by": (_("City"), lambda each: alphabetical(each.city)),
            "status": (_("State"), lambda each: str(_state(each, day))),
        },
    )


def of_desk(day: date, pile: Section) -> Listing[Entry]:
    """Return the list of a pile of the verification desk on `day`; ALL stand by name."""
    sorts: dict[str, tuple[Text, Callable[[Entry], Any] | None]] = {
        "haster": (_("Most urgent first"), None),
        "navn": (_("Name"), lambda row: alphabetical(row.enterprise.name)),
        "modtaget": (_("Newest first"), lambda row: latest(row.enterprise.created_at)),
        "udloeb": (_("Ends first"), lambda row: row.enterprise.verified_until or date.max),
    }
    if pile == Section.ALL:
        del sorts["haster"]
    return Listing(
        columns=(
            (_("Enterprise"), lambda row: row.enterprise.name),
            (_("CVR number"), lambda row: row.enterprise.cvr),
            (_("City"), lambda row: row.enterprise.city),
            (_("State"), lambda row: _state(row.enterprise, day)),
            (_("Received"), lambda row: row.enterprise.created_at),
            (_("Verified until"), lambda row: row.enterprise.verified_until),
            (_("Register (RSV)"), lambda row: row.register and REGISTER[row.register.status]),
            (_("What is missing"), lambda row: "; ".join(
                str(LACKING[each]) for each in row.lacking(day)
            )),
        ),
        texts=lambda row: (row.enterprise.name, row.enterprise.cvr, row.enterprise.city),
        sorts=sorts,
    )  # fmt: skip


def _state(each: Enterprise, day: date) -> Text:
    until = each.verified_until
    lapsed = each.state == EnterpriseState.VERIFIED and until is not None and until < day
    return LAPSED if lapsed else STATES[EnterpriseState(each.state)]
