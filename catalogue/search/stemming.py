"""From a word to its stem: Snowball's stemmer, and what it does not know of Danish. Pure."""

from __future__ import annotations

import re

import Stemmer

from . import compounds

# Plurals that no ending explains (DOMAIN.md section 5: the stemmer does not join them).
_VOWEL_CHANGES = {
    "bøger": "bog", "børn": "barn", "bønder": "bonde", "døtre": "datter", "fødder": "fod",
    "gæs": "gås", "hænder": "hånd", "klør": "klo", "køer": "ko", "mænd": "mand", "mødre": "mor",
    "fædre": "far", "nætter": "nat", "rødder": "rod", "stænger": "stang", "sønner": "søn",
    "tænder": "tand", "tænger": "tang", "tæer": "tå", "ure": "ur", "øjne": "øje", "ører": "øre",
    "kurser": "kursus", "kurset": "kursus",
}  # fmt: skip
_ENDINGS = ("", "s", "e", "ne", "ene", "nes", "enes")
_IRREGULAR = {"små": "lille"} | {
    plural + ending: singular for plural, singular in _VOWEL_CHANGES.items() for ending in _ENDINGS
}
# Snowball leaves `middel` and `midler`, `cykel` and `cykler` apart: the e goes, double letters too.
_EL = re.compile(r"(?<=[^aeiouyæøå])el$")
# `numre` leaves `numr` where `nummer` leaves `num`, `centre` and `center` likewise.
_RE = re.compile(r"[bcdfgkmnpstv]r(?:e|es|ene|enes)$")
# What looks like an ending of these, alone or as heads of compounds, belongs to the word.
_NO_ENDING = re.compile(
    r"(.*(?:billet|buket|tablet|toilet|serviet|kabinet|skelet|planet|magnet|ballet|banket|etiket"
    r"|pincet|facet|kotelet|omelet|raket|paket|pamflet|køkken|våben|lagen|aften|morgen|figen"
    r"|lejlighed|mulighed))(?:t?(?:e[nrt]|erne)?s?)"
)
# The stemmer takes `ig` for an ending too, so that `boliger` would be `boller`.
_IG = re.compile(
    r"(.*[^aeiouyæøå]{1,2}[aeiouyæøå][^aeiouyæøåsg]{1,2}ig)(?:e|t|er|en|erne|ere|est|este)?s?"
)
# The stemmer leaves `rødt`, `nye` and `håndlavede` apart from `rød`, `ny` and `håndlavet`.
_ADJECTIVES_NAMED = """
    ny gammel stor god rød blå grøn gul sort hvid grå brun lyserød høj lav bred smal lang tyk tynd
    ren våd tør varm kold lun sød sur stærk mild sund syg rask ung fri tom fuld hel halv hård blød
    tung langsom fin grov skarp rund flad skæv åben lokal social digital national international
    central global normal special optimal regional kommunal original neutral stabil mobil smuk pæn
    nem svær solid simpel fleksibel rustik sjov
"""
_ADJECTIVES = frozenset(_ADJECTIVES_NAMED.split())
_NEUTER = re.compile(r".{3,}(?:iv|bar|som|fri|[inru]el)t")
_DONE = re.compile(r"(?!hundrede)(.{2,}[bdfgklmnprstv])edes?")
# The stemmer wants a consonant before an ending: `træet`, `skoene` and `byer` have none.
_AFTER_VOWEL = re.compile(r"(.+[aiouyæøå])e(?:rnes?|nes?|[tnr]s?)")
_DOUBLE = re.compile(r"([bdfgklmnprst])\1(?=[lr]?$)")


# `vinduespudsning` is what a `vinduespudser` does; but `honning` is no act of anybody.
_ACT = re.compile(r"(.{3,}?)(?:n?ing)")
_NOT_DONE = """
    honning penning dronning retning forretning ordning mening forening regning slægtning bygning
    stilling wing ting pudding camping catering meeting training marketing building banking spring
    belysning åbning ring
"""
# Verbs that do the same with a particle before them; others do not (`oplysning` is no light).
_WITH_PARTICLE = re.compile(
    r"(?:af|ud|op|ind|om|til)(lej|slib|vask|rens|hent|bring|pak|skær|klip|skift|mont|plant|hæng|ryd|flyt"
    r"|polstr|byg|sy|mal|tør|støb|skrab|høvl|lak|kør|tøm|læs)"
)
# Where the name of an act leaves the stem of a thing: `træning` is no wood.
_THINGS_NAMED = """
    træ skov vand flis salt grus sten tag jord kalk plant farv lak kabl skilt post pak mål bog glas
    fisk bad lås net kort bind spil olie form bor tal ler sand hegn ramm bold tråd stol bord
"""
_THINGS = frozenset(_THINGS_NAMED.split())
_NO_ACTS = frozenset(_NOT_DONE.split())
# Words that the stemmer cuts where they end and not before an ending: `krans` became a `kran`,
# `laks` a `lak` and `buffet` a `buf`, and `krans` did not meet `kransen`. The list of words knows.
_HARD = re.compile(r"(?:s|et|[aiouyæøå]e)$")
# `jubilæer` are of a `jubilæum`.
_LATIN = re.compile(r"(.{3,}[aeiouyæørnlt])(?:er|et|erne)s?")
# Nouns on -er: without it a `printer` would be a `print` and a `poster` the `post`.
_NOUNS_ON_ER = re.compile(
    r"(.*(?:printer|poster|folder|toner|scanner|container|trailer|filter|banner|sticker|router"
    r"|blender|partner|tumbler|cover|cutter|mixer|toaster))(?:e|en|et|ne|ene|erne)?s?"
)


def danish(word: str) -> str:
    """Return the stem of a folded Danish word; words with digits stay whole."""
    if any(sign.isdigit() for sign in word):
        return word
    word = _common(word)
    if (match := _LATIN.fullmatch(word)) and compounds.is_word(match[1] + "um"):
        word = match[1] + "um"
    if _HARD.search(word) and compounds.is_word(word):
        return word.removesuffix("e")
    for whole in (_NO_ENDING, _NOUNS_ON_ER, _IG):
        if match := whole.fullmatch(word):
            return match[1]
    if match := _AFTER_VOWEL.fullmatch(word):
        word = match[1]
    stemmed = _snowball("danish", _IRREGULAR.get(word, word))
    if _RE.search(word):
        stemmed = stemmed.removesuffix("r")
    return _DOUBLE.sub(r"\1", _EL.sub("l", stemmed)) if len(stemmed) > 3 else stemmed


def _common(word: str) -> str:
    """Return the form of an adjective that others are listed by, and any other word as it is."""
    if word[-1:] in "te" and word[:-1] in _ADJECTIVES:
        return word[:-1]
    if _NEUTER.fullmatch(word) and not compounds.is_word(word):
        return word[:-1]
    match = _DONE.fullmatch(word)
    if match and not compounds.is_word(word) and not compounds.is_word(match[1] + "ed"):
        return match[1] + "et"
    return word


def english(word: str) -> str:
    """Return the stem of a folded English word; words with digits stay whole."""
    return word if any(sign.isdigit() for sign in word) else _snowball("english", word)


def acts(stem: str) -> tuple[str, ...]:
    """Return the stems of the verbs behind the name of an act, none for others.

    `pudsning`: puds; `udlejning`: udlej and lej, for who hires out is asked for a hire.
    """
    match = _ACT.fullmatch(stem) if stem.endswith("ing") else None  # most are asked in vain
    if not match or stem in _NO_ACTS or match[1] in _THINGS:
        return ()
    plain = _WITH_PARTICLE.fullmatch(match[1])
    return (match[1], plain[1]) if plain else (match[1],)


def _snowball(language: str, word: str) -> str:
    # A stemmer keeps state between calls, so threads may not share one. Making one takes
    # microseconds; its own memory of words is left out, for the chain has one.
    stemmed: str = Stemmer.Stemmer(language, 0).stemWord(word)
    return stemmed
