"""From a page to a PDF that screen readers can read, by WeasyPrint; knows no page of ours."""

from __future__ import annotations

import importlib
import threading
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from PIL import ImageFile

from .errors import Unavailable
from .text import lazy as _

VARIANT = "pdf/ua-1"  # ISO 14289-1: tagged, with language and title
PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"


class PrintingMissing(Unavailable):
    """The server lacks a system library that PDF files are made with."""

    title = _("PDF files cannot be made on this server")


def to_pdf(html: str, folder: Path) -> bytes:
    """Return a page as PDF/UA. Style sheets and fonts are files, looked for from `folder`.

    Nothing is fetched from the network. Raises PrintingMissing without Pango.
    """
    weasyprint = _weasyprint()
    fetcher = weasyprint.URLFetcher(allowed_protocols=["file"])
    page = weasyprint.HTML(string=html, base_url=f"{folder.as_uri()}/", url_fetcher=fetcher)
    turn, fonts = _press()
    with turn:  # Pango's fonts are for one at a time
        made: bytes = page.write_pdf(pdf_variant=VARIANT, font_config=fonts)
    return made


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
