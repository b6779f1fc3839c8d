"""Judge the rows of one product together: its own row, and those of its variants.

Variants are facts of their product, so what all rows say is written as one change of it. Each row
is told what becomes of it alone; one that is refused is left out, and the others are judged anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from catalogue.core.text import Text
from catalogue.core.text import lazy as _

from . import families, judging, prices, rules, shelf, variant_rows, variant_rules, verdicts
from .deliveries import Delivery
from .entries import Entry, Outcome
from .families import LEADER
from .known import Former, Known
from .models import ProductState
from .price_list import Row
from .rules import ProductFacts
from .variant_rows import Leader, Told
from .variant_rules import NEW, Variant
from .verdicts import Along

# What of the facts of its row a variant tells itself.
_OWN_FACTS = {
    *variant_rules.TRAITS, "price_ore", "gtin", "made_to_order", "paused_until", "pause_reason",
}  # fmt: skip
# The facts that a row must tell anew for being wrong there.
_CAUSES = {
    **dict.fromkeys(variant_rules.TRAITS, frozenset({*variant_rules.TRAITS, "title"})),
    "price": {"price_ore", "price_base_quantity", "unit"},
    "item_number": {"item_number"},
}
Changing = dict[int, Collection[str]]  # what rows tell anew, by key of a variant or LEADER
Wrong = tuple[int, str, Text | str]  # key of a variant or LEADER, field, remedy


@dataclass
class _Family:
    """The rows of a product and its variants, and what is wrong with them."""

    leader: Leader
    own: Row | None
    told: list[Told]
    known: Known
    delivery: Delivery
    own_problems: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def good(self) -> list[Told]:
        """Return the rows of variants that can be taken so far."""
        return [each for each in self.told if not each.problems]

    @property
    def good_own(self) -> Row | None:
        """Return the row of the product itself, if it can be taken so far."""
        return None if self.own_problems else self.own

    @property
    def variants(self) -> tuple[Variant, ...]:
        """Return all variants as they will be: those there are, then those that are new."""
        kept = self.leader.before.variants if self.leader.before else ()
        said = {each.variant.key: each.variant for each in self.good}
        return tuple(({each.key: each for each in kept} | said).values())


def judge(rows: Sequence[Row], known: Known, delivery: Delivery) -> list[Entry]:
    """Judge rows that one product leads; an entry for each row, in their order."""
    number = known.leading(rows[0])
    own = [row for row in rows if row.item_number == number]
    product = known.find(number)
    if len(own) == len(rows) and not (product and prices.variants_of(product)):
        return [verdicts.judge_row(judging.alone(row), known, delivery) for row in own]
    family = _read(number, rows, known, delivery)
    whole = _settle(family)
    told = {id(each.row): each for each in family.told}
    return [
        _of_variant(told[id(row)], whole, family)
        if id(row) in told
        else _of_product(row, whole, family)
        for row in rows
    ]


def _read(number: str, rows: Sequence[Row], known: Known, delivery: Delivery) -> _Family:
    found = known.find(number)
    product = found if found and found.variant_of_id is None else None
    before = shelf.facts_of(product) if product else None
    own = [row for row in rows if row.item_number == number]
    only = own[0] if len(own) == 1 and not own[0].withdraws else None
    after = verdicts.judge_row(only, known, delivery).facts if only else None
    leader = Leader(number, product, before, after)
    others = [row for row in rows if row.item_number != number]
    told = [variant_rows.read(row, leader, known, delivery) for row in others]
    family = _Family(leader, only, told, known, delivery)
    for each in family.good:
        if own and only is None:
            _refuse_without_product(each, leader)
        elif product is None and only is None:
            text = _("There is no product %(number)s. Give it a row of its own", number=number)
            each.problems["variant_of"] = [text]
    _give_keys(family)
    return family


def _refuse_without_product(told: Told, leader: Leader) -> None:
    text = _("Mend the row of %(number)s first; its variants come with it", number=leader.number)
    told.problems["variant_of"] = [text]


def _give_keys(family: _Family) -> None:
    """Give new variants a key that no other has or had; one that comes back has its own again."""
    product, known = family.leader.product, family.known
    formers = known.formers.get(product.id, {}) if product else {}
    present = {each.key for each in family.variants} - {NEW}
    last = max(present | {each.key for each in formers.values()}, default=LEADER)
    for each in family.told:
        if each.variant.key != NEW:
            continue
        former = formers.get(each.row.item_number)
        if former is None or former.key in present:
            last = key = last + 1
        else:
            key = former.key
            _check_returning(each, former, family)
        each.variant = each.variant._replace(key=key)


def _check_returning(told: Told, former: Former, family: _Family) -> None:
    """Refuse a variant that comes back dearer: being off the shelf for a while frees no price."""
    product = family.leader.product
    if former.price is None or product is None or product.id not in family.known.bound:
        return
    if prices.is_dearer(former.price, told.variant.price_ore, product):
        told.problems["price"] = [prices.PROPOSE]


def _settle(family: _Family) -> Entry | None:
    """Return what the good rows make of the product; refuses those that do not go together."""
    while (whole := _whole(family)) is not None:
        if not whole.problems:
            return whole
        _blame(whole, family)
    for each in family.good:
        _refuse_without_product(each, family.leader)
    return None


def _whole(family: _Family) -> Entry | None:
    row = family.good_own
    if row is None:
        if family.leader.product is None:
            return None
        row = Row(0, {"item_number": family.leader.number})
    pictures = tuple(picture for each in family.good for picture in each.pictures)
    along = Along(family.variants, pictures)
    whole = verdicts.judge_row(row, family.known, family.delivery, along)
    chosen = tuple((each.variant.key, each.chosen) for each in family.good if each.chosen)
    return replace(whole, row=0, chosen=chosen)


def _blame(whole: Entry, family: _Family) -> None:
    """Refuse the rows because of which the whole cannot be taken, at least one of them."""
    news = [each for each in family.good if each.is_news]
    changing: Changing = {each.variant.key: each.changes for each in news or family.good}
    problems = {each.variant.key: each.problems for each in news or family.good}
    own = _own_changes(whole, family)
    if family.good_own is not None and (own or not problems):
        changing[LEADER], problems[LEADER] = own, family.own_problems
    wrong = list(_wrong(whole, family, changing))
    if not wrong:
        blamed = [LEADER] if LEADER in problems else [*problems]
        texts = [(name, text) for name, said in whole.problems.items() for text in said]
        wrong = [(key, *told) for told in texts for key in blamed]
    for key, name, text in wrong:
        problems[key].setdefault(name, []).append(text)


def _wrong(whole: Entry, family: _Family, changing: Changing) -> Iterator[Wrong]:
    """Yield what is wrong with which of the rows that change something."""
    pictured = [each.variant.key for each in family.good if each.brings_pictures]
    causing: dict[str, Collection[int]] = {"variants": (), "state": [*changing]}
    causing["images"] = [*pictured, *([LEADER] if "images" in changing.get(LEADER, ()) else [])]
    for name, texts in whole.problems.items():
        at_product = name not in causing or whole.facts is None
        keys = [LEADER] if at_product else causing[name]
        rises = name == "price" and texts == [prices.PROPOSE]
        yield from (
            (key, name, text) for key in keys if key in changing for text in texts if not rises
        )
    if whole.facts is not None:
        for key, name, text in _wrong_variants(whole.facts, family):
            if _CAUSES[name] & {*changing.get(key, ())}:
                yield key, name, text


def _wrong_variants(facts: ProductFacts, family: _Family) -> Iterator[Wrong]:
    """Yield what is wrong with which variant, whether a row told it or not."""
    product, told = family.leader.product, [rules.as_variant(facts), *facts.variants]
    for place, faults in variant_rules.faults(told, facts.title).items():
        yield from ((told[place].key, *fault) for fault in faults)
    if product is None:
        return
    if product.state == ProductState.PUBLISHED and not facts.on_request:
        text = _("State a price for every variant")
        yield from ((each.key, "price", text) for each in facts.variants if each.price_ore is None)
    if product.id in family.known.bound:
        alone = prices.rise_problem(product, replace(facts, variants=()))
        dearer = {LEADER} if alone == prices.PROPOSE else prices.dearer_keys(product, facts)
        yield from ((key, "price", prices.PROPOSE) for key in dearer)


def _own_changes(whole: Entry, family: _Family) -> tuple[str, ...]:
    """Return what the row of the product itself changes; all of a new one."""
    if whole.before is None or whole.facts is None:
        return () if family.good_own is None else (*ProductFacts.__dataclass_fields__, "images")
    along = sum(len(each.pictures) for each in family.good)
    own = whole.pictures[: len(whole.pictures) - along]
    fields = rules.changed_fields(whole.before, whole.facts)
    pictured = verdicts.are_new(own, family.known.alts_of(family.leader.product))
    told = [each for each in fields if each != "variants"]
    return (*told, "images") if pictured else tuple(told)


def _of_product(row: Row, whole: Entry | None, family: _Family) -> Entry:
    if family.own is not row:  # it stands there twice, or takes the product from the shelf
        return verdicts.judge_row(row, family.known, family.delivery)
    if whole is None or family.own_problems:
        alone = verdicts.judge_row(row, family.known, family.delivery)
        return replace(alone, outcome=Outcome.REFUSED, problems=family.own_problems)
    is_new = family.leader.product is None
    fields = () if is_new else _own_changes(whole, family)
    fields += tuple(each for each in whole.fields if each == "state")
    outcome = Outcome.CHANGED if fields else Outcome.UNCHANGED
    return replace(
        whole, row=row.number, source=row, whole=whole, fields=fields, chosen=(),
        outcome=Outcome.CREATED if is_new else outcome,
    )  # fmt: skip


def _of_variant(told: Told, whole: Entry | None, family: _Family) -> Entry:
    sides = family.leader.sides
    title = whole.title if whole else sides[-1].title if sides else ""
    named = f"{title}, {told.variant.words}" if title and told.variant.words else title
    entry = Entry(
        told.row.number, told.row.item_number, named, Outcome.REFUSED, problems=told.problems,
        notes=told.notes, source=told.row, variant_of=family.leader.number,
    )  # fmt: skip
    if told.problems or whole is None or whole.facts is None:
        return entry
    facts, before = families.facts_for(whole.facts, told.variant), None
    fields: tuple[str, ...] = ()
    if told.former is not None and whole.before is not None:
        before = families.facts_for(whole.before, told.former)
        fields = tuple(each for each in rules.changed_fields(before, facts) if each in _OWN_FACTS)
        chooses = told.chosen or told.former.image_id != told.variant.image_id
        fields += ("images",) if chooses or told.brings_pictures else ()
    outcome = Outcome.CHANGED if fields else Outcome.UNCHANGED
    waits = [each for each in whole.notes if each == verdicts.WAITS]
    return replace(
        entry, facts=facts, before=before, fields=fields, state=whole.state, whole=whole,
        notes=(*told.notes, *waits),
        outcome=Outcome.CREATED if told.former is None else outcome, product_id=whole.product_id,
        lacking=whole.lacking if family.own is None else (),
    )  # fmt: skip
