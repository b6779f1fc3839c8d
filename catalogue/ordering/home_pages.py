"""The buyer's front page. It has no address of its own: it is what `/` shows her."""

from __future__ import annotations

from flask import Response

from catalogue.core.http import reading, render, state, today, who
from catalogue.search.public.occasions import OCCASIONS
from catalogue.search.screens import draw_hit

from . import home
from .screens import NAMES


def show() -> Response:
    """Show a buyer what is hers, and the doors to what she may need."""
    with reading() as session:
        found = home.get_home(session, state().parts, who(), today())
    return render(
        "ordering/home.html", home=found, cards=[draw_hit(each, ()) for each in found.newest],
        occasions=OCCASIONS, **NAMES,
    )  # fmt: skip
