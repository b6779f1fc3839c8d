"""What enterprises tell, and what staff note: apply, correct, look up the register, decide."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, selectinload

from catalogue.accounts import service as accounts
from catalogue.accounts.models import Municipality, Person
from catalogue.core import audit, jobs
from catalogue.core.errors import Invalid, Missing
from catalogue.core.text import fold, today_in_copenhagen
from catalogue.core.text import lazy as _
from catalogue.core.turns import take_turn
from catalogue.core.who import Role, Who

from . import news, rules
from .models import (
    Criterion,
    Enterprise,
    EnterpriseCriterion,
    EnterpriseState,
    MunicipalDecision,
    RegisterFact,
)
from .news import Event

FACTS = (
    "name", "legal_form", "street", "city", "municipality_id", "email", "phone", "website",
    "social_purpose", "story", "says_registered", "turnover_ore", "turnover_year", "capacity",
)  # fmt: skip
# What may name or find a person: the audit tells that it changed, and not from what to what.
UNTOLD = ("email", "phone", "street")


def apply(session: Session, values: dict[str, Any], now: datetime) -> Enterprise:
    """Write an application with the applicant's log-in; `values` come from ApplicationSchema.

    Raises Invalid when the CVR number or the log-in is known already.
    """
    take_turn(session, "application", values["cvr"])
    known = session.scalars(select(Enterprise.id).where(Enterprise.cvr == values["cvr"])).first()
    if known is not None:
        text = _("This CVR number has applied already; sign in, or write to the municipality")
        raise Invalid({"cvr": [text]})
    made = Enterprise(
        cvr=values["cvr"],
        reviewer_id=values["reviewer_id"],
        state=EnterpriseState.APPLIED,
        created_at=now,
        updated_at=now,
        name="",
        name_folded="",
        postcode="",
    )
    made.criteria = []
    _fill(session, made, values, now)
    session.add(made)
    session.flush()
    newcomer = accounts.Newcomer(values["person_name"], values["person_email"], values["password"])
    person = _register(session, newcomer, now)
    accounts.grant(session, person.id, Role.ENTERPRISE, enterprise_id=made.id, now=now)
    audit.record(
        session, "enterprise.applied", ("enterprise", made.id), person_id=person.id, now=now,
        facts=audit.changes({}, _told(made)), municipality_id=made.reviewer_id,
    )  # fmt: skip
    news.tell(session, made, Event.APPLIED, now)
    return made


def get(session: Session, enterprise_id: int) -> Enterprise:
    """Return an enterprise; raises Missing."""
    found = session.get(Enterprise, enterprise_id)
    if found is None:
        raise Missing(_("The enterprise does not exist."))
    return found


def may_see(found: Enterprise, municipality_id: int | None) -> bool:
    """Tell whether a municipality sees an enterprise: its reviewer does, others once verified."""
    return found.state == EnterpriseState.VERIFIED or found.reviewer_id == municipality_id


def get_own(session: Session, enterprise_id: int) -> Enterprise:
    """Return one's own enterprise with its criteria, to be shown in its form."""
    return session.scalars(
        select(Enterprise)
        .where(Enterprise.id == enterprise_id)
        .options(selectinload(Enterprise.criteria))
    ).one()


def save_profile(session: Session, who: Who, values: dict[str, Any], now: datetime) -> Enterprise:
    """Save one's own profile; one that was sent back is thereby sent in again.

    Raises Invalid when turnover and year do not go together.
    """
    found = get_own(session, who.enterprise_id or 0)
    before, untold = _told(found), {name: getattr(found, name) for name in UNTOLD}
    _fill(session, found, values, now)
    if found.state == EnterpriseState.RETURNED:
        found.state = EnterpriseState.APPLIED
        news.tell(session, found, Event.APPLIED_AGAIN, now)
    facts = audit.changes(before, _told(found))
    if changed := [name for name in UNTOLD if untold[name] != getattr(found, name)]:
        facts["untold"] = changed
    tell(session, found, "enterprise.profile_saved", who, now, facts)
    return found


def set_logo(session: Session, who: Who, image_id: int, now: datetime) -> None:
    """Show another logo of one's own enterprise."""
    found = get(session, who.enterprise_id or 0)
    facts = audit.changes({"logo_image_id": found.logo_image_id}, {"logo_image_id": image_id})
    found.logo_image_id = image_id
    found.updated_at = now
    record(session, found, "enterprise.logo_set", who, now, facts)


def record_register(
    session: Session, who: Who, enterprise_id: int, values: dict[str, Any], now: datetime
) -> None:
    """Write what the register says; `values`: status, checked_on, source. Older facts stay.

    Raises Missing for one that the municipality does not see, Invalid for a day to come: it would
    count as a fresh look-up until long after it.
    """
    found = _get_seen(session, who, enterprise_id)
    if values["checked_on"] > today_in_copenhagen(now):
        raise Invalid({"checked_on": [_("Write today or an earlier day")]})
    last = session.scalars(
        select(RegisterFact)
        .where(RegisterFact.enterprise_id == found.id)
        .order_by(RegisterFact.id.desc())
        .limit(1)
    ).first()
    session.add(RegisterFact(enterprise_id=found.id, checked_by=who.person_id, **values))
    before = {name: getattr(last, name) for name in values} if last else {}
    facts = audit.changes(_plain(before), _plain(values))
    tell(session, found, "enterprise.register_checked", who, now, facts)


def decide(
    session: Session, who: Who, enterprise_id: int, values: dict[str, Any], now: datetime
) -> None:
    """Write one's own municipality's decision; `values`: recognition, reason. Older ones stay.

    Raises Missing for one that the municipality does not see.
    """
    found = _get_seen(session, who, enterprise_id)
    own = (
        MunicipalDecision.enterprise_id == found.id,
        MunicipalDecision.municipality_id == who.municipality_id,
    )
    take_turn(session, "decision", found.id)  # one alone is the current one
    last = session.scalars(
        select(MunicipalDecision).where(*own, MunicipalDecision.is_current).limit(1)
    ).first()
    before = {name: getattr(last, name) for name in values} if last else {}
    session.execute(update(MunicipalDecision).where(*own).values(is_current=False))
    session.add(
        MunicipalDecision(
            enterprise_id=found.id,
            municipality_id=who.municipality_id or 0,
            decided_at=now,
            decided_by=who.person_id,
            **values,
        )
    )
    facts = audit.changes(_plain(before), _plain(values))
    tell(session, found, "enterprise.decided", who, now, facts)


def _get_seen(session: Session, who: Who, enterprise_id: int) -> Enterprise:
    found = get(session, enterprise_id)
    if not may_see(found, who.municipality_id):
        raise Missing(_("The enterprise does not exist."))
    return found


def _fill(session: Session, enterprise: Enterprise, values: dict[str, Any], now: datetime) -> None:
    if problems := rules.turnover_problems(
        values["turnover_ore"], values["turnover_year"], today_in_copenhagen(now)
    ):
        raise Invalid(problems)
    for name in ("municipality_id", "reviewer_id"):
        place = session.get(Municipality, values[name]) if name in values else None
        # It may lie anywhere; where nobody has begun yet, nobody would read an application.
        fits = place is not None and (place.is_member or name == "municipality_id")
        if name in values and not fits:
            raise Invalid({name: [_("Choose a municipality of the list")]})
    for name in FACTS:
        setattr(enterprise, name, values[name])
    enterprise.postcode = values["postcode"]
    enterprise.name_folded = fold(enterprise.name)
    enterprise.updated_at = now
    explain(enterprise, {each: values[f"{each}_how"] for each in Criterion})


def explain(enterprise: Enterprise, how: Mapping[Criterion, str]) -> None:
    """Write how the enterprise meets its five points."""
    written = {Criterion(each.criterion): each for each in enterprise.criteria}
    for criterion, explanation in how.items():
        if criterion in written:
            written[criterion].explanation = explanation
        else:
            enterprise.criteria.append(
                EnterpriseCriterion(criterion=criterion, explanation=explanation)
            )


def _register(session: Session, newcomer: accounts.Newcomer, now: datetime) -> Person:
    try:
        return accounts.register_person(session, newcomer, now)
    except Invalid as error:
        raise Invalid({"person_email": error.problems["email"]}) from None


def _told(enterprise: Enterprise) -> dict[str, Any]:
    """Return what an enterprise tells of itself, as the audit keeps it."""
    names = [name for name in (*FACTS, "postcode", "state") if name not in UNTOLD]
    criteria = {f"{each.criterion}_how": each.explanation for each in enterprise.criteria}
    return {name: getattr(enterprise, name) for name in names} | criteria


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Return values with dates as text."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
    }


def tell(
    session: Session, found: Enterprise, action: str, who: Who, now: datetime, facts: dict[str, Any]
) -> None:
    """Write what was done, and have the enterprise's products indexed anew."""
    record(session, found, action, who, now, facts)
    jobs.put(session, "search.index_enterprise", {"enterprise_id": found.id}, now=now)


def record(
    session: Session, found: Enterprise, action: str, who: Who, now: datetime, facts: dict[str, Any]
) -> None:
    """Write what was done; what an enterprise does itself concerns the one that reviews it."""
    audit.record(
        session, action, ("enterprise", found.id), person_id=who.person_id, now=now,
        facts=facts, municipality_id=who.municipality_id or found.reviewer_id,
    )  # fmt: skip
