"""What the ledger says was bought in twelve months, by category, and how much of it on agreement.

Only accounts with a category count here; what the others hold stands in the report of the ledger.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from . import ledger_queries, ledger_sums
from .behind import Span
from .ledger_rules import Bought

Booked = Mapping[str, tuple[int, int]]  # by code: øre in all, and of them on a voluntary agreement


def version(session: Session, municipality_id: int) -> tuple[int, int]:
    """Return what differs whenever the ledger has other rows: their number and amount. One query.

    A file's rows are taken in pieces, after the event that says so.
    """
    found = ledger_sums.by_account(session, municipality_id).values()
    return sum(each.rows for each in found), sum(each.ore for each in found)


def read(session: Session, municipality_id: int, span: Span) -> Booked:
    """Return the amounts booked in a span by the accounts' categories. Five queries at most.

    Two without a ledger, or before it begins.
    """
    kept = ledger_queries.period_of(session, municipality_id)
    if kept is None or kept[0] > span.last:
        return {}
    period = (span.first or kept[0], span.last)
    mapped = ledger_queries.list_mapped(session, municipality_id)
    _departments, accounts = ledger_sums.by_name(session, municipality_id, period)
    social = ledger_sums.social_by_name(session, municipality_id, period)["account"]
    found: dict[str, tuple[int, int]] = {}
    for account, ore in accounts.items():
        if (code := mapped.get(account)) is not None:
            before = found.get(code, (0, 0))
            on_ore = social.get(account, {}).get(Bought.ON, 0)
            found[code] = (before[0] + ore, before[1] + on_ore)
    return found
