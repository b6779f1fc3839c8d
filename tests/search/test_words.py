"""Words that staff explain: they count in their municipality at once, and nowhere else."""

from __future__ import annotations

import pytest
from search.wording import FORM, Towns, finds, only_own, towns
from sqlalchemy import select

from catalogue.core.db import Database
from catalogue.search.models import KeptSynonym

__all__ = ["towns"]


def test_a_word_counts_at_once_in_the_own_municipality_only(towns: Towns) -> None:
    assert not finds(towns.buyer, "krudthus")
    answer = towns.staff.post("/ord/ny", data=FORM)
    assert answer.status_code == 303
    assert finds(towns.buyer, "krudthus")
    assert not finds(towns.buyer_there, "krudthus")


def test_a_shipped_word_is_switched_off_and_comes_back(towns: Towns, database: Database) -> None:
    assert finds(towns.buyer, "frikvarter")
    towns.staff.post("/ord/ny", data={"word": "Frikvarter", "relation": "nothing"})
    assert not finds(towns.buyer, "frikvarter")
    assert finds(towns.buyer_there, "frikvarter")
    assert "Slået fra af jer" in towns.staff.get("/ord?q=frikvarter").text
    page = towns.staff.post(f"/ord/{only_own(database).id}/slet", follow_redirects=True).text
    assert "”Frikvarter” betyder igen det, der fulgte med kataloget." in page
    assert finds(towns.buyer, "frikvarter")


def test_a_change_counts_at_once_though_the_clock_stands(towns: Towns, database: Database) -> None:
    towns.staff.post("/ord/ny", data=FORM | {"means": "sandkasse"})
    assert not finds(towns.buyer, "krudthus")
    towns.staff.post(f"/ord/{only_own(database).id}", data=FORM)
    assert finds(towns.buyer, "krudthus")


def test_a_word_finds_the_products_of_its_categories(towns: Towns, database: Database) -> None:
    answer = towns.staff.post("/ord/ny", data=FORM | {"means": "", "categories": "37500000-9"})
    assert answer.status_code == 303
    assert only_own(database).categories == ["37500000"]
    assert finds(towns.buyer, "krudthus")


def test_a_shipped_word_is_offered_to_be_changed(towns: Towns) -> None:
    listed = towns.staff.get("/ord?q=rutsche").text
    assert 'href="/ord/ny?ord=rutsjebane"' in listed
    form = towns.staff.get("/ord/ny?ord=rutsjebane").text
    assert "rutschebane, rutsche" in form
    assert 'value="same" checked' in form


def test_a_neighbour_of_a_word_is_found_from_the_word_only(towns: Towns) -> None:
    towns.staff.post("/ord/ny", data=FORM | {"relation": "near"})
    assert finds(towns.buyer, "krudthus")
    assert "er tæt på" in towns.staff.get("/ord?q=krudthus").text


def test_a_word_that_is_explained_already_opens_its_own_form(
    towns: Towns, database: Database
) -> None:
    towns.staff.post("/ord/ny", data=FORM)
    answer = towns.staff.get("/ord/ny?ord=KRUDTHUS")
    assert answer.headers["Location"].endswith(f"/ord/{only_own(database).id}")
    assert ">\nlegehus</textarea>" in towns.staff.get(answer.headers["Location"]).text


@pytest.mark.parametrize(
    ("typed", "field", "remedy"),
    [
        ({"word": ""}, "word", "Udfyld feltet"),
        ({"word": "!!!"}, "word", "Skriv et ord med bogstaver eller tal"),
        ({"word": "hus, hytte"}, "word", "Skriv ét ord eller udtryk her"),
        ({"word": "x" * 81}, "word", "80"),
        ({"relation": ""}, "relation", "Udfyld feltet"),
        ({"relation": "perhaps"}, "relation", "same, also, near, nothing"),
        ({"means": ""}, "means", "Skriv, hvad ”krudthus” betyder, eller koden på en kategori"),
        ({"means": "Krudthus"}, "means", "Skriv, hvad ”krudthus” betyder"),
        ({"means": "y" * 81}, "means", "sæt komma mellem ordene"),
        ({"categories": "12345678"}, "categories", "”12345678” er ikke en kategori"),
        ({"categories": "Kategori 37"}, "categories", "måske 37000000 Kategori 37000000"),
    ],
)
def test_a_faulty_form_names_field_and_remedy_and_keeps_what_was_typed(
    towns: Towns, database: Database, typed: dict[str, str], field: str, remedy: str
) -> None:
    page = towns.staff.post("/ord/ny", data=FORM | typed)
    assert page.status_code == 422
    assert f'href="#field-{field}"' in page.text
    assert remedy in page.text
    for value in (FORM | typed | {"relation": ""}).values():
        assert value in page.text
    with database.reading() as session:
        assert session.scalars(select(KeptSynonym)).all() == []


def test_a_word_is_explained_once(towns: Towns) -> None:
    towns.staff.post("/ord/ny", data=FORM)
    page = towns.staff.post("/ord/ny", data=FORM | {"word": "Krudt-hus", "means": "legetårn"})
    assert page.status_code == 303  # another spelling by a hyphen is another word
    page = towns.staff.post("/ord/ny", data=FORM | {"word": "KRUDTHUS", "means": "legetårn"})
    assert page.status_code == 422
    assert "I forklarer allerede ”krudthus”" in page.text
    assert "legetårn" in page.text


def test_the_word_of_another_municipality_is_not_there(towns: Towns, database: Database) -> None:
    towns.staff.post("/ord/ny", data=FORM)
    address = f"/ord/{only_own(database).id}"
    assert towns.staff_there.get(address).status_code == 404
    assert towns.staff_there.post(address, data=FORM).status_code == 404
    assert towns.staff_there.post(f"{address}/slet").status_code == 404
    assert "Intet ord passer" in towns.staff_there.get("/ord?q=krudthus").text
    assert finds(towns.buyer, "krudthus")


def test_the_list_is_searched_and_turned_page_by_page(towns: Towns) -> None:
    first = towns.staff.get("/ord").text
    assert first.count('<th scope="row"') == 50
    assert 'href="/ord?page=2"' in first
    few = towns.staff.get("/ord?q=HYTTE+til+B%C3%B8rn").text
    assert 1 < few.count('<th scope="row"') < 50
    empty = towns.staff.get("/ord?q=rumraket").text
    assert "Intet ord passer" in empty
    assert 'href="/ord/ny?ord=rumraket"' in empty
