"""What somebody new in a role is shown first: steps with where they lead, until she closes it.

Each step names the page it speaks of by its endpoint, for pages of later features are reached by
address only. Closing it is kept with the role, so a buyer who becomes an approver is shown that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from catalogue.core.text import Text
from catalogue.core.text import lazy as _
from catalogue.core.who import Role, Who

from .models import PersonRole


@dataclass(frozen=True)
class Step:
    """One step: what one does there, in a sentence, and the page it is done on."""

    title: Text
    text: Text
    endpoint: str


TOURS: dict[Role, tuple[Step, ...]] = {
    Role.BUYER: (
        Step(_("Find it"), _("Search by what you need. You see first what you may order, and at"
             " all else why not and where to buy instead."), "search.results"),
        Step(_("Order it"), _("The basket tells what is left of the agreement, and whether"
             " somebody must approve."), "ordering.basket"),
        Step(_("Follow it"), _("Your orders say where they are; confirm there what has come."),
             "ordering.orders"),
        Step(_("Ask for it"), _("Nobody has it? Write what you need, and the enterprises answer."),
             "search.demands"),
    ),
    Role.APPROVER: (
        Step(_("Decide"), _("Orders that wait for you, with the rule that asks for you."),
             "approvals.approvals"),
        Step(_("Choose a deputy"), _("Somebody decides for you while you are away."),
             "approvals.approvals"),
        Step(_("Choose your mails"), _("Say which news you want by mail, and how often."),
             "notices.choices"),
    ),
    Role.STAFF: (
        Step(_("Enter your agreements"), _("Voluntary and mandatory ones, one by one or from a"
             " list. They decide what buyers may order."), "agreements.agreements"),
        Step(_("Verify enterprises"), _("Applications and lapsing verifications wait here."),
             "enterprises.desk"),
        Step(_("Say who decides"), _("Rules of approval: by amount, category or institution."),
             "policy.rules"),
        Step(_("See what is covered"), _("What is bought on what, where there is no agreement, and"
             " what was looked for in vain."), "coverage.overview"),
        Step(_("Be within reach"), _("Buyers who are refused something are told whom to ask: write"
             " your name there."), "colleagues.people"),
    ),
    Role.ENTERPRISE: (
        Step(_("Show your products"), _("Step by step with pictures, or all at once from a price"
             " list."), "products.products"),
        Step(_("Answer orders"), _("Confirm, send, done. Each step is told to the buyer."),
             "ordering.incoming"),
        Step(_("See what is lacking"), _("Buyers write what they look for; answer with a product"
             " or a price."), "search.wanted"),
        Step(_("Tell who you are"), _("Your profile is the first that municipalities read."),
             "enterprises.edit_profile"),
        Step(_("Be found by everybody"), _("Open your shelf, and visitors find your products from"
             " the front page."), "embed.frames"),
    ),
    Role.FACILITATOR: (
        Step(_("Prepare products"), _("You write and photograph; the enterprise publishes."),
             "products.products"),
    ),
    Role.ADMINISTRATOR: (
        Step(_("Give people their roles"), _("Each role shows its own pages."),
             "accounts.persons"),
        Step(_("Look after the enterprises"), _("All of them, with who reviews them."),
             "enterprises.enterprises"),
    ),
}  # fmt: skip


def steps_of(who: Who) -> Sequence[Step]:
    """Return the tour of the role somebody acts in; none without a role. Pure."""
    return TOURS[who.role] if who.role else ()


def close(session: Session, who: Who, now: datetime) -> None:
    """Keep that she has seen the tour of her role; it is not shown by itself again."""
    held = session.get(PersonRole, who.role_id) if who.role_id else None
    if held is not None and held.toured_at is None:
        held.toured_at = now
