"""What is meant by words typed otherwise than products write them, on both engines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import cast
import pytest
from search import worlds

from catalogue.agreements.rules import InForce
from catalogue.core.db import Database
from catalogue.search import service
from catalogue.search.query import Hits, Query

BARE = {"summary": "Fast pris.", "description": "Leveres samlet."}
Facts = dict[str, Any]


class Shop:
    """Products by title, all of which may be ordered."""

    def __init__(self, database: Database, finder: dict[str, Any]) -> None:
        self._database, self._finder = database, finder

    def sell(self, titles: Sequence[str], **facts: Facts) -> None:
        """Sell products of those titles, with other facts for some, and index them."""
        with self._database.transaction() as session:
            seller = cast.enterprise(session, "Allehånde")
            self._titles = {
                cast.product(session, seller, each, **(BARE | facts.get(each, {}))).id: each
                for each in titles
            }
            self._in_force: InForce = worlds.applying(
                cast.municipality(session), voluntary=[(seller.id, cast.PLAY_HOUSES)]
            )
        service.rebuild(self._database, self._finder)

    def ask(self, text: str) -> Hits:
        with self._database.reading() as session:
            hits = service.find(session, self._finder, Query(text), self._in_force)
        assert not hits.degraded
        return hits

    def find(self, text: str) -> list[str]:
        """Return the titles found, in their order."""
        return [self._titles[each] for each in self.ask(text).ids]


@pytest.fixture
def shop(database: Database, finder: dict[str, Any]) -> Shop:
    """A shop that sells nothing yet."""
    return Shop(database, finder)


def test_minus_leaves_out_and_quotes_keep_words_in_their_order(shop: Shop) -> None:
    shop.sell(["Solur i kobber", "Kobber til solur", "Solur af granit", "Solurskaffe"])
    assert set(shop.find("solur -kobber")) == {"Solur af granit", "Solurskaffe"}
    assert shop.find('solur -"solur i kobber" -granit -solurskaffe') == ["Kobber til solur"]
    assert shop.find('"solur i kobber"') == ["Solur i kobber"]
    assert shop.find('"kobber solur"') == ["Kobber til solur"]
    assert shop.find('"granit solur"') == []
    assert shop.find('"solur" granit') == ["Solur af granit"]
    assert len(shop.find("-kobber")) == 2


def test_a_mended_search_keeps_what_stands_beside_its_words(shop: Shop) -> None:
    shop.sell(["Jubilæumsgave", "Jubilæumsgave med kaffe", "Kurv"])
    for typed, shown, found in (
        ("jubilæmsgave -kaffe", "jubilæumsgave -kaffe", ["Jubilæumsgave"]),
        ('jubilæmsgave "med kaffe', 'jubilæumsgave "med kaffe"', ["Jubilæumsgave med kaffe"]),
        ('-"med kaffe" jubilæmsgave', 'jubilæumsgave -"med kaffe"', ["Jubilæumsgave"]),
    ):
        assert shop.ask(typed).mended == shown
        assert shop.find(typed) == found


def test_misspelt_words_and_endings_that_came_loose_are_mended(shop: Shop) -> None:
    shop.sell(["Rengøring", "Legehytte i lærk", "Ure til væg", "Trøje i xxl"])
    assert shop.find("rengørning") == ["Rengøring"]
    assert shop.ask("rengørning").mended == "rengøring"
    assert shop.find("legehytte r") == ["Legehytte i lærk"]
    assert shop.ask("legehytte r").mended == "legehytter"


@pytest.mark.parametrize(
    ("typed", "meant"), [("gvae", "gave"), ("flakse", "flaske"), ("krsu", "krus"), ("bækn", "bænk")]
)
def test_neighbouring_letters_typed_in_turn_are_mended(shop: Shop, typed: str, meant: str) -> None:
    shop.sell(["Gave", "Flaske", "Krus", "Bænk"])
    assert shop.ask(typed).mended == meant


def test_a_phrase_of_small_words_means_what_is_said_of_it_and_no_more(shop: Shop) -> None:
    shop.sell(["Maleri i akryl", "Maling af en væg", "Fuglekasse i lærk"])
    assert set(shop.find("noget til væggen")) == {"Maleri i akryl", "Maling af en væg"}
    assert shop.find("væg") == ["Maling af en væg"]


def test_a_slip_of_a_word_that_no_product_has_is_mended_to_what_it_means(shop: Shop) -> None:
    shop.sell(["Frokost til møder", "Fuglekasse i lærk"])
    hits = shop.ask("frokostordnig")
    assert hits.mended == "frokostordning"
    assert [shop._titles[each] for each in hits.ids] == ["Frokost til møder"]


def test_a_word_that_there_is_is_no_slip_of_another(shop: Shop) -> None:
    shop.sell(["Bænke til haven", "Udsendelse af breve"])
    hits = shop.ask("bunke breve")
    assert hits.mended is None
    assert [shop._titles[each] for each in hits.ids] == ["Udsendelse af breve"]
    assert shop.ask("bønke").mended == "bænke"


def test_a_loan_is_found_by_how_its_first_letter_sounds(shop: Shop) -> None:
    shop.sell(["Buffet til møder", "Fuglekasse i lærk"])
    hits = shop.ask("katering")
    assert hits.mended == "catering"
    assert [shop._titles[each] for each in hits.ids] == ["Buffet til møder"]
    assert shop.ask("batering").mended is None


def test_an_ending_that_came_loose_of_a_word_known_only_by_its_meaning(shop: Shop) -> None:
    shop.sell(["Legehus i lærk", "Ure til væg"])
    assert shop.find("legehytte r") == ["Legehus i lærk"]
    assert shop.ask("legehytte r").mended == "legehytter"


@pytest.mark.parametrize("house", ["Legehytte i lærk", "Legehus i lærk"])
def test_what_is_too_short_to_be_misspelt_is_left_as_it_is(shop: Shop, house: str) -> None:
    shop.sell([house, "Ure til væg", "Trøje i xxl"])
    for rest in ("xx", "x", "ru"):
        hits = shop.ask(f"legehytte {rest}")
        assert hits.mended is None
        assert not hits.matched_all
        assert shop.find(f"legehytte {rest}") == [house]


def test_a_word_that_stands_only_in_a_description_or_a_number_is_never_mended(shop: Shop) -> None:
    shop.sell(
        ["Fad", "Brød", "Kasse", "Tøra", "Rengøring", "Spand"],
        Fad={"description": "Model brod til gæster."},
        Kasse={"item_number": "TORA"},
        Spand={"description": "Til rengørning."},
    )
    for typed, title in (("brod", "Fad"), ("tora", "Kasse"), ("rengørning", "Spand")):
        assert shop.ask(typed).mended is None
        assert title in shop.find(typed)
    assert "Brød" in shop.find("brod")  # the nearest other way to write it comes too
    assert "Rengøring" not in shop.find("rengørning")


SPELLINGS = ("Rødgrød", "Roedgroed", "Rodgrod")


@pytest.mark.parametrize("sold", SPELLINGS)
def test_a_word_meets_each_way_to_write_it(shop: Shop, sold: str) -> None:
    shop.sell([f"{sold} med fløde", "Kurv"])
    for typed in SPELLINGS:
        hits = shop.ask(typed.lower())
        assert len(hits.ids) == 1, typed
        assert hits.mended is None


def test_a_catalogue_that_spells_products_differently_shows_all(shop: Shop) -> None:
    shop.sell([*SPELLINGS, "Kurv"])
    for typed in SPELLINGS:
        assert set(shop.find(typed.lower())) == set(SPELLINGS), typed
    assert shop.find("rodgrod")[0] == "Rodgrod"
    assert shop.find("rødgrød")[-1] == "Rodgrod"


def test_what_a_compound_is_made_of_is_found_below_the_compound(shop: Shop) -> None:
    shop.sell(["Miljøvenlige midler til rengøring", "Rengøringsmidler", "Kurv"])
    assert shop.find("rengøringsmidler") == [
        "Rengøringsmidler",
        "Miljøvenlige midler til rengøring",
    ]


def test_hits_stand_by_relevance_then_completeness_then_the_newest_first(shop: Shop) -> None:
    whole = {"description": "Bygget på eget værksted og leveret samlet med beslag. " * 3}
    old, new = cast.NOW - timedelta(days=9), cast.NOW
    shop.sell(
        ["Vindmølle ", "Vindmølle", "vindmølle", "VINDMØLLE", "Vindmølle!", "Kurv"],
        **{
            "Vindmølle ": {"summary": "Vindmølle.", "delivery_days": None, "published_at": old},
            "Vindmølle": whole | {"published_at": old},
            "vindmølle": {"published_at": old},
            "VINDMØLLE": {"published_at": new},
            "Vindmølle!": whole | {"published_at": new},
        },
    )
    assert shop.find("vindmølle") == [
        "Vindmølle ", "Vindmølle!", "Vindmølle", "VINDMØLLE", "vindmølle",
    ]  # fmt: skip
