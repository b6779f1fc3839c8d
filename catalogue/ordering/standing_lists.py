"""The list of standing orders as it is looked through."""

from __future__ import annotations

from datetime import date

from catalogue.core.listing import Listing, alphabetical
from catalogue.core.text import Text
from catalogue.core.text import lazy as _

from .standing_queries import Listed

STATE_NAMES: dict[str, Text] = {
    "runs": _("Runs"),
    "paused": _("Paused"),
    "done": _("All dates are over"),
    "ended": _("Ended"),
}


def on(today: date) -> Listing[Listed]:
    """Return the list as it stands on a day."""
    return Listing(
        columns=(
            (_("Standing order"), lambda each: each.standing.name),
            (_("Enterprise"), lambda each: each.enterprise_name),
            (_("Buyer"), lambda each: each.buyer_name),
            (_("Rhythm"), lambda each: each.rhythm),
            (_("Next delivery"), lambda each: each.standing.next_on),
            (_("State"), lambda each: STATE_NAMES[each.state(today)]),
        ),
        texts=lambda each: (each.standing.name, each.enterprise_name, each.buyer_name),
        sorts={
            "naeste": (_("Next delivery first"), None),
            "navn": (_("Name"), lambda each: alphabetical(each.standing.name)),
            "virksomhed": (_("Enterprise"), lambda each: alphabetical(each.enterprise_name)),
            "status": (_("State"), lambda each: list(STATE_NAMES).index(each.state(today))),
        },
    )
