"""What a price list would do, told row by row, and doing it: all rows or none."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.errors import Conflict
from catalogue.core.text import Text, today_in_copenhagen
from catalogue.core.text import lazy as _
from catalogue.core.who import Who

from . import deliveries, family_verdicts, shelf, writing
from .deliveries import Delivery
from .entries import Entry, Outcome, Plan
from .known import know
from .models import Product

__all__ = ["Entry", "Moved", "Outcome", "Plan", "Refused", "apply", "judge", "preview"]
PART_ROWS = 500  # judged together; what they are compared with is read once for them


class Refused(Conflict):
    """Some rows cannot be taken, so none was."""

    title = _("The price list was not imported")


class Moved(Conflict):
    """The products have changed since the preview was shown."""

    title = _("The price list was not imported")


def preview(session: Session, enterprise_id: int, delivery: Delivery, today: date) -> Plan:
    """Judge every row against the enterprise's products as of `today`; writes nothing.

    The number of queries grows with the parts of the list, and with categories given in words.
    """
    parts = delivery.parts(PART_ROWS)
    judged = [each for part in parts for each in judge(session, enterprise_id, part, today)]
    return Plan(tuple(sorted(judged, key=lambda each: each.row)))


def judge(session: Session, enterprise_id: int, part: Delivery, today: date) -> list[Entry]:
    """Judge the rows of a part, those of a family together, in the order of the part.

    A fixed number of queries but for words of categories.
    """
    known = know(session, enterprise_id, part, today)
    together = deliveries.families(part.rows, known.leading)
    places = {id(row): place for place, row in enumerate(part.rows)}
    judged = {
        places[id(row)]: entry
        for rows in together
        for row, entry in zip(rows, family_verdicts.judge(rows, known, part), strict=True)
    }
    return [judged[place] for place in range(len(part.rows))]


def apply(session: Session, who: Who, delivery: Delivery, fingerprint: str, now: datetime) -> Plan:
    """Do what the preview of that fingerprint said, all of it or nothing; return the plan.

    Raises Refused when a row is refused, Moved when the products are not what they were.
    """
    enterprise_id = shelf.lock_enterprise(session, who)
    mine = select(Product.id).where(Product.enterprise_id == enterprise_id)
    session.execute(mine.with_for_update())  # nobody changes them between judging and doing
    plan = preview(session, enterprise_id, delivery, today_in_copenhagen(now))
    if refused := plan.counts[Outcome.REFUSED]:
        raise Refused(refusal(refused))
    if plan.fingerprint != fingerprint:
        raise Moved(_("Your products have changed since the preview. Look at it again."))
    writing.write(session, who, plan.entries, now)
    return plan


def refusal(rows: int) -> Text:
    """Return what is told when so many rows hold up all others."""
    if rows == 1:
        return _("One row cannot be taken, so nothing was imported.")
    return _("%(count)s rows cannot be taken, so nothing was imported.", count=rows)
