"""Occasions: what people come to buy for, each with the words to search by. One list for all.

A buyer seldom thinks of a category; she has a jubilee on Friday (report 2015, section 5.4). The
words are Danish, for that is the language of what enterprises write.
"""

from __future__ import annotations

from dataclasses import dataclass

from catalogue.core.text import Text
from catalogue.core.text import lazy as _


@dataclass(frozen=True)
class Occasion:
    """A door into the catalogue: its name in addresses, what it says, and what it searches for."""

    slug: str
    label: Text
    hint: Text
    words: str
    picture: str  # of `static/occasions`


OCCASIONS = (
    Occasion("gave", _("Gift for a jubilee"), _("Baskets, textiles and craft in place of wine"),
             "gave", "gift.svg"),
    Occasion("forplejning", _("Food for a meeting"), _("Lunch, cake and coffee, brought to you"),
             "mødeforplejning", "meeting.svg"),
    Occasion("rengoering", _("Cleaning"), _("Daily, or once and thoroughly"),
             "rengøring", "cleaning.svg"),
    Occasion("have", _("Garden service"), _("Hedges, lawns and flower beds"),
             "haveservice", "garden.svg"),
    Occasion("leg", _("Playground"), _("Play houses and what else children climb on"),
             "legeplads", "play.svg"),
    Occasion("genbrug", _("Something reused"), _("Furniture and textiles with a life before"),
             "genbrug", "reuse.svg"),
)  # fmt: skip
