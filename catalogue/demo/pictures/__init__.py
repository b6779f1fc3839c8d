"""Draw the demonstration world's product pictures and logos; nothing is loaded, all is painted."""

from __future__ import annotations

from .sheet import MOTIFS, draw, draw_logo

__all__ = ["MOTIFS", "draw", "draw_logo"]
