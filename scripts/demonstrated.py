"""The demonstration for scripts that look at it through Chromium: started, and signed in to."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from growing.ports import free_port
from growing.waiting import wait_until
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from catalogue.demo import PASSWORD  # noqa: E402 - found by the line above

CHROMIUM = "/usr/bin/chromium"
START_SECONDS = 600  # drawing the pictures of the demonstration is most of it


@contextmanager
def served(running: str | None = None, **settings: str) -> Iterator[str]:
    """Give the address of the demonstration, started on a fresh folder if none runs."""
    if running:
        yield running
        return
    port = str(free_port())
    kept = {key: each for key, each in os.environ.items() if not key.startswith("CATALOGUE_")}
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [sys.executable, "-m", "catalogue.cli", "run", "--demo", "--port", port],
            cwd=ROOT, stdout=subprocess.DEVNULL,
            env=kept | {"CATALOGUE_DATA_FOLDER": folder} | settings,
        )  # fmt: skip
        try:
            wait_until(f"http://127.0.0.1:{port}/healthz", START_SECONDS, by=process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(30)


@contextmanager
def chromium(**options: object) -> Iterator[Browser]:
    """Give a browser."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"], **options
        )
        yield found
        found.close()


def sign_in(context: BrowserContext, email: str | None) -> Page:
    """Return a page in which this person of the demonstration is signed in; None: a visitor.

    The tour of her first visit is closed.
    """
    page = context.new_page()
    if email:
        page.goto("/log-ind")
        page.fill("[name=email]", email)
        page.fill("[name=password]", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_load_state()
        leave = page.locator(".tour-leave button")
        if leave.count():
            leave.click()
    return page
