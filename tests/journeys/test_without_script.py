"""Reading and ordering without JavaScript, and finding by the keyboard alone."""

from __future__ import annotations

from journeys.persons import PHONE, Persons, press
from journeys.test_story import DELIVERY
from playwright.sync_api import expect

GIFT = "Fuglekasser, byg selv, 10 sæt"


def test_buyer_without_script_finds_orders_and_cancels(persons: Persons) -> None:
    buyer = persons.sign_in("buyer@slagelse.example", java_script_enabled=False, viewport=PHONE)
    buyer.goto("/soeg")
    buyer.locator("header [name=q]").fill("fuglekasse")
    buyer.locator("header [name=q]").press("Enter")
    buyer.get_by_role("link", name=GIFT).click()
    press(buyer, "Læg i kurven")
    buyer.get_by_role("link", name="Gå til bestilling").click()
    for name, value in DELIVERY.items():
        buyer.fill(f"[name={name}]", value)
    press(buyer, "Afgiv ordren")
    expect(buyer.locator("h1")).to_contain_text("Tak")
    buyer.locator("main table a").first.click()
    press(buyer, "Annullér ordren")
    expect(buyer.locator("h1")).to_contain_text("Annulleret")


def test_keyboard_alone_skips_to_the_content_and_puts_into_the_basket(persons: Persons) -> None:
    buyer = persons.sign_in("buyer@slagelse.example")
    buyer.goto("/varer/2")
    buyer.keyboard.press("Tab")
    assert "skipnav" in (buyer.evaluate("document.activeElement.className") or "")
    buyer.keyboard.press("Enter")
    for _ in range(40):
        buyer.keyboard.press("Tab")
        if buyer.evaluate("document.activeElement.innerText") == "Læg i kurven":
            break
    assert buyer.evaluate("document.activeElement.matches(':focus-visible')")
    buyer.keyboard.press("Enter")
    expect(buyer.locator("h1")).to_contain_text("Kurv")
    buyer.locator("main").get_by_role("button", name="Fjern").first.click()
