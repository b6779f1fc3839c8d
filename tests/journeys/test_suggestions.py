"""Finding with what is offered while one types, by the keyboard and for a screen reader."""

from __future__ import annotations

from typing import Any

from journeys.persons import Persons
from journeys.test_keyboard import heard
from playwright.sync_api import Page, expect

TELLS = """
window.told = [];
addEventListener("load", () => new MutationObserver((changes) => changes.forEach((each) => {
  const region = each.target.closest?.("[role=status]");
  if (region && each.addedNodes.length) window.told.push(region.textContent.trim());
})).observe(document, {childList: true, subtree: true}));
"""


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


def test_escape_closes_the_list_and_leaves_the_focus_in_the_field(persons: Persons) -> None:
    buyer = persons.sign_in("buyer@slagelse.example")
    buyer.goto("/soeg")
    field = buyer.get_by_role("combobox", name="Søg efter varer og ydelser")
    field.press_sequentially("legeh", delay=30)
    expect(buyer.get_by_role("option").first).to_contain_text("Lege")
    field.press("ArrowDown")
    expect(buyer.get_by_role("option").first).to_be_focused()
    buyer.keyboard.press("Escape")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-expanded", "false")
    buyer.keyboard.type("u")  # opens it again
    expect(field).to_have_attribute("aria-expanded", "true")
    buyer.keyboard.press("Tab")
    expect(field).to_have_attribute("aria-expanded", "false")
    expect(field).to_have_value("legehu")


def test_enter_searches_for_what_was_typed(persons: Persons) -> None:
    buyer = persons.sign_in("buyer@slagelse.example")
    buyer.goto("/soeg")
    field = buyer.get_by_role("combobox", name="Søg efter varer og ydelser")
    field.press_sequentially("jubilæmsgave", delay=10)
    field.press("Enter")
    expect(buyer.get_by_text("Viste resultater for ”jubilæumsgave”")).to_be_visible()
    expect(buyer.locator("header [name=q]")).to_have_value("jubilæmsgave")


def _field(page: Page) -> dict[str, Any]:
    """Return the field of searches as it stands in the accessibility tree."""
    (found,) = (each for each in heard(page, "combobox") if each["name"].startswith("Søg efter"))
    return found


def _offered(page: Page) -> list[dict[str, Any]]:
    """Return what is offered, without the options of the page's own lists to choose from."""
    return [each for each in heard(page, "option") if "lege" in each["name"].lower()]


def test_suggestions_stand_in_the_accessibility_tree_as_a_list_that_opens(persons: Persons) -> None:
    buyer = persons.sign_in("buyer@slagelse.example")
    buyer.goto("/soeg")
    field = buyer.get_by_role("combobox", name="Søg efter varer og ydelser")
    assert not _field(buyer)["expanded"]
    field.press_sequentially("legeh", delay=30)
    expect(buyer.get_by_role("option").first).to_contain_text("Lege")
    assert _field(buyer)["expanded"]
    expect(buyer.get_by_role("status").first).to_contain_text("Forslag")
    assert _offered(buyer)
    field.press("ArrowDown")
    expect(buyer.get_by_role("option").first).to_be_focused()
    assert [each["selected"] for each in _offered(buyer)].count(True) == 1


def test_what_lies_in_the_basket_is_told_after_the_page_has_come(persons: Persons) -> None:
    buyer = persons.sign_in("buyer@slagelse.example")
    buyer.add_init_script(TELLS)
    buyer.goto("/varer/1")
    buyer.get_by_role("button", name="Læg i kurven").first.click()
    expect(buyer.locator(".messages [role=status]")).to_contain_text("ligger i din kurv")
    buyer.wait_for_load_state("load")
    expect(buyer.locator(".messages")).to_be_visible()
    buyer.wait_for_timeout(1_500)  # live regions change by a timer, so that readers are ready
    told: list[str] = buyer.evaluate("window.told")
    assert [each for each in told if "ligger i din kurv" in each] != []
    buyer.goto("/kurv")  # other journeys order from an empty basket
    buyer.locator("main").get_by_role("button", name="Fjern").first.click()
