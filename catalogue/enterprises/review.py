"""What the reviewing municipality decides: verify, send back, suspend, lift that, and renew."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from catalogue.core import audit
from catalogue.core.errors import Conflict, Invalid, Missing, NotAllowed
from catalogue.core.text import lazy as _
from catalogue.core.text import today_in_copenhagen
from catalogue.core.who import Role, Who

from . import news, queries, rules, service
from .models import Enterprise, EnterpriseState, Reverification, ReverificationState
from .news import Event

MOVES = {
    EnterpriseState.VERIFIED: {EnterpriseState.APPLIED, EnterpriseState.RETURNED},
    EnterpriseState.RETURNED: {EnterpriseState.APPLIED},
    EnterpriseState.SUSPENDED: {EnterpriseState.VERIFIED},
}


def verify(session: Session, who: Who, enterprise_id: int, months: int, now: datetime) -> None:
    """Verify an enterprise that one's municipality reviews, for so many months."""
    found = _to_move(session, who, enterprise_id, EnterpriseState.VERIFIED)
    until = rules.valid_until(today_in_copenhagen(now), months)
    _move(session, who, found, {"state": EnterpriseState.VERIFIED, "verified_until": until}, now)
    news.tell(session, found, Event.VERIFIED, now)


def send_back(session: Session, who: Who, enterprise_id: int, reason: str, now: datetime) -> None:
    """Send an application back with what is to be mended."""
    found = _to_move(session, who, enterprise_id, EnterpriseState.RETURNED)
    changed = {"state": EnterpriseState.RETURNED, "decision_reason": reason}
    _move(session, who, found, changed, now)
    news.tell(session, found, Event.RETURNED, now)


def suspend(
    session: Session, who: Who, enterprise_id: int, values: dict[str, Any], now: datetime
) -> None:
    """Hold a verified enterprise back; `values`: reason, suspended_until (None: not known).

    None of its products can be ordered from now on; orders already placed go on. It stays so until
    it is lifted: no enterprise is opened for orders without a person's decision.
    """
    found = _to_move(session, who, enterprise_id, EnterpriseState.SUSPENDED)
    until = values["suspended_until"]
    if until is not None and until < today_in_copenhagen(now):
        raise Invalid({"suspended_until": [_("Write today or a later day, or clear the field")]})
    changed = {
        "state": EnterpriseState.SUSPENDED,
        "suspended_until": until,
        "decision_reason": values["reason"],
    }
    _move(session, who, found, changed, now)
    news.tell(session, found, Event.SUSPENDED, now)


def lift(session: Session, who: Who, enterprise_id: int, now: datetime) -> None:
    """End a suspension; the verification counts to the day it did before, and may have lapsed."""
    found = _locked(session, who, enterprise_id)
    if found.state != EnterpriseState.SUSPENDED:
        raise Conflict(_("The enterprise has been dealt with already. Load the page again."))
    changed = {"state": EnterpriseState.VERIFIED, "suspended_until": None}
    _move(session, who, found, changed, now, action="enterprise.suspension_lifted")
    news.tell(session, found, Event.LIFTED, now)


def renew(session: Session, who: Who, enterprise_id: int, months: int, now: datetime) -> date:
    """Renew the verification of an enterprise that confirmed its five points; return its new day.

    It counts so many months from the day it ended before, or from today if that has passed.
    """
    found = _locked(session, who, enterprise_id)
    sent = _sent(session, found)
    today = today_in_copenhagen(now)
    until = rules.renewed_until(sent.due_on, today, months)
    _settle(sent, who, ReverificationState.RENEWED, now)
    _move(session, who, found, {"verified_until": until}, now, action="enterprise.renewed")
    news.tell(session, found, Event.RENEWED, now)
    return until


def return_confirmation(
    session: Session, who: Who, enterprise_id: int, reason: str, now: datetime
) -> None:
    """Send a confirmation back with what is to be mended; the verification counts to its day."""
    found = _locked(session, who, enterprise_id)
    sent = _sent(session, found)
    facts = audit.changes(
        {"reverification": sent.state}, {"reverification": ReverificationState.RETURNED}
    )
    _settle(sent, who, ReverificationState.RETURNED, now)
    sent.reason = reason
    facts["reason"] = reason
    service.tell(session, found, "enterprise.confirmation_returned", who, now, facts)
    news.tell(session, found, Event.CONFIRMATION_RETURNED, now)


def _locked(session: Session, who: Who, enterprise_id: int) -> Enterprise:
    found = session.get(Enterprise, enterprise_id, with_for_update=True)
    decides = who.role == Role.ADMINISTRATOR
    if found is None or not (decides or service.may_see(found, who.municipality_id)):
        raise Missing(_("The enterprise does not exist."))
    if not decides and found.reviewer_id != who.municipality_id:
        raise NotAllowed(
            _("Another municipality reviews this enterprise; you can decide for your own.")
        )
    return found


def _to_move(session: Session, who: Who, enterprise_id: int, to: EnterpriseState) -> Enterprise:
    found = _locked(session, who, enterprise_id)
    if found.state not in MOVES[to]:
        raise Conflict(_("The enterprise has been dealt with already. Load the page again."))
    return found


def _move(
    session: Session,
    who: Who,
    found: Enterprise,
    changed: dict[str, Any],
    now: datetime,
    action: str = "",
) -> None:
    """Write what was decided; a reason of before counts no more."""
    reason = changed.pop("decision_reason", None)
    before = {name: _plain(getattr(found, name)) for name in changed}
    for name, value in changed.items():
        setattr(found, name, value)
    found.decided_at, found.decided_by, found.decision_reason = now, who.person_id, reason
    facts = audit.changes(before, {name: _plain(value) for name, value in changed.items()})
    if reason is not None:
        facts["reason"] = reason
    service.tell(session, found, action or f"enterprise.{found.state}", who, now, facts)


def _sent(session: Session, found: Enterprise) -> Reverification:
    """Return the confirmation that waits for a decision; raises Conflict when there is none."""
    sent = queries.find_confirmation(session, found, ReverificationState.SENT)
    if sent is None or found.state != EnterpriseState.VERIFIED:
        raise Conflict(
            _("There is no confirmation of the enterprise to decide about. Load the page again.")
        )
    return sent


def _settle(sent: Reverification, who: Who, state: ReverificationState, now: datetime) -> None:
    sent.state, sent.reason = state, None
    sent.decided_at, sent.decided_by = now, who.person_id


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
