"""Decisions of approval: which orders need it, from whom, of what, and who may act today.

Pure functions of plain values. An approval counts for what it was given for, known by a digest: a
change of lines, prices, agreement or address leaves a step open again.

A buyer types the name of her institution as she likes, so a rule knows an institution by its GLN;
the name is looked at beside it, and then rather matches once too often.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from catalogue.core.text import Text, fold
from catalogue.core.text import lazy as _
from catalogue.core.workdays import working_days_after


@dataclass(frozen=True)
class Rule:
    """A rule in force: conditions that must all hold (None: any), and who approves, in turn.

    `known_glns`: those of places in the municipality that bear the name of the rule's institution.
    """

    name: str
    from_ore: int
    category_prefix: str | None
    institution: str | None
    enterprise_id: int | None
    approvers: tuple[int, ...]
    escalate_days: int
    escalate_to_id: int | None
    gln: str | None = None
    known_glns: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Wanted:
    """What rules look at in an order; `institution` or `categories` None: not typed in yet."""

    net_ore: int
    categories: frozenset[str] | None
    institution: str | None
    enterprise_id: int
    gln: str | None = None


@dataclass(frozen=True)
class Link:
    """A step of the chain that an order gets."""

    rule_name: str
    approver_id: int
    escalate_days: int
    escalate_to_id: int | None


@dataclass(frozen=True)
class Turn:
    """Whose turn it is: the approver, and who may act for her once the days have passed."""

    approver_id: int
    escalate_to_id: int | None
    is_escalated: bool


@dataclass(frozen=True)
class Absent:
    """Days on which somebody is away, the first and the last included, and who stands in."""

    absence_id: int
    person_id: int
    deputy_id: int
    from_on: date
    until_on: date


def applies(rule: Rule, wanted: Wanted) -> bool:
    """Tell whether a rule asks for approval of an order; what is not typed yet might be meant."""
    if wanted.net_ore < rule.from_ore:
        return False
    if rule.enterprise_id not in (None, wanted.enterprise_id):
        return False
    return _covers(rule.category_prefix, wanted.categories) and _is_meant(rule, wanted)


def chain(rules: Iterable[Rule], wanted: Wanted, buyer_id: int) -> list[Link]:
    """Return the steps an order needs: those of all rules that apply, the smallest amount first.

    Nobody is asked twice. Nobody approves what she orders herself: who would be asked to is passed
    over for the one her rule escalates to, if there is one.
    """
    links: dict[int, Link] = {}
    for rule in sorted(rules, key=lambda each: each.from_ore):
        if not applies(rule, wanted):
            continue
        for approver_id in rule.approvers:
            asked = asked_instead(rule, approver_id, buyer_id)
            link = Link(rule.name, asked, rule.escalate_days, rule.escalate_to_id)
            links.setdefault(asked, link)
    return list(links.values())


def asked_instead(rule: Rule, approver_id: int, buyer_id: int | None) -> int:
    """Return who is asked where a rule names an approver: another if the order is her own."""
    return (rule.escalate_to_id or approver_id) if approver_id == buyer_id else approver_id


def digest(address: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> str:
    """Return what is approved as a SHA-256 in hexadecimal: lines, prices, agreement, address."""
    frozen = json.dumps([address, list(lines)], sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(frozen.encode()).hexdigest()


def open_steps(step_ids: Sequence[int], approved: Iterable[tuple[int, str]], now: str) -> list[int]:
    """List the steps that are still to be approved, given `(step_id, digest)` of each approval."""
    done = {step_id for step_id, digest_ in approved if digest_ == now}
    return [each for each in step_ids if each not in done]


def acting(
    turn: Turn,
    deputies: Mapping[int, int],
    holders: Collection[int],
    makers: Collection[int],
    done: Collection[int] = (),
) -> frozenset[int]:
    """Return who may act in a turn today; empty: staff must let somebody else approve.

    `deputies`: who stands in today, by who is absent; a deputy who is absent has one herself.
    `holders`: who is an approver here at all. `makers`: the buyer, and who wrote the order before
    it was handed over to her; they are never among them. `done`: who has approved another step of
    it. She stands in for nobody else, for a chain of two wants two persons; asked herself, she may.
    """
    asked = [turn.approver_id]
    if turn.is_escalated and turn.escalate_to_id is not None:
        asked.append(turn.escalate_to_id)
    found: set[int] = set()
    while asked:
        person = asked.pop()
        if person not in found:
            found.add(person)
            asked += [deputies[person]] if person in deputies else []
    return frozenset(found & set(holders) - set(makers) - (set(done) - {turn.approver_id}))


def deputies_on(today: date, absences: Iterable[Absent]) -> dict[int, int]:
    """Return who stands in on a day, by who is absent.

    Of absences that overlap the one that begins last holds, for it was made for fewer days; of
    those the one that ends first, and of those the one that was entered last.
    """
    here = [each for each in absences if each.from_on <= today <= each.until_on]
    here.sort(key=lambda each: (each.from_on, -each.until_on.toordinal(), each.absence_id))
    return {each.person_id: each.deputy_id for each in here}


def days_problem(from_on: date, until_on: date, today: date) -> Text | None:
    """Return what is wrong with the days of an absence, else None."""
    if until_on < from_on:
        return _("The last day must not lie before the first")
    return _("Choose a day that has not passed") if until_on < today else None


def due_on(today: date, link_days: int) -> date:
    """Return the day on which a turn that begins today passes on: that many working days after."""
    return working_days_after(today, link_days)


def is_overdue(due: date | None, today: date, turn: Turn) -> bool:
    """Tell whether a turn passes on today."""
    waits = turn.escalate_to_id is not None and not turn.is_escalated
    return waits and due is not None and due <= today


def reminder_due(due: date | None, today: date, days: int, turn: Turn) -> int:
    """Return how many times the approver is to have been reminded by today.

    Once when the days of the rule have passed, and again each time they pass anew; a turn that
    passes on to somebody is reminded of when she, too, has had them.
    """
    if due is None or (turn.escalate_to_id is not None and not turn.is_escalated):
        return 0
    following = due_on(due, days) if turn.is_escalated else due
    times = 0
    while following <= today:
        times, following = times + 1, due_on(following, days)
    return times


def alike(one: str, other: str) -> bool:
    """Compare names of institutions as people type them."""
    return " ".join(one.casefold().split()) == " ".join(other.casefold().split())


def may_be_same(one: str, other: str) -> bool:
    """Tell whether two names may be of one institution: one stands in the other, in whole words.

    Case, signs, accents and blanks make no difference: Regnbuen, stue 2 may be Regnbuen.
    """
    shorter, longer = sorted((fold(one), fold(other)), key=len)
    return alike(one, other) or (shorter != "" and f" {shorter} " in f" {longer} ")


def glns_named(name: str | None, places: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Return the GLNs of places, given as (GLN, name), that may be of the institution `name`."""
    if name is None:
        return frozenset()
    return frozenset(gln for gln, known in places if may_be_same(name, known))


def complete(
    name: str | None, gln: str | None, places: Collection[tuple[str, str]]
) -> tuple[str | None, str | None]:
    """Return name and GLN of an institution, each told by the other where places know it.

    A name tells a GLN only where one place alone bears it.
    """
    if gln is not None:
        return name or next((known for each, known in places if each == gln), None), gln
    glns = {each for each, known in places if name is not None and alike(known, name)}
    return name, glns.pop() if len(glns) == 1 else None


def _covers(prefix: str | None, categories: frozenset[str] | None) -> bool:
    if prefix is None or categories is None:
        return True
    return any(each.startswith(prefix) for each in categories)


def _is_meant(rule: Rule, wanted: Wanted) -> bool:
    """Tell whether an order is of the institution that a rule names, whatever was typed."""
    if wanted.institution is None or (rule.institution is None and rule.gln is None):
        return True
    if wanted.gln is not None and wanted.gln in rule.known_glns | {rule.gln}:
        return True
    return rule.institution is not None and may_be_same(rule.institution, wanted.institution)
