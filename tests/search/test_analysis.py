"""The chain from text to terms: what must meet, what must not."""

from __future__ import annotations

import pickle

import pytest

from catalogue.search.analysis import DANISH, ENGLISH, Chain, Word, fold, iterate_terms, skeleton
from catalogue.search.indexing import schema
from catalogue.search.stemming import acts

MEET = [
    ("middel", "midlerne"),
    ("cykel", "cykler"),
    ("møbel", "møblerne"),
    ("køkken", "køkkener"),
    ("nummer", "numre"),
    ("center", "centrene"),
    ("træ", "træerne"),
    ("sko", "skoene"),
    ("by", "byens"),
    ("lærer", "lærerne"),
    ("2 m", "2 meter"),
    ("2m", "2 m"),
    ("0,5 l", "0.5 liter"),
    ("500 ml", "500ml"),
    ("5 stk.", "5 stykker"),
    ("legehus", "Legehusene"),
    ("gave", "gaverne"),
    ("have", "Haver"),
    ("café", "cafe"),
    ("crème", "creme"),
    ("håndværk", "haandvaerk"),
    ("Købmandsgården", "Købmandsgaarden"),
    ("Koebmandsgaarden", "købmandsgården"),
    ("Æblespecialisterne", "aeblespecialist"),
    ("Åben", "aaben"),
    ("møller", "Möller"),
    ("børn", "barnet"),
    ("bøgerne", "bog"),
    ("INSP!", "insp"),
    ("LH-100.2", "lh1002"),
    ("café-vogn", "cafévogn"),
    ("m²", "m2"),
    ("Å", "A\u030a"),
    ("bolig", "boligerne"),
    ("miljøvenlig", "miljøvenlige"),
    ("tæpperens", "Taepperens"),
    ("krans", "kransene"),
    ("plads", "pladsen"),
    ("laks", "laksen"),
    ("buffet", "buffeten"),
    ("aktivitet", "aktiviteter"),
    ("drue", "druerne"),
    ("jubilæum", "jubilæet"),
    ("museum", "museerne"),
    ("kursus", "kurserne"),
    ("printer", "printerne"),
    ("lille", "små"),
    ("rødt", "røde"),
    ("nye", "nyt"),
    ("billigt", "billige"),
    ("glutenfrit", "glutenfrie"),
    ("kreativt", "kreative"),
    ("manuelt", "manuelle"),
    ("håndlavede", "håndlavet"),
    ("malede", "malet"),
    ("strikkede", "strikket"),
]


def words(text: str) -> list[Word]:
    return Chain(DANISH).words(text)


def terms(text: str) -> list[str]:
    return list(iterate_terms(Chain(DANISH), text))


STAY_APART = [
    ("høns", "hons"),
    ("råd", "rad"),
    ("bær", "bar"),
    ("boller", "boliger"),
    ("tæpperens", "tæppernes"),
    ("økologiske", "ske"),
    ("krans", "kran"),
    ("laks", "lak"),
    ("printer", "print"),
    ("poster", "post"),
    ("cykler", "cyklus"),
    ("øl", "ol"),
    ("billigt", "biler"),
    ("salt", "sal"),
    ("telt", "tel"),
    ("hovede", "hov"),
    ("hundrede", "hund"),
    ("2 m", "3 m"),
    ("2 m", "2 l"),
]


@pytest.mark.parametrize(("one", "other"), MEET)
def test_spellings_of_one_word_meet(one: str, other: str) -> None:
    assert set(terms(one)) & set(terms(other))


@pytest.mark.parametrize(("one", "other"), STAY_APART)
def test_danish_letters_are_letters_of_their_own(one: str, other: str) -> None:
    assert not set(terms(one)) & set(terms(other))


def test_a_garden_is_no_stop_word() -> None:
    assert (terms("have")) == ["hav"]
    assert (terms("og i til det")) == []


def test_ampersand_and_og_are_the_same() -> None:
    assert (terms("Råd & Dåd")) == (terms("Råd og Dåd"))


def test_an_item_number_stays_whole_and_has_its_parts() -> None:
    (word,) = words("KG-77.1")
    assert word.written == "kg771"
    assert [piece.written for piece in word.pieces] == ["kg", "77", "1"]


def test_a_word_with_digits_is_not_stemmed() -> None:
    assert (terms("V12ere")) == ["v12ere"]


def test_ae_read_as_written_still_stems_as_written() -> None:
    assert "sko" in set(terms("skoene"))


def test_an_endless_word_is_cut() -> None:
    assert all(len(term) <= 64 for term in terms("x" * 5000))


def test_folding_keeps_what_it_has_folded() -> None:
    assert fold(fold("Crème Brûlée på Øen")) == fold("Crème Brûlée på Øen") == "creme brulee på øen"


def test_the_schema_with_its_analysers_can_be_pickled() -> None:
    assert pickle.loads(pickle.dumps(schema())).names() == schema().names()


@pytest.mark.parametrize(
    ("plain", "danish"),
    [("rodgrod", "rødgrød"), ("roedgroed", "rødgrød"), ("rengoring", "rengøring"),
     ("haandklaede", "håndklæde"), ("handklade", "håndklæde")],
)  # fmt: skip
def test_a_keyboard_without_danish_letters_leaves_the_same_skeleton(
    plain: str, danish: str
) -> None:
    assert skeleton(plain) == skeleton(danish)


@pytest.mark.parametrize(
    ("noun", "verbs"),
    [
        ("pudsning", ("puds",)),
        ("udlejning", ("udlej", "lej")),
        ("afslibning", ("afslib", "slib")),
        ("oplysning", ("oplys",)),
        ("træning", ()),
        ("vanding", ()),
        ("honning", ()),
        ("bord", ()),
    ],
)
def test_the_name_of_an_act_tells_who_does_it(noun: str, verbs: tuple[str, ...]) -> None:
    assert acts(noun) == verbs


@pytest.mark.parametrize(
    ("title", "named"),
    [("Kopper til kantine", 1), ("Vask af arbejdstøj", 1), ("Lille havebænk", 2), ("Til haven", 1)],
)
def test_a_title_names_the_thing_before_its_purpose(title: str, named: int) -> None:
    assert Chain(DANISH).named(title)[1] == named


@pytest.mark.parametrize(
    ("typed", "doubtful"),
    [("brod", True), ("brød", False), ("have", False), ("huse", False), ("bil", False)],
)
def test_what_is_typed_like_a_stem_may_lack_its_marks(typed: str, doubtful: bool) -> None:
    assert Chain(DANISH).word(typed).bare is doubtful


def test_a_gtin_is_matched_whole() -> None:
    assert terms("5701234567899") == ["5701234567899"]


def test_a_compound_carries_the_stems_of_its_parts() -> None:
    (word,) = words("havebænkene")
    assert word.terms == ("havebænk",)
    assert word.compound == ("hav", "bænk")


def test_a_word_of_the_catalogue_makes_compounds_too() -> None:
    (word,) = Chain(DANISH, {"kombucha"}.__contains__).words("kombuchaflasker")
    assert word.compound == ("kombucha", "flask")


def test_english_texts_are_stemmed_as_english_and_not_split() -> None:
    chain = Chain(ENGLISH)
    assert [each.terms for each in chain.words("The garden benches")] == [("garden",), ("bench",)]
    assert chain.words("houseboat")[0].compound == ()


def test_compounds_typed_without_marks_are_read_with_them() -> None:
    chain = Chain(DANISH)
    assert "fødselsdagskage" in [word.written for word in chain.marked("fodselsdagskage")]
    assert chain.marked("gavekurv") == []
    assert chain.marked("fødselsdag") == []
    assert chain.marked("abababababababab") == []
    assert Chain(ENGLISH).marked("fodselsdagskage") == []
