"""From a page to a PDF that screen readers can read, by WeasyPrint; knows no page of ours.

A process writes one at a time, and who waits for long is told to come again. Writing itself cannot
be broken off: that takes a process for each, of which loading takes 0.8 s and 106 MB where most
papers are written in 0.1 s. So what is written is bounded, which bounds the time.
"""

from __future__ import annotations

import importlib
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from PIL import ImageFile

from .errors import Conflict, Unavailable
from .text import lazy as _

log = logging.getLogger("catalogue.printing")
VARIANT = "pdf/ua-1"  # ISO 14289-1: tagged, with language and title
PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
PATIENCE_SECONDS = 5.0  # as for a place in the web server
# Of HTML: 7 s of computing for rows of an order (750 of them), 10 s for text that winds in narrow
# columns (AMD EPYC). The longest list that may be ordered by the API at once has 200 lines.
MOST_LETTERS = 300_000


class PrintingMissing(Unavailable):
    """The server lacks a system library that PDF files are made with."""

    title = _("PDF files cannot be made on this server")


class TooLong(Conflict):
    """A page would take too long to write as a PDF, and keep all others waiting."""

    title = _("This is too long for a PDF file")

    def __init__(self) -> None:
        super().__init__(_("Open its page instead, and print it from the browser."))


class Busy(Unavailable):
    """Others' PDF files are being written, and the wait was too long."""

    title = _("One moment")

    def __init__(self) -> None:
        super().__init__(_("A lot is going on right now. Try again in a moment."))


def to_pdf(html: str, folder: Path) -> bytes:
    """Return a page as PDF/UA. Style sheets and fonts are files, looked for from `folder`.

    Nothing is fetched from the network. Raises TooLong, Busy, and PrintingMissing without Pango.
    """
    if len(html) > MOST_LETTERS:
        raise TooLong
    weasyprint = _weasyprint()
    fetcher = weasyprint.URLFetcher(allowed_protocols=["file"])
    page = weasyprint.HTML(string=html, base_url=f"{folder.as_uri()}/", url_fetcher=fetcher)
    turn, fonts = _press()
    with _waited_for(turn):
        made: bytes = page.write_pdf(pdf_variant=VARIANT, font_config=fonts)
    return made


@contextmanager
def _waited_for(turn: threading.Lock) -> Iterator[None]:
    """Have the turn while the block lasts, for Pango's fonts are for one at a time."""
    if not turn.acquire(timeout=PATIENCE_SECONDS):
        log.warning("too many PDF files at once")
        raise Busy
    try:
        yield
    finally:
        turn.release()


@cache  # unpacking the fonts takes longer than all else of a page
def _press() -> tuple[threading.Lock, Any]:
    return threading.Lock(), importlib.import_module("weasyprint.text.fonts").FontConfiguration()


def _weasyprint() -> ModuleType:
    # Loaded when first needed: it takes most of a second and the libraries of Pango, which all
    # other pages do without.
    try:
        weasyprint = importlib.import_module("weasyprint")
    except (ImportError, OSError):
        raise PrintingMissing(
            _("A system library is missing. On Debian: apt-get install %(packages)s",
              packages=PACKAGES)
        ) from None  # fmt: skip
    # It has Pillow take truncated images, everywhere in the process; uploads must not be.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    return weasyprint
