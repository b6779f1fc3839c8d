"""What a buyer does about quotes: ask, give more time, ask others, answer questions, close.

Choosing a quote, which orders it, stands in `quote_choice`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.agreements import queries as agreements
from catalogue.core import audit
from catalogue.core.errors import Invalid, Missing, NotAllowed
from catalogue.core.receiving import Received
from catalogue.core.text import lazy as _
from catalogue.core.text import today_in_copenhagen
from catalogue.core.who import Role, Who
from catalogue.products.models import Product

from . import quote_files as files
from . import quote_rules as rules
from .handing import has_left
from .quote_models import LetterEvent, QuoteQuestion, QuoteRecipient, QuoteRequest
from .quote_rules import Phase, Wanted
from .quote_trace import (
    OutOfTime,
    iso,
    list_recipients,
    lock_own,
    owe,
    record,
)
from .reminder_rules import quote_reminder_at


def ask(
    session: Session, who: Who, wanted: Wanted, received: Sequence[Received], now: datetime
) -> QuoteRequest:
    """Ask enterprises for quotes; each gets a mail, and the buyer one when the deadline is over.

    Raises Invalid by field: nobody chosen, one from which the category may not be ordered, or a
    deadline that is too near or too far.
    """
    if who.role != Role.BUYER or who.municipality_id is None or who.person_id is None:
        raise NotAllowed(_("Only buyers of a municipality can ask for quotes."))
    today = today_in_copenhagen(now)
    if problems := _problems(session, who, wanted, today):
        raise Invalid(problems)
    made = QuoteRequest(
        municipality_id=who.municipality_id,
        buyer_id=who.person_id,
        product_id=wanted.product_id,
        category_code=wanted.category_code,
        kind=wanted.kind,
        title=wanted.title,
        description=wanted.description,
        details=wanted.details,
        deadline_on=wanted.deadline_on,
        created_at=now,
    )
    session.add(made)
    session.flush()
    files.keep(session, made, None, received, now)
    _ask_each(session, made, sorted(wanted.enterprise_ids), now)
    _remind(session, made, now)
    after = {
        "category_code": made.category_code,
        "deadline_on": iso(made.deadline_on),
        "enterprise_ids": sorted(wanted.enterprise_ids),
    }
    record(session, who, "asked", made, audit.changes({}, after), now)
    return made


def extend(session: Session, who: Who, request_id: int, deadline_on: date, now: datetime) -> None:
    """Give a later deadline; those asked are told, also those who said no. Raises Invalid."""
    request = _lock_undecided(session, who, request_id)
    before = request.deadline_on
    problem = rules.deadline_problem(deadline_on, today_in_copenhagen(now))
    if problem is None and deadline_on <= before:
        problem = _("Choose a day after the present deadline")
    if problem is not None:
        raise Invalid({"deadline_on": [problem]})
    request.deadline_on = deadline_on
    _tell_all(session, request, LetterEvent.EXTENDED, now)
    _remind_asked(session, request, list_recipients(session, request), now)
    _remind(session, request, now)
    facts = audit.changes({"deadline_on": iso(before)}, {"deadline_on": iso(deadline_on)})
    record(session, who, "extended", request, facts, now)


def ask_others(
    session: Session, who: Who, request_id: int, chosen: Iterable[int], now: datetime
) -> None:
    """Ask more enterprises; those asked already are passed over. Raises Invalid, OutOfTime."""
    request = _lock_undecided(session, who, request_id)
    today = today_in_copenhagen(now)
    if today > request.deadline_on:
        raise OutOfTime(_("The deadline is over. Give a later one first, then ask others."))
    asked = {each.enterprise_id for each in list_recipients(session, request)}
    wanted = sorted(set(chosen) - asked)
    if problem := _choice_problem(session, who, wanted, request.category_code, today):
        raise Invalid({"enterprises": [problem]})
    _ask_each(session, request, wanted, now)
    facts = audit.changes({}, {"enterprise_ids": wanted})
    record(session, who, "widened", request, facts, now)


def answer(session: Session, who: Who, question_id: int, text: str, now: datetime) -> QuoteRequest:
    """Answer a question, or mend the answer; all asked are told. Raises Missing, OutOfTime."""
    question = session.get(QuoteQuestion, question_id)
    if question is None:
        raise Missing(_("There is no such request for quotes."))
    request = _lock_undecided(session, who, question.request_id)
    question.answer, question.answered_at = text, now
    _tell_all(session, request, LetterEvent.ANSWERED, now)
    facts = audit.changes({}, {}) | {"untold": ["answer"]}
    record(session, who, "question_answered", request, facts, now)
    return request


def close(session: Session, who: Who, request_id: int, reason: str, now: datetime) -> None:
    """Close a request without an order; those asked are told why. Raises OutOfTime.

    Where its buyer has left, staff close it: else those asked would wait for good.
    """
    request = _lock_undecided(session, who, request_id, staff_too=True)
    request.closed_at, request.close_reason = now, reason
    _tell_all(session, request, LetterEvent.CLOSED, now)
    record(session, who, "closed", request, audit.changes({"open": True}, {"open": False}), now)


def _lock_undecided(
    session: Session, who: Who, request_id: int, *, staff_too: bool = False
) -> QuoteRequest:
    """Return the buyer's own request, locked, as long as nothing is chosen and it is not closed."""
    request = lock_own(session, who, request_id)
    may = who.role == Role.BUYER
    if staff_too and who.role == Role.STAFF:
        may = has_left(session, request.buyer_id, request.municipality_id)
    if not may:
        raise Missing(_("There is no such request for quotes."))
    if request.closed_at is not None or request.chosen_at is not None:
        phase = Phase.CHOSEN if request.chosen_at else Phase.CLOSED
        raise OutOfTime(_("The request is now: %(phase)s.", phase=rules.PHASE_NAMES[phase]))
    return request


def _ask_each(
    session: Session, request: QuoteRequest, enterprise_ids: Sequence[int], now: datetime
) -> None:
    made = [
        QuoteRecipient(request_id=request.id, enterprise_id=each, asked_at=now)
        for each in enterprise_ids
    ]
    session.add_all(made)
    session.flush()
    for each in made:
        owe(session, each, LetterEvent.ASKED, now)
    _remind_asked(session, request, made, now)


def _remind_asked(
    session: Session, request: QuoteRequest, asked: Sequence[QuoteRecipient], now: datetime
) -> None:
    """Have those asked be reminded shortly before the deadline; who has answered then is not."""
    due_at = quote_reminder_at(today_in_copenhagen(now), request.deadline_on)
    for each in asked if due_at is not None else ():
        owe(session, each, LetterEvent.REMINDED, now, due_at=due_at)


def _remind(session: Session, request: QuoteRequest, now: datetime) -> None:
    """Have the buyer told when the deadline is over, so that no quote lies unread."""
    first = list_recipients(session, request)[0]
    owe(session, first, LetterEvent.DEADLINE, now, due_at=rules.end_of(request.deadline_on))


def _tell_all(session: Session, request: QuoteRequest, event: LetterEvent, now: datetime) -> None:
    for each in list_recipients(session, request):
        owe(session, each, event, now)


def _problems(session: Session, who: Who, wanted: Wanted, today: date) -> dict[str, Any]:
    problems: dict[str, Any] = {}
    if problem := rules.deadline_problem(wanted.deadline_on, today):
        problems["deadline_on"] = [problem]
    code = wanted.category_code
    if problem := _choice_problem(session, who, sorted(wanted.enterprise_ids), code, today):
        problems["enterprises"] = [problem]
    if wanted.product_id is not None:
        known = select(Product.id).where(Product.id == wanted.product_id)
        if session.scalar(known.where(Product.category_code == code)) is None:
            raise Missing(_("The product does not exist."))
    return problems


def _choice_problem(
    session: Session, who: Who, enterprise_ids: Sequence[int], code: str, today: date
) -> Any:
    if not enterprise_ids:
        return _("Choose at least one enterprise")
    applies = agreements.in_force(session, who.municipality_id or 0, today)
    if rules.may_be_asked_in(applies, enterprise_ids, code) != list(enterprise_ids):
        return _("Choose enterprises from which your municipality may order in this category")
    return None
