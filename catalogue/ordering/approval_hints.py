"""What a buyer is told of approval while she fills her basket, not when it is too late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Person
from catalogue.core.who import Who

from . import approval_rules, policy
from .approval_rules import Wanted


@dataclass(frozen=True)
class Hint:
    """A rule that an order will fall under, with who approves, in turn.

    `institution`: the rule holds for deliveries to it alone; where to is not known yet.
    """

    rule_name: str
    from_ore: int
    institution: str | None
    approvers: tuple[str, ...]


def list_hints(session: Session, who: Who, wanted: Sequence[Wanted]) -> dict[int, list[Hint]]:
    """Return by enterprise which rules ask for approval. One query; three where there are rules."""
    rules = policy.list_in_force(session, who.municipality_id)
    if not rules:
        return {}
    ids = {person_id for rule in rules for person_id in rule.approvers}
    names: dict[int, str] = {
        person_id: name
        for person_id, name in session.execute(
            select(Person.id, Person.name).where(Person.id.in_(ids))
        )
    }
    return {
        each.enterprise_id: [
            Hint(rule.name, rule.from_ore, rule.institution,
                 tuple(names[person] for person in rule.approvers))
            for rule in rules
            if approval_rules.applies(rule, each)
        ]
        for each in wanted
    }  # fmt: skip
