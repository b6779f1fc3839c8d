"""The form of a product: from what was typed to facts, and from a row to what the form shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality
from catalogue.agreements.models import Category
from catalogue.core.errors import Invalid
from catalogue.core.text import Text, number
from catalogue.core.text import lazy as _

from . import queries, rules, schema
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
    """The form as it came: single values, and the municipalities that were ticked."""

    values: Mapping[str, str]
    municipalities: tuple[str, ...] = ()
    locale: str = "da"

    @property
    def category(self) -> str:
        """Return what the category is looked up by.

        A choice among candidates counts for the words it was offered for, not for later ones.
        """
        typed = self.values.get("category", "").strip()
        offered_for = self.values.get("category_asked", "").strip()
        chosen = self.values.get("category_choice", "")
        return chosen if chosen and typed == offered_for else typed


@dataclass
class _Reading:
    facts: dict[str, Any] = field(default_factory=dict)
    problems: dict[str, list[Any]] = field(default_factory=dict)
    candidates: tuple[Category, ...] = ()


def read_facts(session: Session, typed: Typed) -> ProductFacts:
    """Read the facts of a product from its form; raises FormProblems with all there is to mend."""
    reading = _Reading()
    try:
        reading.facts = schema.read({**typed.values, "category": typed.category})
    except Invalid as error:
        reading.problems = dict(error.problems)
    _read_category(session, typed, reading)
    _read_area(session, typed, reading)
    if reading.problems:
        raise FormProblems(reading.problems, reading.candidates)
    facts = ProductFacts(**({"item_number": ""} | reading.facts))
    if found := rules.contradictions(facts):
        raise FormProblems(rules.by_field(found))
    return facts


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
    }


_PLAIN = (
    "title", "summary", "description", "item_number", "kind", "unit", "price_base_quantity",
    "vat_rate", "minimum_quantity",
)  # fmt: skip


def _read_category(session: Session, typed: Typed, reading: _Reading) -> None:
    text = reading.facts.pop("category", "")
    if reading.problems and not text:
        text = typed.category[:200]  # other fields are wrong too; this one is told at once
    if not text:
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
    ids = [int(each) for each in typed.municipalities if each.isascii() and each.isdecimal()]
    if reading.facts.get("delivers_everywhere", True) or not ids:
        return
    known = session.scalars(select(Municipality.id).where(Municipality.id.in_(ids[:200])))
    reading.facts["municipality_ids"] = frozenset(known)
