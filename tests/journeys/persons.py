"""Persons in front of a browser: sign-in, and the few moves that every journey makes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from catalogue.demo import PASSWORD

DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@dataclass(frozen=True)
class Site:
    """Where the site under test answers, and its data folder."""

    address: str
    folder: Path


@dataclass
class Persons:
    """Opens a browser of its own for each person, and gathers the faults of script they meet."""

    site: Site
    browser: Browser
    contexts: list[BrowserContext] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def visitor(self, **options: Any) -> Page:
        """Open a page for somebody who is not signed in."""
        context = self.browser.new_context(
            base_url=self.site.address, **({"locale": "da-DK", "viewport": DESKTOP} | options)
        )
        context.set_default_timeout(15_000)
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on("console", lambda message: self._listen(page, message))
        return page

    def sign_in(self, email: str, **options: Any) -> Page:
        """Open a page for the demonstration person with this e-mail address."""
        page = self.visitor(**options)
        page.goto("/log-ind")
        page.fill("[name=email]", email)
        page.fill("[name=password]", PASSWORD)
        page.click("main button[type=submit]")
        assert "/log-ind" not in page.url, page.inner_text("main")
        return page

    def close(self) -> list[str]:
        """Close all browsers and return the faults that were met."""
        for each in self.contexts:
            each.close()
        return self.faults

    def _listen(self, page: Page, message: ConsoleMessage) -> None:
        # Chromium reports each answer of 4xx as an error; the tests look at those themselves.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.faults.append(f"{page.url}: {message.text}")


def press(page: Page, name: str) -> None:
    """Press the button of that name in the main part of the page."""
    page.locator("main").get_by_role("button", name=name, exact=True).first.click()
