"""Peppol catalogues: what we write is valid, what is read is kept, what is bad is told by line."""

from __future__ import annotations

import os
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import cast
import pytest
from exchange import peppol_kit
from exchange.catalogues import CVR, catalogue, drawn, line, offers
from hypothesis import given, settings
from hypothesis import strategies as st
from products import shirts
from sqlalchemy.orm import Session

from catalogue.core.errors import Invalid
from catalogue.core.text import reading_in
from catalogue.exchange import peppol_prices, peppol_reading, peppol_rows, peppol_rules, ubl
from catalogue.exchange.peppol_document import (
    Catalogue,
    Identifier,
    LinePrice,
    Party,
    Quantity,
)
from catalogue.exchange.peppol_lines import Offer
from catalogue.exchange.peppol_writing import write
from catalogue.exchange.ubl import UnreadableDocument
from catalogue.products import kept_rows, plan, price_list, prices, schema, shelf
from catalogue.products.deliveries import Delivery
from catalogue.products.price_list import Row
from catalogue.products.prices import BuyerPrice

TIMES = int(os.environ.get("CATALOGUE_TEST_PEPPOL_TIMES", "25"))  # documents of many lines


def rows(found: Catalogue) -> tuple[Row, ...]:
    """Return the rows of a catalogue where the two categories of the cast are known."""
    known = peppol_rows.Known({cast.PLAY_HOUSES, cast.GIFTS})
    return peppol_rows.rows(found, known)


@settings(max_examples=TIMES, deadline=None)
@given(st.lists(offers(), min_size=1, max_size=30))
def test_generated_catalogues_are_valid_and_read_back_as_they_were(found: list[Offer]) -> None:
    told = drawn(found)
    document = write(told)
    assert peppol_reading.read(document) == told
    if peppol_kit.IS_THERE:
        assert peppol_kit.fatal(document) == []


def test_variants_are_told_apart_and_unchanged_when_a_catalogue_of_ours_comes_back(
    session: Session,
) -> None:
    world = shirts.make(session)
    family = [world.product, *shirts.rows(session, world.product).values()]
    costs = [BuyerPrice(prices.listed(each)) for each in family]
    found = [
        Offer(shelf.facts_but_area(each), cost, cast.TODAY, "Legepladsudstyr")
        for each, cost in zip(family, costs, strict=True)
    ]
    told = rows(drawn(found))
    assert [row.cells["size"] for row in told] == ["M", "L", "XL"]
    planned = plan.preview(session, world.product.enterprise_id, Delivery(told, {}), cast.TODAY)
    assert planned.counts["unchanged"] == 3


@settings(max_examples=TIMES, deadline=None)
@given(st.lists(offers(), min_size=1, max_size=10))
def test_what_a_product_says_comes_back_from_its_line(found: list[Offer]) -> None:
    known = peppol_rows.Known({cast.PLAY_HOUSES, cast.GIFTS}, {"a" * 64})
    for offer, row in zip(found, peppol_rows.rows(drawn(found), known), strict=True):
        values = schema.read(row.cells)
        values["category_code"] = values.pop("category", None)
        expected = offer.facts
        if expected.price_ore is None:  # no price, so neither its base nor a lead time
            expected = replace(expected, price_base_quantity=1, delivery_days=None)
        assert replace(expected, **values) == expected
        assert set(values) >= {"title", "item_number", "kind", "unit", "vat_rate"}


@peppol_kit.needed
@pytest.mark.parametrize("path", peppol_kit.EXAMPLES, ids=lambda path: path.stem)
def test_published_examples_keep_their_facts_when_written_anew(path: Path) -> None:
    found = peppol_reading.read(path.read_bytes())
    again = write(found)
    assert peppol_reading.read(again) == found
    assert peppol_kit.fatal(again) == []


@peppol_kit.needed
@pytest.mark.parametrize("path", peppol_kit.UNIT_TESTS, ids=lambda path: path.stem)
def test_our_rules_say_what_the_published_tests_want(path: Path) -> None:
    for root, rule, times in peppol_kit.tests_of(path):
        assert [each.rule for each in peppol_rules.findings(root)].count(rule) == times


SPOILT = [
    ("<cbc:IssueDate>2026-11-24", "<cbc:IssueDate>24-11-2026", [("cbc:IssueDate", "XSD")]),
    ("<cbc:Name>Legehuse</cbc:Name>", "<cbc:Navn>Legehuse</cbc:Navn>", [("cbc:Navn", "XSD")]),
    ("12500.00", "-1", [("RequiredItemLocationQuantity>", "PEPPOL-T19-R006")]),
    ("5798009811578", "5798009811579", [("5798009811579", "PEPPOL-COMMON-R040")]),
    (f"DK{CVR}", "DK123", [("DK123", "PEPPOL-COMMON-R042")]),
    ("2027-12-31", "2025-12-31", [("ValidityPeriod>", "PEPPOL-T19-R001"),
                                  ("<cac:CatalogueLine>", "PEPPOL-T19-R007"),
                                  ("<cac:CatalogueLine>", "PEPPOL-T19-R013"),
                                  ("RequiredItemLocationQuantity>", "PEPPOL-T19-R011"),
                                  ("RequiredItemLocationQuantity>", "PEPPOL-T19-R016")]),
    ("2026-01-01", "2026-01-01Z", [("2026-01-01Z", "PEPPOL-COMMON-R030")]),
    ("<cbc:Percent>25</cbc:Percent>", "", [("ClassifiedTaxCategory>", "PEPPOL-T19-R014"),
                                            ("ClassifiedTaxCategory>", "PEPPOL-T19-R015")]),
    ("Bygget af lærk.", "", [("<cbc:Description>", "PEPPOL-COMMON-R001")]),
    (">Add<", ">Erase<", [(">Erase<", "PEPPOL-T19-B00501"), ("Erase<", "PEPPOL-T19-B11401")]),
    ("trns:catalogue:3", "trns:punch_out:3", [("punch_out", "PEPPOL-T19-R018")]),
    ("bis:catalogue_wo_response:3", "bis:punch_out:3", [("punch_out", "PEPPOL-T19-R017")]),
    ("SellersItemIdentification", "BuyersItemIdentification", [("<cac:Item>", "PEPPOL-T19-R012")]),
    ("Catalogue-2", "Order-2", [("Order-2", "XSD")]),
    ("encoding='UTF-8'", "encoding='UWF-8'", [("<?xml", "XML")]),
]  # fmt: skip


@pytest.mark.parametrize(("good", "bad", "wanted"), SPOILT)
def test_bad_file_is_answered_with_line_and_rule(
    good: str, bad: str, wanted: list[tuple[str, str]]
) -> None:
    text = write(catalogue()).decode().replace(good, bad)
    lines = text.splitlines()
    with pytest.raises(UnreadableDocument) as caught:
        peppol_reading.read(text.encode())
    found = [(each.line, each.rule) for each in caught.value.findings]
    assert [rule for _line, rule in found] == [rule for _mark, rule in wanted]
    assert all(mark in lines[at - 1] for (at, _), (mark, _) in zip(found, wanted, strict=True))


@peppol_kit.needed
@pytest.mark.parametrize(("good", "bad", "wanted"), SPOILT)
def test_what_we_refuse_the_published_rules_refuse(
    good: str, bad: str, wanted: list[tuple[str, str]]
) -> None:
    text = write(catalogue()).decode().replace(good, bad)
    assert {rule for _mark, rule in wanted} <= {
        each.rule for each in peppol_kit.fatal(text.encode())
    }


def test_line_is_told_beyond_sixteen_bits() -> None:
    text = write(catalogue()).decode().replace("<cbc:Name>Legehuse", "\n" * 70_000 + "<cbc:Navn>")
    with pytest.raises(UnreadableDocument) as caught:
        peppol_reading.read(text.replace("</cbc:Name>", "</cbc:Navn>", 1).encode())
    assert caught.value.findings[0].line > 70_000


BOMB = "<!DOCTYPE a [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {name} '{f'&{before};' * 10}'>"
    for before, name in zip("abcdefg", "bcdefgh", strict=True)
) + "]><a>&h;</a>"  # fmt: skip


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE x SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE x [<!ENTITY e SYSTEM "http://127.0.0.1:9/e">]>',
        '<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>',
        "<!DOCTYPE x []>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_document_types_are_refused_unread(head: str, encoding: str) -> None:
    body = write(catalogue()).decode().partition("?>")[2]
    document = f"<?xml version='1.0' encoding='{encoding}'?>{head}{body}".encode(encoding)
    with pytest.raises(UnreadableDocument) as caught:
        peppol_reading.read(document)
    with reading_in("en"):
        assert "A document type" in str(caught.value.findings[0].text)


@pytest.mark.parametrize("document", [BOMB.encode(), b"", b"PK\x03\x04", b"<a>", b"\xff\xfe<"])
def test_what_is_no_catalogue_is_told_by_line(document: bytes) -> None:
    with pytest.raises(UnreadableDocument) as caught:
        peppol_reading.read(document)
    assert [(each.line, each.rule) for each in caught.value.findings] == [(1, "XML")]


def test_too_large_file_is_refused_before_it_is_read() -> None:
    with pytest.raises(UnreadableDocument) as caught:
        peppol_reading.read(b"<" * (ubl.LARGEST_BYTES + 1))
    assert "40 MB" in str(caught.value.findings[0].text)


def price(amount: str, base: str = "1", unit: str = "H87", minimum: str = "") -> LinePrice:
    """Return a price in kroner."""
    least = Quantity(Decimal(minimum), unit) if minimum else None
    return LinePrice(Decimal(amount), "DKK", Quantity(Decimal(base), unit), least)


@pytest.mark.parametrize(
    ("amount", "base", "ore", "units"),
    [
        ("12.5", "1", 1250, 1), ("1.2345", "1", 12345, 100), ("0", "1", 0, 1),
        ("10", "0.5", 10000, 5), ("99.99", "100", 9999, 100), ("0.00001", "1", 1, 1000),
    ],
)  # fmt: skip
def test_price_becomes_whole_ore_without_loss(amount: str, base: str, ore: int, units: int) -> None:
    found = peppol_prices.in_ore(price(amount, base))
    assert found is not None
    assert (found.ore, found.base_quantity) == (ore, units)
    assert Decimal(found.ore) / found.base_quantity == Decimal(amount) * 100 / Decimal(base)


@pytest.mark.parametrize(
    ("changes", "left_out", "note"),
    [
        ({"prices": (LinePrice(Decimal(9), "NOK"),)}, "price", "The price in NOK"),
        ({"prices": (price("9", unit="LBR"),)}, "price", "The unit LBR"),
        ({"prices": (price("0.0000000001"),)}, "price", "no whole number of øre"),
        ({"prices": (price("9"), price("8.333", minimum="10"))}, "tiers", "larger quantities"),
        ({"minimum": Quantity(Decimal("2.5"), "H87")}, "minimum_quantity", "The smallest order"),
        ({"standard": Identifier("1234567890114", "0160")}, "gtin", "The GTIN 1234567890114"),
        ({"classifications": ()}, "category", ""),
    ],
)
def test_what_cannot_be_held_is_left_out_and_told(
    changes: dict[str, object], left_out: str, note: str
) -> None:
    (row,) = rows(catalogue(line(**changes)))
    with reading_in("en"):
        notes = " ".join(str(each) for each in row.notes)
    assert left_out not in row.cells
    assert note in notes


def test_rows_are_kept_with_their_notes_untranslated() -> None:
    found = rows(catalogue(line(prices=(LinePrice(Decimal(9), "NOK"),)), line(action="Delete")))
    assert kept_rows.read(kept_rows.write(found)) == found
    assert found[0].notes
    sheet = price_list.read(b"Varenummer;Titel;Pris;Moms\nV-1;Bord;1,234;(tom)\n", "x.csv")
    kept = kept_rows.read(kept_rows.write(sheet))
    assert (kept, kept[0].place("price")) == (tuple(sheet), "C2")


def test_price_at_larger_quantity_becomes_per_cent_off() -> None:
    found = (price("100"), price("95", minimum="10"), price("92.50", minimum="50"))
    (row,) = rows(catalogue(line(prices=found)))
    assert row.cells["tiers"] == "10: 5; 50: 7,5"


def test_file_of_another_enterprise_is_refused() -> None:
    with pytest.raises(Invalid):
        peppol_rows.check_provider(catalogue(), "10000009")
    peppol_rows.check_provider(catalogue(), CVR)
    stranger = Party(Identifier("987654325", "0192"), "Helseforetak AS")
    peppol_rows.check_provider(catalogue(provider=stranger), "10000009")
