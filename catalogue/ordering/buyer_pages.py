"""The buyer's own pages of ordering, gathered under one blueprint."""

from __future__ import annotations

from . import address_pages, again_pages, list_pages
from .buyer_screens import blueprint

__all__ = ["address_pages", "again_pages", "blueprint", "list_pages"]
