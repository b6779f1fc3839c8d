"""Compounds are taken apart where a Dane would, and never where it would mislead."""

from __future__ import annotations

from importlib import resources

import pytest

from catalogue.search.compounds import split

TAKEN_APART = {
    "jubilæumsgave": "jubilæum gave",
    "havebænk": "have bænk",
    "havebænken": "have bænken",
    "rengøringsmidler": "rengøring midler",
    "julegaver": "jul gaver",
    "hundefoder": "hund foder",
    "affaldssorteringsspand": "affald sortering spand",
    "gavekurv": "gave kurv",
    "frugtkurv": "frugt kurv",
    "kontorstol": "kontor stol",
    "skrivebord": "skrive bord",
    "mødebord": "møde bord",
    "bogreol": "bog reol",
    "arkivskab": "arkiv skab",
    "køleskab": "køle skab",
    "klædeskab": "klæde skab",
    "medicinskab": "medicin skab",
    "arbejdstøj": "arbejde tøj",
    "sengetøj": "seng tøj",
    "babytøj": "baby tøj",
    "legehus": "lege hus",
    "legehytte": "lege hytte",
    "legeplads": "lege plads",
    "sandkasse": "sand kasse",
    "gyngestativ": "gynge stativ",
    "cykelstativ": "cykel stativ",
    "cykelværksted": "cykel værksted",
    "elcykel": "el cykel",
    "ladcykel": "lad cykel",
    "børnecykel": "børn cykel",
    "vinduespudsning": "vindue pudsning",
    "hovedrengøring": "hoved rengøring",
    "kontorrengøring": "kontor rengøring",
    "skolerengøring": "skole rengøring",
    "gulvvask": "gulv vask",
    "trappevask": "trappe vask",
    "tøjvask": "tøj vask",
    "opvaskemiddel": "opvask middel",
    "skraldespand": "skralde spand",
    "affaldspose": "affald pose",
    "papirkurv": "papir kurv",
    "toiletpapir": "toilet papir",
    "håndsæbe": "hånd sæbe",
    "mødeforplejning": "møde forplejning",
    "frokostordning": "frokost ordning",
    "frugtordning": "frugt ordning",
    "kaffeordning": "kaffe ordning",
    "madkasse": "mad kasse",
    "madpakke": "mad pakke",
    "kagefad": "kage fad",
    "lagkage": "lag kage",
    "fødselsdagskage": "fødsel dag kage",
    "kransekage": "krans kage",
    "rugbrød": "rug brød",
    "morgenbrød": "morgen brød",
    "honningkage": "honning kage",
    "stearinlys": "stearin lys",
    "duftlys": "duft lys",
    "lysestage": "lyse stage",
    "blomsterbuket": "blomst buket",
    "blomsterkasse": "blomst kasse",
    "sommerblomster": "sommer blomster",
    "potteplante": "potte plante",
    "haveservice": "have service",
    "græsslåning": "græs slåning",
    "træfældning": "træ fældning",
    "julekrans": "jul krans",
    "adventskrans": "advent krans",
    "juledekoration": "jul dekoration",
    "visitkort": "visit kort",
    "brevpapir": "brev papir",
    "plakattryk": "plakat tryk",
    "mulepose": "mule pose",
    "stofpose": "stof pose",
    "bæreposer": "bære poser",
    "gavepapir": "gave papir",
    "gavekort": "gave kort",
    "skiltefabrik": "skilt fabrik",
    "naturskilt": "natur skilt",
    "vejskilt": "vej skilt",
    "fuglekasse": "fugl kasse",
    "insekthotel": "insekt hotel",
    "mejsekasse": "mejse kasse",
    "redekasse": "rede kasse",
    "bålhytte": "bål hytte",
    "bålplads": "bål plads",
    "trækasse": "træ kasse",
    "træskål": "træ skål",
    "skærebræt": "skære bræt",
    "spækbræt": "spæk bræt",
    "keramikkrus": "keramik krus",
    "kaffekop": "kaffe kop",
    "termokande": "termo kande",
    "tekande": "te kande",
    "vinglas": "vin glas",
    "drikkeglas": "drikke glas",
    "drikkedunk": "drikke dunk",
    "genbrugsmøbler": "genbrug møbler",
    "møbelpolstring": "møbel polstring",
    "stolesæde": "stol sæde",
    "sofapude": "sofa pude",
    "havemøbler": "have møbler",
    "havebord": "have bord",
    "terrassebord": "terrasse bord",
    "gulvtæppe": "gulv tæppe",
    "sengetæppe": "seng tæppe",
    "pudebetræk": "pude betræk",
    "badehåndklæde": "bade håndklæde",
    "rullegardin": "rulle gardin",
    "syværksted": "sy værksted",
    "træværksted": "træ værksted",
    "metalværksted": "metal værksted",
    "cykelreparation": "cykel reparation",
    "computerreparation": "computer reparation",
    "dataskærm": "data skærm",
    "printerpatron": "printer patron",
    "kopipapir": "kopi papir",
    "bibliotekskort": "bibliotek kort",
    "førstehjælpskursus": "førstehjælp kursus",
    "keramikkursus": "keramik kursus",
    "urtete": "urt te",
    "nøglering": "nøgle ring",
    "tæpperens": "tæppe rens",
    "frokostret": "frokost ret",
    "badebænk": "bade bænk",
    "toiletforhøjer": "toilet forhøjer",
    "støttestrømpe": "støtte strømpe",
    "flyttekasse": "flytte kasse",
    "flyttehjælp": "flytte hjælp",
    "varetransport": "vare transport",
    "personalefest": "personale fest",
    "receptionsbord": "reception bord",
    "fotobog": "foto bog",
    "brætspil": "bræt spil",
    "kortspil": "kort spil",
    "dukkehus": "dukke hus",
    "dukketeater": "dukke teater",
    "legeredskaber": "lege redskaber",
    "trampolinmåtte": "trampolin måtte",
    "redningsvest": "redning vest",
}
TRAPS = [
    word
    for line in (resources.files("catalogue.search") / "data" / "traps_da.txt")
    .read_text(encoding="utf-8")
    .splitlines()
    if not line.startswith("#")
    for word in line.split()
]


@pytest.mark.parametrize(("word", "parts"), TAKEN_APART.items())
def test_a_compound_is_taken_apart(word: str, parts: str) -> None:
    assert split(word) == tuple(parts.split())


@pytest.mark.parametrize("word", TRAPS)
def test_what_only_looks_like_a_compound_stays_whole(word: str) -> None:
    assert split(word) == ()


def test_there_are_many_traps() -> None:
    assert len(TRAPS) >= 400
    assert {"egenskab", "formand", "opgave", "børnehave"} <= set(TRAPS)


def test_a_word_of_the_catalogue_makes_compounds_with_listed_ones() -> None:
    assert split("kombuchaflaske") == ()
    assert split("kombuchaflaske", {"kombucha"}.__contains__) == ("kombucha", "flaske")


@pytest.mark.parametrize(
    "word", ["trykte", "etikettering", "arbejderens", "emaljeret", "automatiser", "løbende"]
)
def test_an_ending_is_no_head(word: str) -> None:
    assert split(word) == ()


@pytest.mark.parametrize("word", ["", "gave", "12stk", "x" * 500, "lh100"])
def test_what_is_no_compound_stays_whole(word: str) -> None:
    assert split(word) == ()
