"""What a town says of words: how it is kept, traced, read and made a dictionary of."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import cast
import pytest
from search.wording import FORM, SHIPPED
from sqlalchemy import select

from catalogue.core.audit import AuditEvent
from catalogue.core.db import Database
from catalogue.core.errors import Invalid, Missing
from catalogue.core.who import Who
from catalogue.search import dictionaries, service, words
from catalogue.search.analysis import DANISH, Chain
from catalogue.search.said import Relation, Said
from catalogue.search.synonyms import Synonym, starting_set
from catalogue.search.word_schema import read_said


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
