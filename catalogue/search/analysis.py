"""From text to terms: the one chain for what is indexed and for what is asked. Pure.

Letters: accents fold (é to e), Swedish ä/ö count as æ/ø, but æ, ø, å are letters of their own:
`have` is a garden and `håve` is a landing net. A word written with ae/oe/aa carries both readings,
so that `haandværk` and `håndværk` meet while `skoene` still finds `sko`. Words typed without the
letters at all (`rodgrod`) meet by their skeleton, which the vocabulary of an index looks up.
Folding everywhere, as Whoosh's accent map does, is wrong for Danish (DOMAIN.md section 7).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

import snowballstemmer

from . import compounds

LONGEST_WORD = 64
KEPT_WORDS = 200_000
# Snowball's Danish stop words without `have`, which is a garden, and without words that can carry
# a purchase's meaning (under, over, alle, mod).
_DANISH_STOPS = """
    ad af alt at blev blive bliver da de dem den denne der deres det dette dig din disse dog
    du efter eller en end er et for fra ham han hans har havde hende hendes her hos hun hvad
    hvis hvor i ikke jeg jer jo kunne man med men mig min mine mit noget nogle nu når og også
    om os på selv sig sin sine sit skal skulle som sådan thi til var vi vil ville vor være
    været samt via
"""
_ENGLISH_STOPS = """
    a an and are as at be but by for from has have he if in into is it its no not of on or
    our such that the their then there these they this to was we were will with you your
"""
# Plurals that no ending explains (DOMAIN.md section 5: the stemmer does not join them).
_VOWEL_CHANGES = {
    "bøger": "bog", "børn": "barn", "bønder": "bonde", "døtre": "datter", "fødder": "fod",
    "gæs": "gås", "hænder": "hånd", "klør": "klo", "køer": "ko", "mænd": "mand", "mødre": "mor",
    "fædre": "far", "nætter": "nat", "rødder": "rod", "stænger": "stang", "sønner": "søn",
    "tænder": "tand", "tænger": "tang", "tæer": "tå", "ure": "ur", "øjne": "øje", "ører": "øre",
}  # fmt: skip
_ENDINGS = ("", "s", "e", "ne", "ene", "nes", "enes")
_IRREGULAR = {
    plural + ending: singular for plural, singular in _VOWEL_CHANGES.items() for ending in _ENDINGS
}
_READINGS = (("aa", "å"), ("ae", "æ"), ("oe", "ø"))
_SKELETON = (("aa", "a"), ("ae", "a"), ("oe", "o"), ("å", "a"), ("æ", "a"), ("ø", "o"))
_MARKS = {"a": "aæå", "o": "oø"}
_UNMARKED = re.compile(r"[a-z]{6,}")
MOST_MARKS = 5  # letters that may lack a mark; more would be too many ways to try
_SWEDISH = str.maketrans("äö", "æø")
_PLAIN = re.compile(r"[\x00-\x7fæøå–—’“”„»«…½¼]*")
_WORD = re.compile(r"[^\W_]+(?:[-./_'’:+,][^\W_]+)*")
_JOINT = re.compile(r"[-./_'’:+,]")
_AMOUNT = re.compile(r"(\d+(?:[.,]\d+)?)([^\W\d_]*)")
_UNITS = {
    written: unit
    for unit, names in {
        "mm": "mm millimeter", "cm": "cm centimeter", "m": "m meter metre", "km": "km kilometer",
        "m2": "m2 kvm kvadratmeter", "m3": "m3 kubikmeter", "g": "g gr gram",
        "kg": "kg kilo kilogram",
        "ml": "ml milliliter", "cl": "cl centiliter", "dl": "dl deciliter", "l": "l liter ltr",
        "w": "w watt", "kw": "kw kilowatt", "v": "v volt", "gb": "gb", "tb": "tb",
        "stk": "stk styk stykker", "tommer": "tommer",
    }.items()
    for written in names.split()
}  # fmt: skip
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
    r"(.*[^aeiouyæøå]{1,2}[aeiouyæøå][^aeiouyæøåsg]{1,2}ig)(?:e|er|en|erne|ere|est|este)?s?"
)
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
_NO_ACTS = frozenset(_NOT_DONE.split())


def nobody(_word: str) -> bool:
    """Know no word: the vocabulary of a catalogue that is empty."""
    return False


@dataclass(frozen=True)
class Language:
    """What differs between the languages of a catalogue's texts."""

    code: str
    stemmer: str
    stop_words: frozenset[str]
    danish: bool
    # When fewer products have all words of a query, those with most of them are shown below. A
    # Dane joins what belongs together (`havebænk`); in English loose words are worth less each.
    few: int


DANISH = Language("da", "danish", frozenset(_DANISH_STOPS.split()), danish=True, few=1)
ENGLISH = Language("en", "english", frozenset(_ENGLISH_STOPS.split()), danish=False, few=10)
LANGUAGES = {language.code: language for language in (DANISH, ENGLISH)}


@dataclass(frozen=True)
class Word:
    """One word of a text.

    `terms` are its stems, one for each reading; `pieces` are the words of one with joints
    (`café-vogn`); `compound` are the stems of the words it is compounded of, the head last.
    """

    written: str
    terms: tuple[str, ...]
    pieces: tuple[Word, ...] = ()
    compound: tuple[str, ...] = ()


class Chain:
    """The chain of one language and one catalogue.

    `known` tells of a word whether the catalogue uses it: a word of its own makes compounds too.
    """

    def __init__(
        self, language: Language, known: Callable[[str], bool] = nobody, name: str = ""
    ) -> None:
        self.language = language
        self.name = name  # of the index it belongs to
        self._known = known
        self._words: dict[str, Word] = {}
        self._stems: dict[str, str] = {}

    def words(self, text: str) -> list[Word]:
        """Return the words of `text` in their order, stop words left out.

        A number with its unit is one word (`2 m`, `500ml`). A word with joints (`LH-100`) stays
        whole, as item numbers must, and carries its pieces too.
        """
        found: list[Word] = []
        written = [match.group() for match in _WORD.finditer(fold(text))]
        skip = False
        for place, each in enumerate(written):
            if skip:
                skip = False
                continue
            following = written[place + 1] if place + 1 < len(written) else ""
            amount, skip = _amount(each, following)
            if amount:
                found.append(self.word(amount))
            else:
                found += self._pieces(each)
        return found

    def word(self, written: str) -> Word:
        """Return the facts of one folded word, remembered."""
        known = self._words.get(written)
        if known is None:
            if len(self._words) >= KEPT_WORDS:
                self._words.clear()
            known = self._words[written] = self._facts(written[:LONGEST_WORD])
        return known

    def stem(self, word: str) -> str:
        """Return the stem of a folded word, remembered; words with digits stay whole."""
        known = self._stems.get(word)
        if known is None:
            if len(self._stems) >= KEPT_WORDS:
                self._stems.clear()
            known = self._stems[word] = self._stem(word)
        return known

    def marked(self, written: str) -> list[Word]:
        """Return the compounds that a keyboard without æ, ø and å would write so."""
        if not self.language.danish or not _UNMARKED.fullmatch(written):
            return []
        letters = [_MARKS.get(letter, letter) for letter in written]
        if sum(len(each) > 1 for each in letters) > MOST_MARKS:
            return []
        ways = ("".join(way) for way in product(*letters))
        return [self.word(way) for way in ways if way != written and self._split(way)]

    def is_stop(self, word: str) -> bool:
        """Tell whether a folded word is too common to be sought."""
        return word in self.language.stop_words

    def _pieces(self, written: str) -> list[Word]:
        pieces = [piece for piece in _JOINT.split(written) if piece]
        kept = tuple(self.word(piece) for piece in pieces if not self.is_stop(piece))
        if len(pieces) == 1:
            return list(kept)
        whole = self.word("".join(pieces))
        return [Word(whole.written, whole.terms, kept, whole.compound)]

    def _facts(self, written: str) -> Word:
        if not self.language.danish:
            return Word(written, (self.stem(written),))
        terms = tuple(dict.fromkeys(self.stem(each) for each in readings(written)))
        parts = next(filter(None, (self._split(each) for each in readings(written))), ())
        return Word(written, terms, compound=tuple(self._stem(part) for part in parts))

    def _stem(self, word: str) -> str:
        """Return the stem of a word; of a compound its head's, for `tæpperens` is no `tæppe`."""
        parts = self._split(word) if self.language.danish else ()
        if parts and word.endswith(parts[-1]):
            return word.removesuffix(parts[-1]) + _stem(parts[-1], self.language)
        return _stem(word, self.language)

    def _split(self, word: str) -> tuple[str, ...]:
        return compounds.split(word, self._known)


def fold(text: str) -> str:
    """Fold case and accents; æ, ø and å stay letters of their own."""
    folded = unicodedata.normalize("NFC", text).casefold()
    if _PLAIN.fullmatch(folded):
        return folded
    kept = folded.translate(_SWEDISH).replace("å", "\x00")
    plain = unicodedata.normalize("NFKD", kept)
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).replace("\x00", "å")


def readings(word: str) -> tuple[str, ...]:
    """Return a folded word as written and, when it has aa/ae/oe, with å/æ/ø in their place."""
    danish = word
    for written, letter in _READINGS:
        danish = danish.replace(written, letter)
    return (word,) if danish == word else (word, danish)


def act(stem: str) -> str:
    """Return the stem of the verb behind the name of an act (`pudsning`: puds), "" for others."""
    match = _ACT.fullmatch(stem)
    return match[1] if match and stem not in _NO_ACTS else ""


def skeleton(word: str) -> str:
    """Return a folded word as a keyboard without æ, ø and å would leave it."""
    for written, letter in _SKELETON:
        word = word.replace(written, letter)
    return word


def _stem(word: str, language: Language) -> str:
    if any(sign.isdigit() for sign in word):
        return word
    # A stemmer keeps state between calls, so threads may not share one; making one is cheap, and
    # the chain remembers its words.
    stemmer = snowballstemmer.stemmer(language.stemmer)
    if not language.danish:
        stemmed: str = stemmer.stemWord(word)
        return stemmed
    if match := _NO_ENDING.fullmatch(word):
        return match[1]
    if match := _IG.fullmatch(word):
        return match[1]
    if match := _AFTER_VOWEL.fullmatch(word):
        word = match[1]
    stemmed = stemmer.stemWord(_IRREGULAR.get(word, word))
    if _RE.search(word):
        stemmed = stemmed.removesuffix("r")
    return _DOUBLE.sub(r"\1", _EL.sub("l", stemmed)) if len(stemmed) > 3 else stemmed


def _amount(written: str, following: str) -> tuple[str, bool]:
    """Return a number with its unit as one word, and whether the word after it was the unit."""
    match = _AMOUNT.fullmatch(written)
    if match is None:
        return "", False
    number, unit = match.group(1).replace(",", "."), match.group(2)
    if unit in _UNITS:
        return number + _UNITS[unit], False
    if not unit and following in _UNITS:
        return number + _UNITS[following], True
    return "", False


def iterate_terms(chain: Chain, text: str) -> Iterator[str]:
    """Yield every stem under which `text` is found, those of compounds' parts left out."""
    for word in chain.words(text):
        yield from word.terms
        for piece in word.pieces:
            yield from piece.terms
