"""The verbs: bring in the categories, and say why a product may not be ordered."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from catalogue.core.text import Text
from catalogue.core.text import lazy as _

from . import rules
from .models import Category, folded_labels
from .rules import Judgement, Reason

CATEGORY_FILE = Path(__file__).parent / "data" / "cpv2008_da_en.csv"


@dataclass(frozen=True)
class Refusal:
    """Why a product may not be ordered, and for a mandatory agreement where to buy instead."""

    title: Text
    detail: Text
    where_to_buy: Text | str | None = None
    agreement_number: str | None = None


def import_categories(session: Session) -> int:
    """Bring the CPV list of the package into the database; return how many rows were written.

    Run again it writes only what is new or renamed. Categories are never taken out, for
    agreements, products and orders point at them.
    """
    known = {
        code: (label_da, label_en)
        for code, label_da, label_en in session.execute(
            select(Category.code, Category.label_da, Category.label_en)
        )
    }
    rows = list(_category_rows())
    new = [row for row in rows if row["code"] not in known]
    renamed = [
        row
        for row in rows
        if known.get(row["code"], (row["label_da"], row["label_en"]))
        != (row["label_da"], row["label_en"])
    ]
    if new:
        session.execute(insert(Category), new)
    if renamed:
        session.execute(update(Category), renamed)
    return len(new) + len(renamed)


def explain(judgement: Judgement) -> Refusal:
    """Return the texts of a refusal, the same on every page. Only for what is not orderable."""
    if judgement.mandatory is not None:
        mandatory = judgement.mandatory
        return Refusal(
            _("You must buy this on a mandatory agreement."),
            _(
                "Your municipality's agreement %(number)s, %(title)s, with %(supplier)s covers"
                " this category.",
                number=mandatory.number,
                title=mandatory.title,
                supplier=mandatory.supplier_name,
            ),
            mandatory.where_to_buy or _("Ask your procurement staff where to buy."),
            mandatory.number,
        )
    if judgement.reason is None:
        raise ValueError("the product is orderable; there is no refusal to explain")
    return Refusal(*_REFUSALS[judgement.reason])


_REFUSALS = {
    Reason.NOT_PUBLISHED: (
        _("This is not for sale now."),
        _("The enterprise has withdrawn it or not published it yet."),
    ),
    Reason.NO_AGREEMENT: (
        _("Your municipality has no agreement for this."),
        _(
            "No voluntary agreement with the enterprise covers this category today. Ask your"
            " procurement staff whether one can be made."
        ),
    ),
    Reason.NOT_VERIFIED: (
        _("The enterprise is not verified in your municipality."),
        _("There is an agreement, but it cannot be used until the enterprise is verified."),
    ),
}


def _category_rows() -> Iterator[dict[str, Any]]:
    """Read the file, parents before children; raises ValueError when it is not a tree."""
    with CATEGORY_FILE.open(encoding="utf-8", newline="") as file:
        labels = {row["code"]: (row["da"], row["en"]) for row in csv.DictReader(file)}
    by_prefix = {rules.prefix(code): code for code in labels}
    if len(by_prefix) != len(labels):
        raise ValueError("two categories of the list have the same digits")
    for prefix, code in sorted(by_prefix.items(), key=lambda each: (len(each[0]), each[0])):
        above = [prefix[:length] for length in range(len(prefix) - 1, 1, -1)]
        # 35 codes of CPV 2008 skip a level: their parent is the nearest one that exists.
        parent = next((by_prefix[each] for each in above if each in by_prefix), None)
        if parent is None and len(prefix) > 2:
            raise ValueError(f"category {code} stands below no other")
        label_da, label_en = labels[code]
        yield {
            "code": code,
            "prefix": prefix,
            "parent_code": parent,
            "level": len(prefix) - 2,
            "label_da": label_da,
            "label_en": label_en,
            "folded": folded_labels(label_da, label_en),
        }
