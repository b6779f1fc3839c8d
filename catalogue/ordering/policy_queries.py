"""What the pages of approval rules show, in fixed numbers of queries."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.agreements import queries as agreements
from catalogue.agreements.models import Agreement
from catalogue.core.who import Who
from catalogue.enterprises.models import Enterprise

from . import policy
from .approval_cases import list_holders, list_names
from .policy_models import ApprovalRule


@dataclass(frozen=True)
class Entry:
    """A rule as the list shows it, with the names of what its conditions and steps mean."""

    rule: ApprovalRule
    category: str | None
    enterprise: str | None
    approvers: tuple[str, ...]
    escalate_to: str | None


def list_entries(session: Session, who: Who, locale: str) -> list[Entry]:
    """List the rules in force, the smallest amount first. At most five queries."""
    rules = policy.list_rules(session, who.municipality_id)
    if not rules:
        return []
    people = {step.approver_id for rule in rules for step in rule.steps}
    people |= {rule.escalate_to_id for rule in rules if rule.escalate_to_id}
    names = list_names(session, people)
    labels = agreements.category_labels(
        session, {rule.category_code for rule in rules if rule.category_code}, locale
    )
    ids = [rule.enterprise_id for rule in rules if rule.enterprise_id]
    parties = {
        id_: name
        for id_, name in session.execute(
            select(Enterprise.id, Enterprise.name).where(Enterprise.id.in_(ids))
        )
    }
    return [
        Entry(
            rule,
            labels.get(rule.category_code or ""),
            parties.get(rule.enterprise_id or 0),
            tuple(names[step.approver_id] for step in rule.steps),
            names.get(rule.escalate_to_id or 0),
        )
        for rule in rules
    ]


def list_approvers(session: Session, who: Who) -> list[tuple[int, str]]:
    """List the approvers of the municipality by name. One query."""
    holders = list_holders(session, who.municipality_id or 0)
    return [(id_, each.name) for id_, each in holders.items()]


def list_parties(session: Session, who: Who) -> list[tuple[int, str]]:
    """List the enterprises the municipality has agreements with, by name. One query."""
    with_us = select(Agreement.enterprise_id).where(
        Agreement.municipality_id == who.municipality_id, Agreement.enterprise_id.is_not(None)
    )
    query = select(Enterprise.id, Enterprise.name).where(Enterprise.id.in_(with_us))
    rows = session.execute(query.order_by(Enterprise.name, Enterprise.id))
    return [(id_, name) for id_, name in rows]
