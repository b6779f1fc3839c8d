"""A real SMTP server on loopback and settings that name it; what `scripts/documents` prints."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from exchange import peppol_kit
from exchange.box import Box
from ports import free_port

from catalogue.settings import Settings


@pytest.fixture
def box() -> Box:
    """An empty box."""
    return Box()


@pytest.fixture
def settings(box: Box, tmp_path: Path) -> Iterator[Settings]:
    """Settings that name a running SMTP server on a free port of loopback."""
    port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield Settings(
        data_folder=tmp_path,
        smtp_host="127.0.0.1",
        smtp_port=port,
        public_url="https://indkob.example/",
        url_prefix="/katalog",
        mail_from="Indkøbskatalog <katalog@slagelse.example>",
    )
    controller.stop()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how many documents were held against the published rules, when asked for many."""
    if "CATALOGUE_TEST_PEPPOL_TIMES" in os.environ and peppol_kit.HELD:
        terminalreporter.write_line(peppol_kit.tell())
