"""The form of a product: from what was typed to facts, and from a row to what the form shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality
from catalogue.agreements.models import Category
from catalogue.core.errors import Invalid
from catalogue.core.ids import is_id
from catalogue.core.text import Text, number
from catalogue.core.text import lazy as _

from . import details, queries, rules, schema, seasons, shelf
from .models import Product
from .rules import ProductFacts


class FormProblems(Invalid):
    """What is wrong in the form, and the categories that what was typed may mean."""

    def __init__(
        self, problems: dict[str, list[Text | str]], candidates: Sequence[Category] = ()
    ) -> None:
        super().__init__(problems)
        self.candidates = tuple(candidates)


@dataclass(frozen=True)
class Typed:
    """The form as it came: single values, and the municipalities and labels that were ticked."""

    values: Mapping[str, str]
    municipalities: tuple[str, ...] = ()
    locale: str = "da"
    labels: tuple[str, ...] = ()

    @property
    def category(self) -> str:
        """Return what the category is looked up by.

        A choice among candidates counts for the words it was offered for, not for later ones.
        """
        typed = self.values.get("category", "").strip()
        offered_for = self.values.get("category_asked", "").strip()
        chosen = self.values.get("category_choice", "")
        return chosen if chosen and typed == offered_for else typed

    @property
    def fields(self) -> dict[str, Any]:
        """Return what the fields of the schema are read from; what was not sent is not there."""
        sent: dict[str, Any] = dict(self.values)
        if "category" in sent:
            sent["category"] = self.category
        if "tier_from_1" in sent:
            sent["tiers"] = "; ".join(self._tiers())
        if any(name.startswith("proof_") for name in sent):
            sent["labels"] = {
                code: self.values.get(f"proof_{code}", "") for code in self.labels
            } or None
        return sent

    def _tiers(self) -> list[str]:
        rows = range(1, rules.MOST_TIERS + 1)
        pairs = [
            [self.values.get(f"tier_{part}_{row}", "").strip() for part in ("from", "off")]
            for row in rows
        ]
        return [": ".join(pair) for pair in pairs if any(pair)]


@dataclass
class _Reading:
    facts: dict[str, Any] = field(default_factory=dict)
    problems: dict[str, list[Any]] = field(default_factory=dict)
    candidates: tuple[Category, ...] = ()


def read_facts(session: Session, typed: Typed, onto: ProductFacts | None = None) -> ProductFacts:
    """Read facts from a form, or from a step of it: what was not sent stays as it is in `onto`.

    Raises FormProblems with all there is to mend.
    """
    before = onto or ProductFacts(item_number="", title="")
    sent = typed.fields
    names = {*sent} if onto else {*sent, "title"}
    reading = _Reading({"delivers_everywhere": before.delivers_everywhere})
    try:
        reading.facts |= _read_fields(names, sent)
    except Invalid as error:
        reading.problems = dict(error.problems)
    _read_category(session, typed, reading)
    _read_area(session, typed, reading)
    if reading.problems:
        raise FormProblems(reading.problems, reading.candidates)
    facts = replace(before, **reading.facts)
    if found := rules.contradictions(facts):
        raise FormProblems(rules.by_field(found))
    return facts


def show(typed: Typed) -> dict[str, Any]:
    """Return what the form shows of what was typed."""
    ticked = {"municipalities": list(typed.municipalities), "labels": list(typed.labels)}
    return {**typed.values, **{name: each for name, each in ticked.items() if _asks(typed, name)}}


def list_candidates(session: Session, typed: Typed) -> tuple[Category, ...]:
    """List the categories that the typed words may mean."""
    found = queries.look_up_category(session, typed.category, typed.locale)
    return found.candidates or ((found.category,) if found.category else ())


def values_of(product: Product, category: Category | None, locale: str) -> dict[str, Any]:
    """Return what the form shows of a product."""
    price = product.price_ore
    return {
        **{name: getattr(product, name) for name in _PLAIN},
        "vat_exempt_reason": product.vat_exempt_reason or "",
        "category": f"{category.code} {category.label(locale)}" if category else "",
        "price": "" if price is None else number(Decimal(price) / 100),
        "delivery_days": "" if product.delivery_days is None else product.delivery_days,
        "delivers_everywhere": "1" if product.delivers_everywhere else "0",
        "municipalities": [str(each.municipality_id) for each in product.delivery_area],
        **_more_values(shelf.facts_but_area(product)),
    }


def suggest_categories(session: Session, values: Mapping[str, Any], locale: str) -> Any:
    """Return the categories that title and summary most likely mean, the best first."""
    text = f"{values.get('title', '')} {values.get('summary', '')}".strip()
    return queries.suggest_categories(session, text, locale) if text else ()


_PLAIN = (
    "title", "summary", "description", "item_number", "kind", "unit", "price_base_quantity",
    "vat_rate", "minimum_quantity",
)  # fmt: skip


def _more_values(facts: ProductFacts) -> dict[str, Any]:
    """Return the fields of what more is told, as text."""
    told = {name: getattr(facts, name) for name in ("gtin", *details.STORED)}
    values = {name: "" if value is None else value for name, value in told.items()}
    values |= {name: seasons.shown(name, told[name]) for name in seasons.FIELDS}
    values |= {f"proof_{each.code}": each.proof for each in facts.labels}
    for row, tier in enumerate(facts.tiers, start=1):
        values[f"tier_from_{row}"] = tier.from_quantity
        values[f"tier_off_{row}"] = number(Decimal(tier.off_permille) / 10)
    return values | {
        "paused_until": facts.paused_until.isoformat() if facts.paused_until else "",
        "labels": [each.code for each in facts.labels],
        "on_request": "1" if facts.on_request else "0",
        "made_to_order": "" if facts.made_to_order is None else str(int(facts.made_to_order)),
    }


def _asks(typed: Typed, name: str) -> bool:
    sign = {"municipalities": "delivers_everywhere", "labels": "proof_fsc"}[name]
    return sign in typed.values


def _read_fields(names: set[str], sent: Mapping[str, Any]) -> dict[str, Any]:
    """Read the named fields; what was left blank gets its usual value."""
    read = schema.read_part(names, sent)
    usual = asdict(ProductFacts(item_number="", title=""))
    blank = schema.attributes(names) - {*read}
    return read | {each: usual[each] for each in blank if each in usual}


def _read_category(session: Session, typed: Typed, reading: _Reading) -> None:
    text = reading.facts.pop("category", "")
    if "category" not in typed.values:
        return
    if reading.problems and not text:
        text = typed.category[:200]  # other fields are wrong too; this one is told at once
    if not text:
        reading.facts["category_code"] = None
        return
    code = schema.CATEGORY_CODE.match(text)
    found = queries.look_up_category(session, code[1] if code else text, typed.locale)
    if found.category is not None:
        reading.facts["category_code"] = found.category.code
        return
    reading.candidates = found.candidates
    reading.problems["category"] = [
        _("Choose one of the categories below")
        if found.candidates
        else _("No category has these words. Try another word, such as rengøring")
    ]


def _read_area(session: Session, typed: Typed, reading: _Reading) -> None:
    if "delivers_everywhere" not in typed.values:
        return
    ids = [int(each) for each in typed.municipalities if is_id(each)]
    if reading.facts.get("delivers_everywhere", True) or not ids:
        reading.facts["municipality_ids"] = frozenset()
        return
    known = session.scalars(select(Municipality.id).where(Municipality.id.in_(ids[:200])))
    reading.facts["municipality_ids"] = frozenset(known)
