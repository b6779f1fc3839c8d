"""Finding with what is offered while one types, by the keyboard and for a screen reader."""

from __future__ import annotations

from journeys.persons import Persons
from playwright.sync_api import expect


def test_a_suggestion_is_chosen_by_the_keyboard(persons: Persons) -> None:
    buyer = persons.sign_in("buyer@slagelse.example")
    buyer.goto("/soeg")
    field = buyer.get_by_role("combobox", name="Søg efter varer og ydelser")
    field.press_sequentially("legeh", delay=30)
    expect(buyer.get_by_role("option").first).to_contain_text("Lege")
    expect(buyer.get_by_role("status").first).to_contain_text("Forslag")
    field.press("ArrowDown")
    expect(buyer.get_by_role("option").first).to_be_focused()
    name = buyer.get_by_role("option").first.inner_text().split("\n")[0]
    buyer.keyboard.press("Enter")
    expect(buyer.locator("h1")).to_have_text(name)


def test_enter_searches_for_what_was_typed(persons: Persons) -> None:
    buyer = persons.sign_in("buyer@slagelse.example")
    buyer.goto("/soeg")
    field = buyer.get_by_role("combobox", name="Søg efter varer og ydelser")
    field.press_sequentially("jubilæmsgave", delay=10)
    field.press("Enter")
    expect(buyer.get_by_text("Viste resultater for ”jubilæumsgave”")).to_be_visible()
    expect(buyer.locator("header [name=q]")).to_have_value("jubilæmsgave")
