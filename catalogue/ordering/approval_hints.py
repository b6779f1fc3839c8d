"""What a buyer is told of approval while she fills her basket, not when it is too late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from catalogue.core.who import Who

from . import approval_rules, policy
from .approval_rules import Rule, Wanted


@dataclass(frozen=True)
class Hint:
    """A rule that an order falls under or will when it grows, with who approves, in turn.

    `institution`: the rule holds for deliveries to it alone; where to is not known yet.
    `category_prefix`: it holds for a category alone, and none is chosen yet.
    `left_ore`: how much may still be added before the rule asks; 0: it does.
    """

    rule_name: str
    from_ore: int
    institution: str | None
    approvers: tuple[str, ...]
    left_ore: int = 0
    category_prefix: str | None = None


def list_hints(session: Session, who: Who, wanted: Sequence[Wanted]) -> dict[int, list[Hint]]:
    """Return by enterprise which rules ask for approval, and the next that would for more.

    One query.
    """
    rules, names = policy.list_named(session, who.municipality_id)
    if not rules:
        return {}
    return {each.enterprise_id: _of(rules, each, who, names) for each in wanted}


def _of(rules: Sequence[Rule], wanted: Wanted, who: Who, names: dict[int, str]) -> list[Hint]:
    due = [each for each in rules if approval_rules.applies(each, wanted)]
    ahead = [
        each
        for each in rules
        if each.from_ore > wanted.net_ore
        and approval_rules.applies(each, replace(wanted, net_ore=each.from_ore))
    ]
    return [
        Hint(rule.name, rule.from_ore, rule.institution or rule.gln,
             tuple(dict.fromkeys(names[each] for each in _asked(rule, who))),
             max(0, rule.from_ore - wanted.net_ore),
             rule.category_prefix if wanted.categories is None else None)
        for rule in due + ahead[:1]  # rules stand by amount
    ]  # fmt: skip


def _asked(rule: Rule, who: Who) -> list[int]:
    """Return whom a rule asks of what `who` orders: nobody approves her own order."""
    return [approval_rules.asked_instead(rule, each, who.person_id) for each in rule.approvers]
