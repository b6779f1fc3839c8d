"""Words that staff explain: they count in their municipality at once, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

import cast
import pytest
from flask import Flask
from search import worlds
from sqlalchemy import select

from catalogue.core.audit import AuditEvent
from catalogue.core.db import Database
from catalogue.core.errors import Invalid, Missing
from catalogue.core.who import Who
from catalogue.search import dictionaries, service, words
from catalogue.search.analysis import DANISH, Chain
from catalogue.search.models import KeptSynonym
from catalogue.search.said import Relation, Said
from catalogue.search.synonyms import Synonym, starting_set
from catalogue.search.word_schema import read_said

SHIPPED = (
    Synonym("legehus", "same", ("hytte til børn",), ()),
    Synonym("rengøring", "same", ("renhold",), ()),
    Synonym("rengøring", "also", ("vinduespudsning",), ("90910000",)),
)
FORM = {"word": "krudthus", "relation": "same", "means": "legehus", "categories": ""}


@dataclass
class Towns:
    """Browsers of staff and buyers in Slagelse, and of both in Vejle."""

    staff: Any
    buyer: Any
    staff_there: Any
    buyer_there: Any
    ids: dict[str, int] = field(default_factory=dict)


@pytest.fixture
def towns(app: Flask, database: Database) -> Iterator[Towns]:
    """A play house that both towns may order."""
    parts = app.extensions["catalogue"].parts
    with database.transaction() as session:
        here, there = cast.municipality(session), cast.municipality(session, "Vejle")
        seller = cast.enterprise(session, "Værkstedet")
        texts = {"summary": "Af lærk.", "description": "Leveres samlet."}
        product = cast.product(session, seller, "Legehus", **texts)
        for town in (here, there):
            cast.voluntary(session, town, seller, categories=[cast.PLAY_HOUSES])
        people = [
            cast.staff(session, here), cast.buyer(session, here),
            cast.staff(session, there), cast.buyer(session, there),
        ]  # fmt: skip
        worlds.put(session, [product])
        ids = {"here": here.id, "there": there.id}
    worlds.work(database, parts)
    browsers = [app.test_client() for _person in people]
    for browser, person in zip(browsers, people, strict=True):
        cast.sign_in_as(browser, person)
    yield Towns(*browsers, ids=ids)
    parts["search"].close()


def finds(browser: Any, text: str) -> bool:
    page = browser.get("/soeg", query_string={"q": text}).text
    return "Legehus</a>" in page.replace("<mark>", "").replace("</mark>", "")


def only_own(database: Database) -> KeptSynonym:
    with database.reading() as session:
        return session.scalars(select(KeptSynonym)).one()


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


def staff_of(session: Any) -> Who:
    return cast.who(session, cast.staff(session))


def test_own_words_replace_every_shipped_row_of_a_word(session: Any) -> None:
    who = staff_of(session)
    cast.category(session, "90910000")
    said = Synonym("Rengøring", Relation.ALSO, ("gulvvask",), ())
    words.create(session, who, said, cast.NOW)
    chain = Chain(DANISH)
    meant = dictionaries.Dictionaries(Said(chain, SHIPPED)).meant(
        session, who.municipality_id or 0
    )(chain)

    def means(text: str) -> list[str]:
        said = meant.of(chain.words(text), 0)
        return [phrase[0].written for meaning in said for phrase in meaning.phrases]

    assert means("rengøring") == ["gulvvask"]
    assert means("renhold") == []
    assert means("legehus") == ["hytte"]


def test_words_stand_in_the_order_of_the_danish_alphabet(session: Any) -> None:
    shipped = [Synonym(word, "same", ("x",), ()) for word in ("å", "Ø", "zebra", "æble", "Abe")]
    listed = words.in_order(shipped)
    entries = words.list_entries(session, cast.municipality(session).id, listed)
    assert [each.said.word for each in entries] == ["Abe", "zebra", "æble", "Ø", "å"]


def test_what_is_shipped_for_a_word_is_offered_as_one_entry() -> None:
    found = words.find_shipped(SHIPPED, "RENGOERING")
    assert found == Synonym(
        "rengøring", Relation.ALSO, ("renhold", "vinduespudsning"), ("90910000",)
    )
    assert words.find_shipped(SHIPPED, "rumraket") is None


def test_who_did_what_to_a_word_is_kept(session: Any) -> None:
    who = staff_of(session)
    said = Synonym("krudthus", Relation.SAME, ("legehus",), ())
    made = words.create(session, who, said, cast.NOW)
    other = Synonym("krudthus", Relation.ALSO, ("legehus",), ())
    words.amend(session, who, made.id, other, cast.NOW)
    words.delete(session, who, made.id, cast.NOW)
    session.flush()
    events = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
    assert [(each.action, each.person_id) for each in events] == [
        (f"word.{deed}", who.person_id) for deed in ("created", "amended", "deleted")
    ]
    assert events[1].facts == {"before": {"relation": "same"}, "after": {"relation": "also"}}


def test_a_renamed_word_lets_go_of_the_old_one(session: Any) -> None:
    who = staff_of(session)
    made = words.create(session, who, Synonym("a", "same", ("b",), ()), cast.NOW)
    words.create(session, who, Synonym("c", "same", ("d",), ()), cast.NOW)
    words.amend(session, who, made.id, Synonym("å", "same", ("b",), ()), cast.NOW)
    assert words.find_own(session, made.municipality_id, "a") is None
    assert words.find_own(session, made.municipality_id, "aa") is made
    with pytest.raises(Invalid, match="word"):
        words.amend(session, who, made.id, Synonym("C", "same", ("b",), ()), cast.NOW)


def test_every_change_has_a_time_of_its_own(session: Any) -> None:
    who = staff_of(session)
    seen = set()
    for number in range(3):
        words.create(session, who, Synonym(f"w{number}", "same", ("b",), ()), cast.NOW)
        seen.add(words.get_version(session, who.municipality_id or 0))
    assert len({moment for _count, moment in seen}) == 3
    assert all(moment and moment.tzinfo == UTC for _count, moment in seen)


def test_an_unknown_word_is_missing(session: Any) -> None:
    with pytest.raises(Missing):
        words.delete(session, staff_of(session), 4711, cast.NOW)


@pytest.mark.parametrize(
    ("means", "categories", "read"),
    [
        ("hytte til børn,  legehytte\nLEGEHYTTE ; ", "", ("hytte til børn", "legehytte")),
        ("", "18530000-3, 18530000\n37500000", ("18530000", "37500000")),
    ],
)
def test_lists_are_read_between_commas_and_lines(
    means: str, categories: str, read: tuple[str, ...]
) -> None:
    said = read_said({"word": " et  hus ", "relation": "also", "means": means,
                      "categories": categories})  # fmt: skip
    assert (said.word, said.means + said.categories) == ("et hus", read)


def test_switching_off_keeps_no_meaning() -> None:
    said = read_said(FORM | {"relation": "nothing", "categories": "18530000"})
    assert (said.means, said.categories) == ((), ())


def test_municipalities_without_own_words_share_one_dictionary(
    session: Any, parts: dict[str, Any]
) -> None:
    kept, chain = dictionaries.Dictionaries(dictionaries.starting_words(DANISH)), Chain(DANISH)
    who = staff_of(session)
    other = cast.municipality(session, "Vejle").id
    shared = kept.meant(session, other)(chain)
    assert kept.meant(session, who.municipality_id or 0)(chain) is shared
    words.create(session, who, Synonym("krudthus", "same", ("legehus",), ()), cast.NOW)
    own = kept.meant(session, who.municipality_id or 0)(chain)
    assert own is not shared
    assert kept.meant(session, who.municipality_id or 0)(chain) is own
    assert kept.meant(session, other)(chain) is shared


def test_only_some_dictionaries_are_kept(
    database: Database, session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dictionaries, "MOST_KEPT", 2)
    chain = Chain(DANISH)
    kept = dictionaries.Dictionaries(Said(chain, SHIPPED))
    made = []
    for name in ("Slagelse", "Vejle", "Kolding"):
        who = cast.who(session, cast.staff(session, cast.municipality(session, name)))
        words.create(session, who, Synonym("krudthus", "same", ("legehus",), ()), cast.NOW)
        made.append(
            (who.municipality_id or 0, kept.meant(session, who.municipality_id or 0)(chain))
        )
    assert kept.meant(session, made[2][0])(chain) is made[2][1]
    assert kept.meant(session, made[1][0])(chain) is made[1][1]
    assert kept.meant(session, made[0][0])(chain) is not made[0][1]


def test_the_catalogue_ships_words_in_danish_only(parts: dict[str, Any]) -> None:
    assert service.dictionaries(parts).shipped.entries == starting_set()
