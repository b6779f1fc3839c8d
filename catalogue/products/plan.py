"""What a price list would do, told row by row, and doing it: all rows or none.

A blank cell leaves what the product says; a new product takes the usual value. Rows that are
complete are published when the enterprise is verified, or sent in where they are checked;
withdrawn products stay withdrawn.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.errors import Conflict
from catalogue.core.text import Text, today_in_copenhagen
from catalogue.core.text import lazy as _
from catalogue.core.who import Who

from . import checks, gate, prices, revisions, rules, service, shelf
from .deliveries import Delivery
from .judging import Known, draft_of, know, list_all_own
from .models import Product, ProductState
from .price_list import Row
from .rules import ProductFacts
from .shelf import NewPicture


class Outcome(StrEnum):
    """What becomes of a row."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


class Refused(Conflict):
    """Some rows cannot be taken, so none was."""

    title = _("The price list was not imported")


class Moved(Conflict):
    """The products have changed since the preview was shown."""

    title = _("The price list was not imported")


@dataclass(frozen=True)
class Entry:
    """A row judged: what becomes of it, which facts change, what is wrong or lacking."""

    row: int
    item_number: str
    title: str
    outcome: Outcome
    fields: tuple[str, ...] = ()
    problems: Mapping[str, list[Text | str]] = field(default_factory=dict)
    lacking: tuple[Text, ...] = ()
    state: ProductState = ProductState.DRAFT
    product_id: int | None = None
    facts: ProductFacts | None = None
    pictures: tuple[NewPicture, ...] = ()
    notes: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Plan:
    """All rows judged, in the order of the file."""

    entries: tuple[Entry, ...]

    def by(self, outcome: Outcome) -> list[Entry]:
        """List the rows with that outcome."""
        return [each for each in self.entries if each.outcome == outcome]

    @property
    def counts(self) -> dict[str, int]:
        """Return how many rows have each outcome."""
        found = Counter(each.outcome for each in self.entries)
        return {str(outcome): found[outcome] for outcome in Outcome}

    @property
    def fingerprint(self) -> str:
        """Return what tells this plan from one made after something has changed."""
        told = [
            (each.row, each.outcome, each.state, each.product_id, _ordered(each), each.pictures)
            for each in self.entries
        ]
        return hashlib.sha256(repr(told).encode()).hexdigest()


def preview(session: Session, enterprise_id: int, delivery: Delivery, today: date) -> Plan:
    """Judge every row against the enterprise's products as of `today`; writes nothing.

    The number of queries grows only with the number of different categories given in words.
    """
    known = know(session, enterprise_id, delivery, today)
    return Plan(tuple(_judge(row, known, delivery) for row in delivery.rows))


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
    products = {each.id: each for each in list_all_own(session, enterprise_id)}
    for entry in plan.entries:
        if entry.facts is not None and entry.outcome == Outcome.CREATED:
            _create(session, who, enterprise_id, entry, now)
        elif entry.facts is not None and entry.outcome == Outcome.CHANGED:
            _change(session, who, products[entry.product_id or 0], entry, now)
    return plan


def _create(session: Session, who: Who, enterprise_id: int, entry: Entry, now: datetime) -> None:
    made = shelf.start(session, enterprise_id, _facts(entry), now)
    shelf.put_pictures(session, made, entry.pictures, now)
    session.flush()
    shelf.note_deed(session, who, "product.created", made, {}, now)
    if entry.state == ProductState.PUBLISHED:
        shelf.put_on_shelf(session, who, made, shelf.told(made), now)
    elif entry.state == ProductState.SUBMITTED:
        checks.submit(session, who, made.id, now)


def _change(session: Session, who: Who, product: Product, entry: Entry, now: datetime) -> None:
    if entry.state == ProductState.WITHDRAWN and product.state == ProductState.PUBLISHED:
        service.withdraw(session, who, product.id, now)
        return
    if gate.is_held(session, who, product):
        _change_beside(session, who, product, entry, now)
        return
    before = shelf.told(product)
    shelf.put_facts(product, _facts(entry))
    if prices.FIELDS & set(entry.fields):
        prices.pass_on(session, product, now)
    shelf.put_pictures(session, product, entry.pictures, now)
    if entry.state == ProductState.PUBLISHED and product.state == ProductState.DRAFT:
        shelf.put_on_shelf(session, who, product, before, now)
        return
    shelf.note_change(session, who, product, before, now)
    if entry.state == ProductState.SUBMITTED and product.state == ProductState.DRAFT:
        checks.submit(session, who, product.id, now)


def _change_beside(
    session: Session, who: Who, product: Product, entry: Entry, now: datetime
) -> None:
    """Send the change of a published product in; buyers see the present version meanwhile."""
    draft = revisions.begin(session, who, product.id, now)
    before = shelf.told(draft)
    shelf.put_facts(draft, replace(_facts(entry), item_number=draft.item_number))
    shelf.put_pictures(session, draft, entry.pictures, now)
    shelf.note_change(session, who, draft, before, now)
    checks.submit(session, who, draft.id, now)


def _facts(entry: Entry) -> ProductFacts:
    if entry.facts is None:
        raise ValueError(f"row {entry.row} is refused; there is nothing to write")
    return entry.facts


def _judge(row: Row, known: Known, delivery: Delivery) -> Entry:
    product = known.products.get(row.item_number)
    draft = draft_of(row, known, delivery)
    title = draft.values.get("title") or (product.title if product else row.cells.get("title", ""))
    entry = Entry(
        row.number, row.item_number, title, Outcome.REFUSED, problems=draft.problems,
        notes=row.notes,
    )  # fmt: skip
    if row.withdraws and "item_number" not in draft.problems:
        return _withdrawn(entry, product)
    if draft.problems:
        return entry
    old = shelf.facts_of(product) if product else None
    facts = replace(old, **draft.values) if old else ProductFacts(**draft.values)
    entry = replace(entry, facts=facts, pictures=tuple(draft.pictures))
    alts = known.alts_of(product)
    changes = _changes(old, entry, alts)
    after = alts | {
        each.received.sha256: each.alt or alts.get(each.received.sha256, "")
        for each in entry.pictures
    }
    shown = list(after.values())
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
        entry, outcome=Outcome.CHANGED, fields=("state",), product_id=product.id, facts=facts
    )


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


def _ordered(entry: Entry) -> Any:
    if entry.facts is None:
        return None
    facts = asdict(entry.facts)
    return sorted((facts | {"municipality_ids": sorted(entry.facts.municipality_ids)}).items())
