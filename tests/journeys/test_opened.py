"""What opens over a page is clean too: suggestions while one types, and filters on a phone."""

from __future__ import annotations

import pytest
from journeys.persons import DESKTOP, PHONE, Persons
from journeys.test_every_page import BUYER, STAFF, ask_axe, measure
from playwright.sync_api import Page, expect

TARGETS = "target-size"  # axe leaves it out unless it is named
OPEN = "document.querySelectorAll('main details').forEach(each => each.open = true)"
STAND_STILL = "document.getAnimations().forEach(each => each.finish())"  # colours on their way
COLOURS = ["color-contrast", "link-in-text-block"]
FILTERED = {
    None: ["/udvalg?q=gave"],
    BUYER: ["/soeg?q=gave", "/soeg?q=gave&type=goods&pris_til=500&levering=os", "/ordrer"],
    STAFF: ["/soeg?q=gave&vis=alle", "/daekning?kategori=37000000", "/haendelser"],
}


def look(page: Page) -> list[str]:
    """Ask all rules of axe and the ruler of the page as it stands, and its colours in the dark."""
    page.evaluate(STAND_STILL)
    found = measure(page) + ask_axe(page) + ask_axe(page, TARGETS)
    page.emulate_media(color_scheme="dark")
    page.evaluate(STAND_STILL)
    found += [f"dark: {each}" for each in ask_axe(page, *COLOURS)]
    page.emulate_media(color_scheme="light")
    return found


@pytest.mark.parametrize("window", [DESKTOP, PHONE], ids=["wide", "phone"])
def test_the_open_list_of_suggestions_is_clean(persons: Persons, window: dict[str, int]) -> None:
    buyer = persons.sign_in(BUYER, viewport=window)
    buyer.goto("/")
    field = buyer.get_by_role("combobox", name="Søg efter varer og ydelser").first
    field.press_sequentially("legeh", delay=30)
    expect(buyer.get_by_role("option").first).to_contain_text("Lege")
    expect(buyer.get_by_role("status").first).to_contain_text("Forslag")
    found = look(buyer)
    field.press("ArrowDown")
    expect(buyer.get_by_role("option").first).to_be_focused()
    assert found + look(buyer) == []


@pytest.mark.parametrize("email", FILTERED)
def test_open_filters_on_a_phone_are_clean(persons: Persons, email: str | None) -> None:
    page = persons.sign_in(email, viewport=PHONE) if email else persons.visitor(viewport=PHONE)
    found = []
    for address in FILTERED[email]:
        page.goto(address)
        page.evaluate(OPEN)
        found += look(page)
    assert found == []


def test_filters_of_a_search_open_on_a_phone_by_a_press(persons: Persons) -> None:
    buyer = persons.sign_in(BUYER, viewport=PHONE)
    buyer.goto("/soeg?q=gave")
    panel, most = buyer.locator(".facet-panel"), buyer.get_by_label("Til", exact=True)
    for part in ("Afgræns listen", "Pris ekskl. moms"):
        expect(most).to_be_hidden()
        panel.locator("summary", has_text=part).click()
    expect(most).to_be_visible()
    assert look(buyer) == []
