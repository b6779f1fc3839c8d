"""The report of the ledger: what was bought in a period, by department, division and enterprise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.agreements import queries as agreements
from catalogue.enterprises.models import Enterprise

from . import ledger_queries, ledger_sums
from . import ledger_rules as rules
from .ledger_rules import NO_DIVISION, Bought, Spent

_Social = Mapping[str, Mapping[Bought, int]]  # name -> place -> øre


@dataclass(frozen=True)
class Part:
    """One line of a table of the report."""

    key: str
    label: str
    spent: Spent


@dataclass(frozen=True)
class Report:
    """What was bought in a period; every part sums up to `total`, of enterprises the social one."""

    total: Spent
    departments: Sequence[Part]
    divisions: Sequence[Part]
    enterprises: Sequence[Part]


def report(
    session: Session, municipality_id: int, period: tuple[date, date], locale: str
) -> Report:
    """Return the figures of a period, both days included. Five queries, however many rows.

    Departments by name, divisions by code, enterprises by amount, the largest first.
    """
    mapped = {
        account: rules.division(code)
        for account, code in ledger_queries.list_mapped(session, municipality_id).items()
    }
    departments, accounts = ledger_sums.by_name(session, municipality_id, period)
    social = ledger_sums.social_by_name(session, municipality_id, period)
    divisions, social_divisions = _by_division(accounts, social["account"], mapped)
    labels = agreements.category_labels(session, set(divisions) - {NO_DIVISION}, locale)
    parts = _parts(departments, social["department"], {})
    return Report(
        total=sum((part.spent for part in parts), Spent()),
        departments=parts,
        divisions=_parts(divisions, social_divisions, labels),
        enterprises=_enterprises(social["cvr"], _names(session, social["cvr"])),
    )


def _names(session: Session, cvrs: Iterable[str]) -> dict[str, str]:
    rows = session.execute(select(Enterprise.cvr, Enterprise.name).where(Enterprise.cvr.in_(cvrs)))
    return {cvr: name for cvr, name in rows}


def _by_division(
    accounts: Mapping[str, int], social: _Social, mapped: Mapping[str, str]
) -> tuple[dict[str, int], _Social]:
    """Add up what accounts have by the divisions of their categories."""
    wholes: dict[str, int] = {}
    places: dict[str, dict[Bought, int]] = {}
    for account, ore in accounts.items():
        code = mapped.get(account, NO_DIVISION)
        wholes[code] = wholes.get(code, 0) + ore
    for account, own in social.items():
        found = places.setdefault(mapped.get(account, NO_DIVISION), {})
        for place, ore in own.items():
            found[place] = found.get(place, 0) + ore
    return wholes, places


def _parts(wholes: Mapping[str, int], social: _Social, labels: Mapping[str, str]) -> list[Part]:
    """Return a part for each key, in order; what has none comes last."""
    return [
        Part(key, labels.get(key, key), rules.spent(wholes[key], social.get(key, {})))
        for key in sorted(wholes, key=lambda key: (not key, key))
    ]


def _enterprises(social: _Social, names: Mapping[str, str]) -> list[Part]:
    parts = [
        Part(cvr, names[cvr], rules.spent(sum(own.values()), own)) for cvr, own in social.items()
    ]
    return sorted(parts, key=lambda part: (-part.spent.social_ore, part.label))
