"""A price list goes from a spreadsheet through the preview into the catalogue, and is ordered."""

from __future__ import annotations

from pathlib import Path

from journeys.persons import Persons, press
from journeys.test_every_page import look_in_both_widths
from journeys.test_story import DELIVERY
from playwright.sync_api import Page, expect

LISTS = Path(__file__).parent.parent / "data" / "price_lists"
IMAGES = [str(path) for path in sorted((LISTS / "images").iterdir())]
SWING = "Gyngestativ med to sæder"


def send(page: Page, name: str) -> None:
    """Send one of the price lists with all pictures."""
    page.goto("/varer-hos-os/import")
    page.set_input_files("[name=price_list]", str(LISTS / name))
    page.set_input_files("[name=images]", IMAGES)
    press(page, "Vis, hvad den vil gøre")


def test_messy_list_is_refused_with_reasons_and_the_mended_one_is_ordered_from(
    persons: Persons,
) -> None:
    seller = persons.sign_in("legehytten@legehytten.example")
    send(seller, "legehytten.xlsx")
    refused = seller.get_by_role("region", name="Kan ikke bruges", exact=True)
    expect(refused.locator("tbody tr")).to_have_count(7)
    expect(refused).to_contain_text("Er 1,250 tusinder eller decimaler?")
    expect(refused).to_contain_text("celle")
    expect(refused).to_contain_text("Ingen kommune hedder Slagelsse")
    expect(seller.get_by_role("button", name="Importér", exact=True)).to_have_count(0)
    found = look_in_both_widths(seller)

    send(seller, "legehytten_clean.csv")
    new = seller.get_by_role("region", name="Nye", exact=True)
    expect(new.locator("tbody tr")).to_have_count(3)
    found += look_in_both_widths(seller)
    press(seller, "Importér")
    expect(seller.get_by_role("status")).to_contain_text("3 nye varer")
    send(seller, "legehytten_clean.csv")
    expect(seller.locator("main")).to_contain_text("der er intet at importere")
    assert found == []

    buyer = persons.sign_in("buyer@slagelse.example")
    buyer.goto("/soeg?q=gyngestativ")
    buyer.get_by_role("link", name=SWING).click()
    expect(buyer.locator("main")).to_contain_text("12.850,00 kr.")
    press(buyer, "Læg i kurven")
    buyer.get_by_role("link", name="Gå til bestilling").click()
    for name, value in DELIVERY.items():
        buyer.fill(f"[name={name}]", value)
    press(buyer, "Afgiv ordren")
    expect(buyer.locator("h1")).to_contain_text("Tak")
    expect(buyer.locator("main table")).to_contain_text("12.850,00")
