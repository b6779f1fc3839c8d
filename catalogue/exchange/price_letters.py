"""Which mail new prices call for, and its words: derived from their state at sending."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality, Person, PersonRole
from catalogue.core.text import lazy as _
from catalogue.core.who import Role
from catalogue.enterprises.models import Enterprise
from catalogue.products.models import PriceDecision, PriceProposal

from .letters import Wording
from .models import SentPriceMail

WORDINGS: dict[str, Wording] = {
    "sent": Wording(
        _("%(enterprise)s proposes new prices"),
        _(
            "%(enterprise)s proposes new prices from %(day)s. Please accept or refuse them; until"
            " then you keep your prices."
        ),
    ),
    "withdrawn": Wording(
        _("%(enterprise)s has withdrawn its new prices"),
        _(
            "The prices that %(enterprise)s proposed from %(day)s are withdrawn. You need do no"
            " more."
        ),
    ),
    "accepted": Wording(
        _("%(municipality)s accepts your new prices"),
        _("%(municipality)s pays the new prices from %(begins)s."),
    ),
    "refused": Wording(
        _("%(municipality)s refuses your new prices"),
        _("%(municipality)s keeps its present prices."),
    ),
}
TO_STAFF = ("sent", "withdrawn")


@dataclass(frozen=True)
class PriceLetter:
    """One mail to one address about new prices, with all that its template shows."""

    proposal: PriceProposal
    decision: PriceDecision
    event: str
    recipient: str
    locale: str
    names: dict[str, str]

    @property
    def key(self) -> dict[str, Any]:
        """Return what makes the letter one and the same, as columns of the log."""
        return {
            "proposal_id": self.proposal.id,
            "municipality_id": self.decision.municipality_id,
            "event": self.event,
            "recipient": self.recipient,
        }

    @property
    def path(self) -> str:
        """Return the reader's page of the proposal."""
        place = "prisforslag" if self.event in TO_STAFF else "varer-hos-os/prisforslag"
        return f"{place}/{self.proposal.id}"


def write(session: Session, payload: Mapping[str, Any]) -> list[PriceLetter]:
    """List the letters owed for an event of a proposal in a municipality and not sent yet.

    None when it has moved on since: the work of its newer state speaks for it.
    """
    event = str(payload["event"])
    row = session.execute(
        select(PriceProposal, PriceDecision, Enterprise, Municipality.name)
        .join(PriceDecision, PriceDecision.proposal_id == PriceProposal.id)
        .join(Enterprise, Enterprise.id == PriceProposal.enterprise_id)
        .join(Municipality, Municipality.id == PriceDecision.municipality_id)
        .where(PriceProposal.id == payload["proposal_id"])
        .where(PriceDecision.municipality_id == payload["municipality_id"])
    ).first()
    if row is None or event != _present(row[0], row[1]):
        return []
    proposal, decision, enterprise, municipality_name = row
    readers = (
        _staff(session, decision.municipality_id)
        if event in TO_STAFF
        else [(enterprise.email, "da")]
    )
    names = {"enterprise": enterprise.name, "municipality": municipality_name}
    all_ = [PriceLetter(proposal, decision, event, *reader, names) for reader in readers]
    return [each for each in all_ if not is_sent(session, each)]


def is_sent(session: Session, letter: PriceLetter) -> bool:
    """Tell whether the letter went out already."""
    return session.scalars(select(SentPriceMail.id).filter_by(**letter.key)).first() is not None


def _present(proposal: PriceProposal, decision: PriceDecision) -> str:
    """Return the event that speaks of the state of things."""
    if proposal.state != "sent" or decision.answer == "waiting":
        return str(proposal.state)
    return str(decision.answer)


def _staff(session: Session, municipality_id: int) -> list[tuple[str, str]]:
    """List e-mail and language of the municipality's procurement staff, by name."""
    query = (
        select(Person.email, Person.locale)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .where(PersonRole.role == Role.STAFF, PersonRole.municipality_id == municipality_id)
        .where(Person.disabled_at.is_(None))
        .order_by(Person.name, Person.id)
    )
    return [(email, locale) for email, locale in session.execute(query)]
