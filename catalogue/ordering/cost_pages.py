"""The pages about what purchases are booked on, gathered under one blueprint."""

from __future__ import annotations

from . import budget_pages, coding_pages, free_pages
from .cost_screens import blueprint

__all__ = ["blueprint", "budget_pages", "coding_pages", "free_pages"]
