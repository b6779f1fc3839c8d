"""The categories come in from the CPV list of the package."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from . import rules
from .models import Category, folded_labels

CATEGORY_FILE = Path(__file__).parent / "data" / "cpv2008_da_en.csv"


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
