"""The errands of buyers and staff by the keyboard alone, as a screen reader is told of them."""

from __future__ import annotations

from typing import Any

from journeys.keys import Keys
from journeys.persons import Persons
from playwright.sync_api import Page, expect


def heard(page: Page, role: str) -> list[dict[str, Any]]:
    """Return what Chromium tells a screen reader of the elements of a role."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    return [
        {"name": each["name"]["value"], "told": each.get("description", {}).get("value", "")}
        | {one["name"]: one["value"].get("value") for one in each.get("properties", [])}
        for each in nodes
        if not each.get("ignored") and each["role"]["value"] == role
    ]


def test_present_is_found_and_ordered_by_the_keyboard_alone(persons: Persons) -> None:
    page = persons.sign_in("buyer@slagelse.example")
    keys = Keys(page)
    page.goto("/soeg")
    keys.to("Gå til sidens indhold")
    keys.to(name="q")
    keys.write("gave under 500 kr.")
    keys.go()
    assert "500" in page.locator(".chips").inner_text()
    keys.to("Gå til sidens indhold")
    page.keyboard.press("Enter")
    keys.to(name="type")
    with page.expect_navigation():
        page.keyboard.press("Space")
    filter_ = page.locator("[name=type]:checked")
    expect(filter_).to_be_focused()  # what a filter brings begins at the filter
    title = page.locator(".product-card-title a").first.inner_text()
    keys.to(title)
    keys.go()
    keys.to("Læg i kurven")
    keys.go()
    assert (
        any("ligger i din kurv" in each["name"] for each in heard(page, "status"))
        or page.locator("[role=status]", has_text="ligger i din kurv").is_visible()
    )
    keys.to("Gå til bestilling")
    keys.go()
    keys.to(name="gln")
    keys.write("123")
    keys.to("Afgiv ordren")
    keys.go()

    expect(page.locator(".error-summary")).to_be_focused()
    (summary,) = heard(page, "alert")
    assert "1" in summary["name"] or "noget" in summary["name"]
    keys.to("Institutionens EAN-/GLN-nummer")  # the link of the summary
    page.keyboard.press("Enter")
    field = next(each for each in heard(page, "textbox") if "GLN" in each["name"])
    assert page.evaluate("document.activeElement.name") == "gln"
    assert field["invalid"] == "true"
    assert "13 cifre" in field["told"]
    assert field["required"]
    keys.write("5790000000005")
    keys.to("Afgiv ordren")
    keys.go()
    expect(page.locator("h1")).to_contain_text("Tak")

    page.goto("/ordrer")
    keys.to("Bestil igen")
    keys.go()
    expect(page.locator("h1")).to_have_text("Afgiv ordre")
    page.goto("/kurv")  # other journeys order from an empty basket
    page.locator("main").get_by_role("button", name="Fjern").first.click()


def test_agreement_is_entered_and_gaps_are_seen_by_the_keyboard_alone(persons: Persons) -> None:
    page = persons.sign_in("staff@slagelse.example")
    keys = Keys(page)
    page.goto("/daekning")
    figure = page.locator(".key-figures div", has_text="Kategorier uden aftale").get_by_role("link")
    keys.to(figure.inner_text())
    page.goto("/aftaler/ny")
    keys.to(name="kind")
    page.keyboard.press("Space")
    keys.to(name="title")
    keys.write("Haveservice")
    keys.to(name="number")
    keys.write("T-1")
    # Days that are the same however the browser writes them, month first or last.
    for name, day in (("starts_on", "01012027"), ("ends_on", "12122028")):
        keys.to(name=name)
        page.keyboard.type(day)
        assert page.input_value(f"[name={name}]")
    keys.to(name="enterprise_id")
    page.keyboard.press("ArrowDown")
    keys.to(name="category_text")
    keys.write("77310000")
    keys.to("Gem som kladde")
    keys.go()
    expect(page.locator("h1")).to_contain_text("Haveservice")


def test_column_that_stays_hides_nothing_that_has_the_focus(persons: Persons) -> None:
    page = persons.sign_in("buyer@slagelse.example", viewport={"width": 320, "height": 600})
    page.goto("/sammenlign?vare=1&vare=2&vare=9")
    deeds = page.locator(".compare-table tbody a, .compare-table button")
    deeds.last.focus()
    hidden = []
    for key in ["Shift+Tab"] * (deeds.count() - 1) + ["Tab"] * (deeds.count() - 1):
        page.keyboard.press(key)
        shown = page.evaluate(
            """() => {
                const own = document.activeElement.getBoundingClientRect()
                const stays = document.querySelector(".compare-table tbody th")
                return own.left - stays.getBoundingClientRect().right
            }"""
        )
        if shown < 0:
            hidden.append(page.evaluate("document.activeElement.textContent"))
    assert not hidden
