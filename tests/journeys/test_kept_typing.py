"""What is typed into the form of a product is not lost by a closed tab or a lost session."""

from __future__ import annotations

from journeys.persons import Persons, press
from playwright.sync_api import expect

SELLER = "legehytten@legehytten.example"
STEP = "/varer-hos-os/3/trin/historie"


def test_closed_tab_and_lost_session_lose_nothing(persons: Persons) -> None:
    page = persons.sign_in(SELLER)
    page.goto(STEP)
    page.fill("[name=social_story]", "Lukket midt i det")
    page.goto("about:blank")
    # What a closing page sends is on its way while the next one is asked for.
    for _ in range(20):
        page.goto(f"{persons.site.address}{STEP}")
        if page.input_value("[name=social_story]"):
            break
    assert page.input_value("[name=social_story]") == "Lukket midt i det"

    page.context.clear_cookies()
    page.fill("[name=social_story]", "Sendt uden session")
    press(page, "Gem og stop her")
    assert page.url.endswith("/log-ind")
    page.fill("[name=email]", SELLER)
    page.fill("[name=password]", "indkøb-2026")
    page.click("main button[type=submit]")
    page.goto(STEP)
    expect(page.locator("[name=social_story]")).to_have_value("Sendt uden session")
    page.get_by_role("button", name="Gem og stop her").click()
    page.goto(STEP)
    expect(page.locator("[name=social_story]")).to_have_value("Sendt uden session")
    assert page.get_by_text("Her er det, du ikke nåede at gemme").count() == 0
