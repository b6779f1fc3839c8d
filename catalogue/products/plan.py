"""What a price list would do, told row by row, and doing it: all rows or none.

A blank cell leaves what the product says; a new product takes the usual value. Rows that are
complete are published when the enterprise is verified, or sent in where they are checked;
withdrawn products stay withdrawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.errors import Conflict
from catalogue.core.text import lazy as _
from catalogue.core.text import today_in_copenhagen
from catalogue.core.who import Who

from . import prices, rules, shelf, writing
from .deliveries import Delivery
from .entries import Entry, Outcome, Plan
from .judging import Known, draft_of, know
from .models import Product, ProductState
from .price_list import Row
from .rules import ProductFacts

__all__ = ["Entry", "Moved", "Outcome", "Plan", "Refused", "apply", "judge", "preview"]
PART_ROWS = 500  # judged together; what they are compared with is read once for them


class Refused(Conflict):
    """Some rows cannot be taken, so none was."""

    title = _("The price list was not imported")


class Moved(Conflict):
    """The products have changed since the preview was shown."""

    title = _("The price list was not imported")


def preview(session: Session, enterprise_id: int, delivery: Delivery, today: date) -> Plan:
    """Judge every row against the enterprise's products as of `today`; writes nothing.

    The number of queries grows with the parts of the list, and with categories given in words.
    """
    parts = delivery.parts(PART_ROWS)
    judged = (judge(session, enterprise_id, part, today) for part in parts)
    return Plan(tuple(entry for entries in judged for entry in entries))


def judge(session: Session, enterprise_id: int, part: Delivery, today: date) -> list[Entry]:
    """Judge the rows of a part of a list; a fixed number of queries but for words of categories."""
    known = know(session, enterprise_id, part, today)
    return [_judge(row, known, part) for row in part.rows]


def apply(session: Session, who: Who, delivery: Delivery, fingerprint: str, now: datetime) -> Plan:
    """Do what the preview of that fingerprint said, all of it or nothing; return the plan.

    Raises Refused when a row is refused, Moved when the products are not what they were.
    """
    enterprise_id = shelf.lock_enterprise(session, who)
    mine = select(Product.id).where(Product.enterprise_id == enterprise_id)
    session.execute(mine.with_for_update())  # nobody changes them between judging and doing
    plan = preview(session, enterprise_id, delivery, today_in_copenhagen(now))
    if refused := plan.counts[Outcome.REFUSED]:
        raise Refused(_("%(count)s rows cannot be taken, so nothing was imported.", count=refused))
    if plan.fingerprint != fingerprint:
        raise Moved(_("Your products have changed since the preview. Look at it again."))
    writing.write(session, who, plan.entries, now)
    return plan


def _judge(row: Row, known: Known, delivery: Delivery) -> Entry:
    product = known.find(row.item_number)
    draft = draft_of(row, known, delivery)
    title = draft.values.get("title") or (product.title if product else row.cells.get("title", ""))
    entry = Entry(
        row.number, row.item_number, title, Outcome.REFUSED, problems=draft.problems,
        notes=(*row.notes, *draft.notes), source=row,
    )  # fmt: skip
    if row.withdraws and "item_number" not in draft.problems:
        return _withdrawn(entry, product)
    if draft.problems:
        return entry
    old = shelf.facts_of(product) if product else None
    facts = replace(old, **draft.values) if old else ProductFacts(**draft.values)
    entry = replace(entry, facts=facts, pictures=tuple(draft.pictures), before=old)
    alts = known.alts_of(product)
    changes = _changes(old, entry, alts)
    after = alts | {
        each.received.sha256: each.alt or alts.get(each.received.sha256, "")
        for each in entry.pictures
    }
    shown = list(after.values())
    if old is not None and not changes:  # what stands already is not judged anew
        return _settled(entry, product, changes, rules.problems(facts, shown), known)
    wrong = _wrong(product, facts, shown, delivery.at_most)
    if product and product.id in known.bound and (rise := prices.rise_problem(product, facts)):
        wrong.append(("price", rise))
    wrong += _held_up(product, changes, known)
    if wrong:
        return replace(entry, problems=rules.by_field(wrong))
    return _settled(entry, product, changes, rules.problems(facts, shown), known)


def _withdrawn(entry: Entry, product: Product | None) -> Entry:
    """Judge a row that takes a product from the shelf; one that is not there needs nothing."""
    entry = replace(entry, outcome=Outcome.UNCHANGED, problems={}, state=ProductState.WITHDRAWN)
    if product is None or product.state != ProductState.PUBLISHED:
        return entry
    facts = shelf.facts_of(product)
    return replace(
        entry, outcome=Outcome.CHANGED, fields=("state",), product_id=product.id, facts=facts,
        before=facts,
    )  # fmt: skip


def _changes(old: ProductFacts | None, entry: Entry, alts: Mapping[str, str]) -> tuple[str, ...]:
    """Return what the row changes of an existing product."""
    if old is None or entry.facts is None:
        return ()
    pictures = any(
        each.received.sha256 not in alts or each.alt not in ("", alts[each.received.sha256])
        for each in entry.pictures
    )
    return rules.changed_fields(old, entry.facts) + (("images",) if pictures else ())


def _wrong(
    product: Product | None, facts: ProductFacts, alts: list[str], at_most: int
) -> list[rules.Problem]:
    """List why the row cannot be taken: a published product must stay fit to be seen."""
    published = product is not None and product.state == ProductState.PUBLISHED
    wrong = rules.problems(facts, alts) if published else rules.contradictions(facts)
    if len(alts) > at_most:
        wrong.append(("images", _("A product has at most %(limit)s pictures", limit=at_most)))
    return wrong


def _held_up(
    product: Product | None, changes: tuple[str, ...], known: Known
) -> list[rules.Problem]:
    """List why a product cannot be changed now, whatever the change is."""
    if product is None or not changes:
        return []
    if product.state == ProductState.SUBMITTED:
        return [("state", _("It waits for an answer. Take it back first."))]
    if known.checked and product.id in known.changing:
        begun = _("A change to this product has been begun. Go on with that one.")
        return [("state", begun)]
    return []


def _settled(
    entry: Entry,
    product: Product | None,
    changes: tuple[str, ...],
    lacking: list[rules.Problem],
    known: Known,
) -> Entry:
    state = ProductState(product.state) if product else ProductState.DRAFT
    if state == ProductState.DRAFT and known.verified and not lacking:
        state = ProductState.SUBMITTED if known.checked else ProductState.PUBLISHED
    if product is not None and state != product.state:
        changes += ("state",)
    changed = Outcome.CHANGED if changes else Outcome.UNCHANGED
    return replace(
        entry,
        outcome=changed if product else Outcome.CREATED,
        fields=changes,
        state=state,
        lacking=tuple(text for _field, text in lacking),
        product_id=product.id if product else None,
    )
