"""A collection of products with judged queries, and what is measured on it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import tables

DEPTH, RECALL_DEPTH = 10, 50


@dataclass(frozen=True)
class Row:
    """A product of a collection; `code` is its category's code, "" when it has none."""

    id: str
    title: str
    summary: str
    description: str
    enterprise: str
    code: str
    category: str


@dataclass(frozen=True)
class Query:
    """What was asked, the kind of question, and the grades of the products that answer it."""

    text: str
    kind: str
    grades: Mapping[str, int]


@dataclass(frozen=True)
class Quality:
    """Measures over some queries; means but for `zero_hits`, which is a count."""

    queries: int
    ndcg: float
    recall: float
    mrr: float
    zero_hits: int
    not_relevant: float


def read_products(path: Path) -> list[Row]:
    """Read `id,title[,summary,description,enterprise,category]`, the last as `code label`.

    Raises tables.Unreadable when a row cannot be read, or when an id is there twice.
    """
    found: dict[str, Row] = {}
    for line in tables.read(path, ("id", "title")):
        row = _row(line)
        if row.id in found:
            raise line.refused("id", f"{row.id!r} is there twice", "give each product its own")
        found[row.id] = row
    if not found:
        raise tables.Unreadable(f"{path}: no products; write one in each row below the columns")
    return list(found.values())


def read_queries(path: Path) -> list[Query]:
    """Read `query,product_id,grade[,kind]`, in the order of the file.

    Raises tables.Unreadable when a row cannot be read, or when a product is judged in two ways.
    """
    grades: dict[str, dict[str, int]] = {}
    kinds: dict[str, str] = {}
    for line in tables.read(path, ("query", "product_id", "grade")):
        text, product, grade = line.required("query"), line.required("product_id"), line.grade()
        judged = grades.setdefault(text, {})
        if judged.setdefault(product, grade) != grade:
            raise line.refused(
                "grade", f"{grade}, but {judged[product]} above", "leave one of them"
            )
        kinds[text] = kinds.get(text) or line["kind"]
    if not grades:
        raise tables.Unreadable(f"{path}: no judgments; write one in each row below the columns")
    return [Query(text, kinds[text], judged) for text, judged in grades.items()]


def unknown(queries: Sequence[Query], products: Sequence[Row]) -> list[str]:
    """Return ids that are judged and that no product has: no engine can find them."""
    ids = {row.id for row in products}
    return list(
        dict.fromkeys(each for query in queries for each in query.grades if each not in ids)
    )


def measure(
    queries: Sequence[Query], search: Callable[[str, int], list[str]]
) -> tuple[Quality, dict[str, float]]:
    """Return the quality of a search, and NDCG@10 by query."""
    single = {query.text: _measures(query, search(query.text, RECALL_DEPTH)) for query in queries}
    count = len(queries) or 1
    sums = [sum(column) for column in zip(*single.values(), strict=True)] or [0.0] * 5
    ndcg, recall, mrr, zero, wrong = sums
    quality = Quality(
        len(queries), ndcg / count, recall / count, mrr / count, int(zero), wrong / count
    )
    return quality, {text: values[0] for text, values in single.items()}


def _measures(query: Query, found: list[str]) -> tuple[float, float, float, float, float]:
    """Return NDCG@10 (gain 2^g - 1, ideal over all judged), recall@50, reciprocal rank, whether
    nothing was found, and how many of the first ten are not relevant.
    """
    gained = [2 ** query.grades.get(each, 0) - 1 for each in found[:DEPTH]]
    ideal = sorted((2**grade - 1 for grade in query.grades.values()), reverse=True)[:DEPTH]
    relevant = {each for each, grade in query.grades.items() if grade > 0}
    first = next((n for n, each in enumerate(found, start=1) if each in relevant), 0)
    return (
        _discounted(gained) / (_discounted(ideal) or 1),
        len(relevant & set(found[:RECALL_DEPTH])) / (len(relevant) or 1),
        1 / first if first else 0.0,
        float(not found),
        float(sum(each not in relevant for each in found[:DEPTH])),
    )


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(place + 1) for place, gain in enumerate(gains, start=1))


def _row(line: tables.Line) -> Row:
    code, _space, label = line["category"].partition(" ")
    digits = code.split("-")[0]
    if not (len(digits) == 8 and digits.isdecimal()):
        digits, label = "", line["category"]
    return Row(
        line.required("id"), line.required("title"), line["summary"], line["description"],
        line["enterprise"], digits, label.strip(),
    )  # fmt: skip
