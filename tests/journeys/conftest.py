"""The real thing for the journeys: web server, worker, demonstration world, mail and Chromium."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from journeys.persons import Persons, Site
from playwright.sync_api import Browser, sync_playwright
from ports import free_port
from waiting import wait_until

START_SECONDS = 420  # drawing the demonstration world is most of it
CHROMIUM = "/usr/bin/chromium"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all journeys."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


class Post:
    """What the SMTP server received."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """Keep a message, as aiosmtpd calls for it."""
        found = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(found, EmailMessage)
        self.messages.append(found)
        return "250 OK"

    def wait_for(self, recipient: str, words: str) -> EmailMessage:
        """Return the message to `recipient` whose subject has `words`, when it has come."""
        end = time.monotonic() + 30
        while time.monotonic() < end:
            for each in self.messages:
                if recipient in each["To"] and words in each["Subject"]:
                    return each
            time.sleep(0.1)
        subjects = [(each["To"], each["Subject"]) for each in self.messages]
        raise AssertionError(f"no mail to {recipient} about {words}: {subjects}")


@pytest.fixture(scope="session")
def post() -> Iterator[Post]:
    """A real SMTP server."""
    kept = Post()
    controller = Controller(kept, hostname="127.0.0.1", port=free_port())
    controller.start()
    kept.port = controller.port  # type: ignore[attr-defined]
    yield kept
    controller.stop()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, post: Any) -> Iterator[Site]:
    """The application as `scripts/run` starts it, on a fresh data folder."""
    port, folder = free_port(), tmp_path_factory.mktemp("site")
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith("CATALOGUE_")
    } | {
        "CATALOGUE_DATA_FOLDER": str(folder),
        "CATALOGUE_SMTP_HOST": "127.0.0.1",
        "CATALOGUE_SMTP_PORT": str(post.port),
        "CATALOGUE_FETCH_ALLOWED_HOSTS": "127.0.0.1",  # a purchasing system of the tests
    }
    command = [sys.executable, "-m", "catalogue.cli", "run", "--demo", "--port", str(port)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            address = f"http://127.0.0.1:{port}"
            wait_until(f"{address}/healthz", START_SECONDS, by=process, log=folder / "log")
            yield Site(address, folder)
        finally:
            process.terminate()
            process.wait(30)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A real Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def persons(site: Site, chromium: Browser) -> Iterator[Persons]:
    """Opens browsers for persons; afterwards none of them may have met a fault of script."""
    opened = Persons(site, chromium)
    yield opened
    faults = opened.close()
    assert faults == []
