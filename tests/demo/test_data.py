"""Data files of the demonstration world: what loading and the walk-through rely on holds."""

from __future__ import annotations

import csv
from collections import Counter
from typing import Any

import pytest

from catalogue.agreements.categories import CATEGORY_FILE
from catalogue.core import receiving
from catalogue.core.receiving import Door
from catalogue.demo import papers
from catalogue.demo.load import list_products, read
from catalogue.demo.pictures import MOTIFS
from catalogue.products import rules, schema
from catalogue.products.attached import Kind
from catalogue.products.rules import ProductFacts
from catalogue.search.rules import Outcome

PRODUCTS = list_products()
PRODUCTS_AT_LEAST = 140  # about 150 are meant
SLAGELSE = "0330"
TITLE_LIMIT = 80
SUMMARY_LIMIT = 160

every_product = pytest.mark.parametrize(
    "product", PRODUCTS, ids=[f"{row['enterprise']}-{row['item_number']}" for row in PRODUCTS]
)


@pytest.fixture(scope="module")
def categories() -> set[str]:
    with CATEGORY_FILE.open(encoding="utf-8", newline="") as lines:
        return {row["code"] for row in csv.DictReader(lines)}


@pytest.fixture(scope="module")
def enterprises() -> set[str]:
    return {row["key"] for row in read("enterprises")["enterprises"]}


def test_shelves_hold_about_a_hundred_and_fifty_products() -> None:
    assert len(PRODUCTS) >= PRODUCTS_AT_LEAST


def test_item_number_names_one_product_of_an_enterprise() -> None:
    counts = Counter((row["enterprise"], row["item_number"]) for row in PRODUCTS)
    assert [pair for pair, count in counts.items() if count > 1] == []


@every_product
def test_product_belongs_to_a_known_enterprise(
    product: dict[str, Any], enterprises: set[str]
) -> None:
    assert product["enterprise"] in enterprises


@every_product
def test_category_of_product_stands_in_the_cpv_list(
    product: dict[str, Any], categories: set[str]
) -> None:
    assert product["category"] in categories


@every_product
def test_title_and_summary_of_product_fit_their_limits(product: dict[str, Any]) -> None:
    assert 0 < len(product["title"]) <= TITLE_LIMIT
    assert 0 < len(product["summary"]) <= SUMMARY_LIMIT


@every_product
def test_pictures_of_product_have_motifs_that_can_be_drawn(product: dict[str, Any]) -> None:
    assert {image["motif"] for image in product["images"]} <= set(MOTIFS)


@every_product
def test_every_picture_has_an_alternative_text(product: dict[str, Any]) -> None:
    assert all(image["alt"].strip() for image in product["images"])


def test_published_product_has_a_picture() -> None:
    bare = [
        row["item_number"] for row in PRODUCTS if row["state"] == "published" and not row["images"]
    ]
    assert bare == []


def test_what_more_is_told_can_be_read_and_is_of_known_products() -> None:
    known = {row["item_number"]: row for row in PRODUCTS}
    for told in read("told")["told"]:
        values = schema.read_some({"title": "x"} | told)
        assert set(told) - {"paused_days"} <= set(values), told["item_number"]
        row = known[told["item_number"]]
        facts = ProductFacts(
            item_number="", title="x", kind=row["kind"],
            **{name: each for name, each in values.items() if name not in ("item_number", "title")},
        )  # fmt: skip
        assert rules.contradictions(facts) == []


def test_slagelse_has_four_voluntary_agreements_and_several_mandatory() -> None:
    kinds = Counter(
        row["kind"]
        for row in read("agreements")["agreements"]
        if row["municipality_code"] == SLAGELSE
    )
    assert kinds["voluntary"] == 4
    assert kinds["mandatory"] >= 3


def test_voluntary_agreement_is_with_a_known_enterprise(enterprises: set[str]) -> None:
    agreements = read("agreements")["agreements"]
    partners = {row["enterprise"] for row in agreements if row["kind"] == "voluntary"}
    assert partners <= enterprises


def test_limits_and_statements_are_of_what_the_world_holds(enterprises: set[str]) -> None:
    content = read("limits")
    assert {row["enterprise"] for row in content["statements"]} <= enterprises
    assert all("Demonstrationsdata" in row["source"] for row in content["limits"])


def test_demands_name_what_the_world_holds(categories: set[str], enterprises: set[str]) -> None:
    demands = read("demands")["demands"]
    shelf = {(row["enterprise"], row["item_number"]) for row in PRODUCTS}
    answers = [answer for row in demands for answer in row["answers"]]
    assert {row["category"] for row in demands} - {None} <= categories
    assert {row["enterprise"] for row in demands} - {None} <= enterprises
    assert {(each["enterprise"], each["item_number"]) for each in answers} <= shelf
    assert sum(bool(row["answers"]) for row in demands) == 1


def test_what_is_searched_in_vain_names_what_the_world_holds(
    categories: set[str], enterprises: set[str]
) -> None:
    searches, inquiries = read("demands")["searches"], read("demands")["inquiries"]
    asked = {key for row in inquiries for key in row["asked"]}
    assert {row["category"] for row in [*searches, *inquiries]} - {None} <= categories
    assert {row["outcome"] for row in searches} <= set(Outcome)
    assert all(row["times"] >= len(row["months_ago"]) for row in searches)
    assert asked <= enterprises
    assert {key for row in inquiries for key in row["declined"]} <= asked


def test_documents_belong_to_products_and_are_whole_pdf_files() -> None:
    known = {row["item_number"] for row in PRODUCTS}
    for item_number, rows in read("documents")["documents"].items():
        assert item_number in known
        for row in rows:
            drawn = papers.draw(row["title"], row["lines"])
            door = Door("attachment", 100_000, types=("pdf",))
            assert receiving.check(door, row["title"], drawn).file_type == "pdf"
            assert row["kind"] in list(Kind)
