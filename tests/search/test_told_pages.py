"""The page of a product as buyers read it: what more is told, pauses, and prices on request."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import cast
import pytest
from ordering.world import make

from catalogue.core.db import Database
from catalogue.products.models import ProductKind


def page_of(client: Any, database: Database, **facts: Any) -> str:
    """Return the page of a product with these facts, as a buyer who may order it sees it."""
    with database.transaction() as session:
        world = make(session)
        for name, value in facts.items():
            setattr(world.product, name, value)
        buyer, product_id = world.buyer, world.product.id
    cast.sign_in_as(client, buyer)
    return str(client.get(f"/varer/{product_id}/legehus-i-laerk").text)


def test_page_tells_facts_labels_and_quantity_prices(client: Any, database: Database) -> None:
    page = page_of(
        client,
        database,
        gtin="5701234567899",
        price_ore=10_000,
        tiers=[[10, 75]],
        details={
            "materials": "Dansk lærk",
            "labels": [["fsc", "https://fsc.example/1"], ["nordic_swan", "5026 0012"]],
            "social_story": "Fire lærlinge\nbygger dem.",
        },
    )
    for words in (
        "5701234567899",
        "Dansk lærk",
        "5026 0012",
        "7,5 %",
        "92,50",
        '<p lang="da">bygger dem.</p>',
    ):
        assert words in page
    assert 'href="https://fsc.example/1" rel="noopener nofollow"' in page
    assert "UN/ECE-kode H87" in page


@pytest.mark.parametrize(("days", "may_order"), [(0, True), (30, False)])
def test_paused_product_says_so_in_place_of_the_button(
    client: Any, database: Database, days: int, may_order: bool
) -> None:
    day = cast.TODAY + timedelta(days=days)
    page = page_of(client, database, paused_until=day, details={"pause_reason": "Fuldt booket"})
    assert ("Læg i kurven" in page) is may_order
    assert ("Fuldt booket. Kan bestilles igen fra" in page) is not may_order


def test_price_on_request_leads_to_a_question_to_the_enterprise(
    client: Any, database: Database
) -> None:
    page = page_of(
        client, database, kind=ProductKind.SERVICE, price_ore=None, details={"on_request": True}
    )
    assert "Spørg om prisen" in page
    assert "/efterlysninger/ny?q=Legehus" in page
    assert "Læg i kurven" not in page


def test_address_of_a_proof_that_is_no_web_address_is_no_link(
    client: Any, database: Database
) -> None:
    page = page_of(client, database, details={"labels": [["fsc", "javascript:alert(1)"]]})
    assert "javascript:alert(1)" in page
    assert 'href="javascript' not in page
