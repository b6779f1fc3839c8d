"""What is typed into the form of a product is not lost by a closed tab or a lost session."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from journeys.persons import Persons, press
from playwright.sync_api import Page, expect

from catalogue.demo import PASSWORD

SELLER, HELPER = "legehytten@legehytten.example", "finn@jobcenter.example"
STEP = "/varer-hos-os/3/trin/historie"
KEPT = "Object.keys(localStorage).filter((key) => key.startsWith('catalogue:')).length"


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


def test_form_that_waited_and_was_sent_does_not_come_back(persons: Persons) -> None:
    page = persons.sign_in(SELLER)
    page.goto(STEP)
    lapse(persons)
    page.fill("[name=social_story]", "Sendt for sent")
    press(page, "Gem og stop her")
    sign_in_again(page, SELLER)
    press(page, "Send formularen")
    page.wait_for_url("**/varer-hos-os/3")
    assert page.evaluate(KEPT) == 0


def test_typing_for_one_enterprise_is_not_filled_in_for_another(persons: Persons) -> None:
    page = persons.sign_in(HELPER)
    page.goto("/varer-hos-os/ny")
    lapse(persons)
    page.fill("[name=title]", "Kun hos den ene")
    expect(page.locator("[data-autosave-status]")).to_contain_text("Ikke bevaret hos os")
    page.goto("/log-ind")
    sign_in_again(page, HELPER)
    page.goto("/roller")
    press(page, "Arbejd som Hjælper")
    page.goto("/varer-hos-os/ny")
    expect(page.locator("[name=title]")).to_have_value("")
    page.goto("/roller")
    press(page, "Arbejd som Hjælper")
    page.goto("/varer-hos-os/ny")
    expect(page.locator("[name=title]")).to_have_value("Kun hos den ene")


def lapse(persons: Persons) -> None:
    """Let all sessions end by themselves, as by a long lunch."""
    with closing(sqlite3.connect(persons.site.folder / "catalogue.sqlite", timeout=30)) as base:
        base.execute("UPDATE catalogue_sign_ins SET used_at = '2026-01-01 00:00:00'")
        base.commit()


def sign_in_again(page: Page, email: str) -> None:
    """Fill in the form of sign-in that is open."""
    page.fill("[name=email]", email)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: not url.partition("?")[0].endswith("/log-ind"))
