"""Judge a row of a price list against its product: what becomes of it, and what is wrong.

A blank cell leaves what the product says; a new product takes the usual value. Rows that are
complete are published when the enterprise is verified, or sent in where they are checked;
withdrawn products stay withdrawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from catalogue.core.text import lazy as _

from . import prices, rules, shelf
from .deliveries import Delivery
from .entries import Entry, Outcome
from .judging import draft_of
from .known import Known
from .models import Product, ProductState
from .price_list import Row
from .rules import ProductFacts
from .shelf import NewPicture
from .variant_rules import Variant

WAITS = _("Buyers see the change when it has been approved")


@dataclass(frozen=True)
class Along:
    """What the rows of its variants tell of a product: all its variants, and their pictures."""

    variants: tuple[Variant, ...]
    pictures: tuple[NewPicture, ...] = ()


def judge_row(row: Row, known: Known, delivery: Delivery, along: Along | None = None) -> Entry:
    """Judge one row, with what rows of its variants tell along; whatever is wrong is by field."""
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
    pictures = tuple(draft.pictures)
    if along is not None:
        facts, pictures = replace(facts, variants=along.variants), pictures + along.pictures
    entry = replace(entry, facts=facts, pictures=pictures, before=old)
    return _weighed(entry, product, known, delivery.at_most)


def are_new(pictures: Iterable[NewPicture], alts: Mapping[str, str]) -> bool:
    """Tell whether pictures, or what they are said to show, are not those a product has."""
    return any(
        each.received.sha256 not in alts or each.alt not in ("", alts[each.received.sha256])
        for each in pictures
    )


def _weighed(entry: Entry, product: Product | None, known: Known, at_most: int) -> Entry:
    """Say what becomes of a row whose facts are read."""
    old, facts = entry.before, entry.facts
    if facts is None:
        return entry
    alts = known.alts_of(product)
    changes = _changes(old, entry, alts)
    after = dict(alts)
    for each in entry.pictures:
        after[each.received.sha256] = each.alt or after.get(each.received.sha256, "")
    shown = list(after.values())
    if old is not None and not changes:  # what stands already is not judged anew
        return _settled(entry, product, changes, rules.problems(facts, shown), known)
    wrong = _wrong(product, facts, shown, at_most)
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
    pictures = ("images",) if are_new(entry.pictures, alts) else ()
    return rules.changed_fields(old, entry.facts) + pictures


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
    notes = entry.notes
    if changes and known.checked and product and product.state == ProductState.PUBLISHED:
        notes += (WAITS,)
    return replace(
        entry,
        notes=notes,
        outcome=changed if product else Outcome.CREATED,
        fields=changes,
        state=state,
        lacking=tuple(text for _field, text in lacking),
        product_id=product.id if product else None,
    )
