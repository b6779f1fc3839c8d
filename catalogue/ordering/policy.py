"""The verbs of a municipality's policy: rules of approval, and who stands in for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session, aliased, selectinload

from catalogue.accounts.models import Person
from catalogue.agreements.models import Category
from catalogue.agreements.rules import prefix
from catalogue.core import audit
from catalogue.core.db import ask
from catalogue.core.errors import Invalid, Missing
from catalogue.core.text import lazy as _
from catalogue.core.text import today_in_copenhagen
from catalogue.core.turns import hold
from catalogue.core.who import Who
from catalogue.enterprises.models import Enterprise

from . import approval_news, approval_rules, institutions
from .approval_cases import list_holders
from .approval_rules import Rule
from .policy_models import Absence, ApprovalRule, ApprovalRuleStep

_RULE_FACTS = ("from_ore", "category_code", "institution", "gln", "enterprise_id",
               "escalate_days", "escalate_to_id")  # fmt: skip


@dataclass(frozen=True)
class RuleTerms:
    """What staff say in a rule; conditions of None hold for any order."""

    name: str
    from_ore: int
    category_code: str | None
    institution: str | None
    enterprise_id: int | None
    approvers: tuple[int, ...]
    escalate_days: int
    escalate_to_id: int | None
    gln: str | None = None


@dataclass(frozen=True)
class Away:
    """Days on which an approver is away, and who stands in for her."""

    deputy_id: int
    from_on: date
    until_on: date


@dataclass(frozen=True)
class Entered:
    """An absence of an approver of the municipality, with the names of both."""

    absence: Absence
    name: str
    deputy: str


def list_in_force(session: Session, municipality_id: int | None) -> list[Rule]:
    """List the rules of a municipality that are in force, as decisions about orders need them.

    One query; one more where a rule names an institution, for the places that bear the name.
    """
    found, _names = list_named(session, municipality_id)
    if not any(each.institution for each in found):
        return found
    places = institutions.list_places(session, municipality_id)
    return [
        replace(each, known_glns=approval_rules.glns_named(each.institution, places))
        for each in found
    ]


def list_named(session: Session, municipality_id: int | None) -> tuple[list[Rule], dict[int, str]]:
    """Return the rules in force, and the names of those they ask. One query.

    For hints and for who keeps budgets; of an order `list_in_force` decides.
    """
    rows = ask(session, _named(), {"municipality_id": municipality_id}).all()
    by_rule = [list(each) for _id, each in groupby(rows, lambda row: row.id)]
    names = {row.person_id: row.person_name for row in rows if row.person_id is not None}
    names |= {row.then_id: row.then_name for row in rows if row.then_id is not None}
    return [_as_rule(each) for each in by_rule], names


@cache  # asked by each step of a purchase: to write it takes longer than to answer it
def _named() -> Any:
    own, then = ApprovalRule.municipality_id == bindparam("municipality_id"), aliased(Person)
    return (
        select(ApprovalRule, Person.id.label("person_id"), Person.name.label("person_name"),
               then.id.label("then_id"), then.name.label("then_name"))
        .outerjoin(ApprovalRuleStep, ApprovalRuleStep.rule_id == ApprovalRule.id)
        .outerjoin(Person, Person.id == ApprovalRuleStep.approver_id)
        .outerjoin(then, then.id == ApprovalRule.escalate_to_id)
        .where(own, ApprovalRule.ended_at.is_(None))
        .order_by(ApprovalRule.from_ore, ApprovalRule.id, ApprovalRuleStep.position)
    )  # fmt: skip


def list_rules(session: Session, municipality_id: int | None) -> list[ApprovalRule]:
    """List the rules in force, the smallest amount first. Two queries; one when there is none."""
    query = (
        select(ApprovalRule)
        .where(ApprovalRule.municipality_id == municipality_id, ApprovalRule.ended_at.is_(None))
        .options(selectinload(ApprovalRule.steps))
        .order_by(ApprovalRule.from_ore, ApprovalRule.id)
    )
    return list(session.scalars(query))


def create_rule(session: Session, who: Who, terms: RuleTerms, now: datetime) -> ApprovalRule:
    """Make a rule for orders placed from now on; raises Invalid by field.

    An institution is named by its GLN, or by a name that one known place alone bears.
    """
    terms = _placed(session, who, terms)
    if problems := _problems(session, who, terms):
        raise Invalid(problems)
    facts = {name: value for name, value in vars(terms).items() if name != "approvers"}
    made = ApprovalRule(municipality_id=who.municipality_id, created_at=now, **facts)
    made.steps = [
        ApprovalRuleStep(position=position, approver_id=approver_id)
        for position, approver_id in enumerate(terms.approvers, start=1)
    ]
    session.add(made)
    session.flush()
    _record(session, who, "approval_rule.created", made, now, audit.changes({}, _facts(made)))
    return made


def end_rule(session: Session, who: Who, rule_id: int, now: datetime) -> ApprovalRule:
    """End a rule; orders that it put on their way to approval go on waiting. Raises Missing."""
    found = session.scalars(
        select(ApprovalRule)
        .where(ApprovalRule.id == rule_id, ApprovalRule.ended_at.is_(None))
        .where(ApprovalRule.municipality_id == who.municipality_id)
        .options(selectinload(ApprovalRule.steps))
        .with_for_update()
    ).first()
    if found is None:
        raise Missing(_("There is no such rule in force in your municipality."))
    found.ended_at = now
    _record(session, who, "approval_rule.ended", found, now, audit.changes(_facts(found), {}))
    return found


def list_absences(session: Session, who: Who, today: date) -> list[Absence]:
    """List the approver's own absences that are not over, the earliest first. One query."""
    query = select(Absence).where(
        Absence.municipality_id == who.municipality_id,
        Absence.person_id == who.person_id,
        Absence.until_on >= today,
    )
    return list(session.scalars(query.order_by(Absence.from_on, Absence.id)))


def list_entered(session: Session, who: Who, today: date) -> list[Entered]:
    """List the absences of the municipality's approvers that are not over, the earliest first.

    One query.
    """
    absent, deputy = aliased(Person), aliased(Person)
    query = (
        select(Absence, absent.name, deputy.name)
        .join(absent, absent.id == Absence.person_id)
        .join(deputy, deputy.id == Absence.deputy_id)
        .where(Absence.municipality_id == who.municipality_id, Absence.until_on >= today)
        .order_by(Absence.from_on, Absence.id)
    )
    return [Entered(*row) for row in session.execute(query)]


def be_away(session: Session, who: Who, away: Away, now: datetime) -> Absence:
    """Let a deputy approve for the approver on some days; raises Invalid by field."""
    return _enter(session, who, (who.person_id or 0, away), now)


def enter_absence(session: Session, who: Who, person_id: int, away: Away, now: datetime) -> Absence:
    """Enter for an approver that she is away, which she cannot do when she is ill; staff only.

    Raises Invalid by field.
    """
    return _enter(session, who, (person_id, away), now)


def be_back(session: Session, who: Who, absence_id: int, now: datetime) -> None:
    """Take an own absence out; raises Missing."""
    found = session.get(Absence, absence_id)
    if found is None or found.person_id != who.person_id:
        raise Missing(_("There is no such absence of yours."))
    _end_absence(session, who, found, now)


def end_absence(session: Session, who: Who, absence_id: int, now: datetime) -> None:
    """Take the absence of an approver of the municipality out; staff only. Raises Missing."""
    found = session.get(Absence, absence_id)
    if found is None or found.municipality_id != who.municipality_id:
        raise Missing(_("There is no such absence in your municipality."))
    _end_absence(session, who, found, now)


def _enter(session: Session, who: Who, absent: tuple[int, Away], now: datetime) -> Absence:
    person_id, away = absent
    problems: dict[str, list[Any]] = {}
    today, holders = today_in_copenhagen(now), list_holders(session, who.municipality_id or 0)
    if problem := approval_rules.days_problem(away.from_on, away.until_on, today):
        problems["until_on"] = [problem]
    if person_id not in holders:
        problems["person_id"] = [_("Choose an approver of your municipality")]
    if away.deputy_id not in holders.keys() - {person_id}:
        problems["deputy_id"] = [_("Choose another approver of your municipality")]
    if problems:
        raise Invalid(problems)
    made = Absence(municipality_id=who.municipality_id, person_id=person_id, **vars(away))
    session.add(made)
    session.flush()
    _record(session, who, "absence.created", made, now, audit.changes({}, _absence(made)))
    approval_news.tell(session, made.municipality_id, now)
    return made


def _end_absence(session: Session, who: Who, found: Absence, now: datetime) -> None:
    hold(session, found)
    session.delete(found)
    _record(session, who, "absence.ended", found, now, audit.changes(_absence(found), {}))
    session.flush()
    approval_news.tell(session, found.municipality_id, now)


def _as_rule(rows: Sequence[Row[Any]]) -> Rule:
    rule = rows[0]
    return Rule(
        name=rule.name,
        from_ore=rule.from_ore,
        category_prefix=prefix(rule.category_code) if rule.category_code else None,
        institution=rule.institution,
        gln=rule.gln,
        enterprise_id=rule.enterprise_id,
        approvers=tuple(row.person_id for row in rows if row.person_id is not None),
        escalate_days=rule.escalate_days,
        escalate_to_id=rule.escalate_to_id,
    )


def _placed(session: Session, who: Who, terms: RuleTerms) -> RuleTerms:
    """Return the terms with the GLN of a known name, or the name of a known GLN."""
    if terms.institution is None and terms.gln is None:
        return terms
    places = institutions.list_places(session, who.municipality_id)
    name, gln = approval_rules.complete(terms.institution, terms.gln, places)
    return replace(terms, institution=name, gln=gln)


def _problems(session: Session, who: Who, terms: RuleTerms) -> dict[str, list[Any]]:
    problems: dict[str, list[Any]] = {}
    holders = list_holders(session, who.municipality_id or 0)
    if not terms.approvers or not set(terms.approvers) <= holders.keys():
        problems["approver_1"] = [_("Choose an approver of your municipality")]
    if len(set(terms.approvers)) < len(terms.approvers):
        problems["approver_2"] = [_("Each approver is asked once; choose another, or nobody")]
    if terms.escalate_to_id is not None and terms.escalate_to_id not in holders:
        problems["escalate_to_id"] = [_("Choose an approver of your municipality")]
    if terms.category_code and session.get(Category, terms.category_code) is None:
        problems["category_code"] = [_("There is no category of this code; write 8 digits of CPV")]
    if terms.institution is not None and terms.gln is None:
        problems["gln"] = [_("Write the GLN/EAN number too: no place alone is known by this name")]
    if terms.enterprise_id and session.get(Enterprise, terms.enterprise_id) is None:
        problems["enterprise_id"] = [_("Choose an enterprise from the list")]
    return problems


def _facts(rule: ApprovalRule) -> dict[str, Any]:
    facts = {name: getattr(rule, name) for name in _RULE_FACTS}
    return facts | {"name": rule.name, "approver_ids": [each.approver_id for each in rule.steps]}


def _absence(absence: Absence) -> dict[str, Any]:
    days = {"starts_on": str(absence.from_on), "ends_on": str(absence.until_on)}
    return days | {"approver_id": absence.person_id, "deputy_id": absence.deputy_id}


def _record(
    session: Session, who: Who, action: str, row: ApprovalRule | Absence, now: datetime,
    facts: dict[str, Any],
) -> None:  # fmt: skip
    audit.record(
        session, action, (action.partition(".")[0], row.id), person_id=who.person_id, now=now,
        facts=facts, municipality_id=row.municipality_id,
    )  # fmt: skip
