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

from . import compounds, stemming

LONGEST_WORD = 64
KEPT_WORDS, KEPT_ANSWERS = 200_000, 20_000
# By word: the lists and stems that a query may seek and it answers, and the stem that names it.
Answers = tuple[tuple[frozenset[tuple[str, str]], str], ...]
# Snowball's Danish stop words without `have`, which is a garden, and without words that can carry
# a purchase's meaning (under, over, alle, mod).
_DANISH_STOPS = """
    ad af alt at blev blive bliver da de dem den denne der deres det dette dig din disse dog
    du efter eller en end er et for fra ham han hans har havde hende hendes her hos hun hvad
    hvis hvor i ikke jeg jer jo kunne man med men mig min mine mit noget nogle nu når og også
    om os på selv sig sin sine sit skal skulle som sådan thi til var vi vil ville vor være
    været samt via
"""
_PREPOSITIONS = "af til med hos ved på i for fra om omkring under over mod uden"
_ENGLISH_STOPS = """
    a an and are as at be but by for from has have he if in into is it its no not of on or
    our such that the their then there these they this to was we were will with you your
"""
_READINGS = (("aa", "å"), ("ae", "æ"), ("oe", "ø"))
_SKELETON = (("aa", "a"), ("ae", "a"), ("oe", "o"), ("å", "a"), ("æ", "a"), ("ø", "o"))
_MARKS = {"a": "aæå", "o": "oø"}
_UNMARKED = re.compile(r"[a-z]{6,}")
_MARKABLE = re.compile(r"(?=[b-np-z]*[ao])[a-z]{4,}")
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
        "m2": "m2 kvm kvadratmeter", "m3": "m3 kubikmeter", "stk": "stk styk stykker",
        "g": "g gr gram", "kg": "kg kilo kilogram", "gb": "gb", "tb": "tb",
        "ml": "ml milliliter", "cl": "cl centiliter", "dl": "dl deciliter", "l": "l liter ltr",
        "w": "w watt", "kw": "kw kilowatt", "v": "v volt", "tommer": "tommer",
    }.items()
    for written in names.split()
}  # fmt: skip
UNITS = tuple(dict.fromkeys(_UNITS.values()))


def nobody(_word: str) -> bool:
    """Know no word: the vocabulary of a catalogue that is empty."""
    return False


@dataclass(frozen=True)
class Language:
    """What differs between the languages of a catalogue's texts."""

    code: str
    stem: Callable[[str], str]
    stop_words: frozenset[str]
    prepositions: frozenset[str]  # behind them stands what a thing is for or of
    danish: bool
    # When fewer products have all words of a query, those with most of them are shown too. A Dane
    # joins what belongs together (`havebænk`); in English loose words are worth less each.
    few: int
    # Of products less than half as good as the best one so many are shown; loose words are vaguer.
    most_weak: int


DANISH = Language(
    "da", stemming.danish, frozenset(_DANISH_STOPS.split()), frozenset(_PREPOSITIONS.split()),
    danish=True, few=5, most_weak=3,
)  # fmt: skip
ENGLISH = Language(
    "en", stemming.english, frozenset(_ENGLISH_STOPS.split()), frozenset(), danish=False, few=20,
    most_weak=10,
)  # fmt: skip
LANGUAGES = {language.code: language for language in (DANISH, ENGLISH)}


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text.

    `terms` are its stems, one for each reading; `pieces` are the words of one with joints
    (`café-vogn`); `compound` are the stems of the words it is compounded of, the head last. `bare`
    is one that may lack the marks of æ, ø or å: typed like a stem, and none we know. `brod` is what
    `broderet` leaves, but who types it means `brød`.
    """

    written: str
    terms: tuple[str, ...]
    pieces: tuple[Word, ...] = ()
    compound: tuple[str, ...] = ()
    bare: bool = False

    def __hash__(self) -> int:
        return hash(self.written)


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
        self._pieced: dict[str, tuple[Word, ...]] = {}
        self._answers: dict[str, Answers] = {}

    def words(self, text: str) -> list[Word]:
        """Return the words of `text` in their order, stop words left out.

        A number with its unit is one word (`2 m`, `500ml`). A word with joints (`LH-100`) stays
        whole, as item numbers must, and carries its pieces too.
        """
        return self.named(text)[0]

    def named(self, text: str) -> tuple[list[Word], int]:
        """Return the words of a title, and how many of them name the thing itself.

        The others stand behind a preposition: `kopper til kantine` are no canteen.
        """
        found: list[Word] = []
        written = _WORD.findall(fold(text))
        skip, named = False, 0
        for place, each in enumerate(written):
            if skip:
                skip = False
                continue
            amount = ""
            if each[0].isdigit():
                following = written[place + 1] if place + 1 < len(written) else ""
                amount, skip = _amount(each, following)
            words = (self.word(amount),) if amount else self._pieces(each)
            if each in self.language.prepositions:
                named = named or len(found)
            found += words
        return found, named or len(found)

    def word(self, written: str) -> Word:
        """Return the facts of one folded word, remembered."""
        known = self._words.get(written)
        if known is None:
            if len(self._words) >= KEPT_WORDS:
                self._words.clear()
            known = self._words[written] = self._facts(written[:LONGEST_WORD])
        return known

    def forget(self) -> None:
        """Forget the words that were remembered: after many that nobody may ask for again."""
        for each in (self._words, self._stems, self._pieced):
            each.clear()

    def answers(self, written: str, make: Callable[[list[Word]], Answers]) -> Answers:
        """Return what `make` makes of the words of a text, remembered; there is one such maker.

        A page of hits asks for some thousand words, nearly all of which it has asked for before.
        """
        known = self._answers.get(written)
        if known is None:
            if len(self._answers) >= KEPT_ANSWERS:
                self._answers.clear()
            known = self._answers[written] = make(self.words(written))
        return known

    def stem(self, word: str) -> str:
        """Return the stem of a folded word, remembered; words with digits stay whole."""
        known = self._stems.get(word)
        if known is None:
            if len(self._stems) >= KEPT_WORDS:
                self._stems.clear()
            parts = self._split(word) if self.language.danish else ()
            known = self._stems[word] = self._stem(word, parts)
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

    def _pieces(self, written: str) -> tuple[Word, ...]:
        """Return what a written word is read as, remembered: itself, or nothing if too common."""
        known = self._pieced.get(written)
        if known is None:
            if len(self._pieced) >= KEPT_WORDS:
                self._pieced.clear()
            known = self._pieced[written] = self._jointed(written)
        return known

    def _jointed(self, written: str) -> tuple[Word, ...]:
        pieces = [piece for piece in _JOINT.split(written) if piece]
        kept = tuple(self.word(piece) for piece in pieces if not self.is_stop(piece))
        if len(pieces) == 1:
            return kept
        whole = self.word("".join(pieces))
        return (Word(whole.written, whole.terms, kept, whole.compound),)

    def _facts(self, written: str) -> Word:
        if not self.language.danish:
            return Word(written, (self.stem(written),))
        parted = {each: self._split(each) for each in readings(written)}
        terms = tuple(dict.fromkeys(self._stem(each, parts) for each, parts in parted.items()))
        parts = next(filter(None, parted.values()), ())
        bare = (
            written in terms
            and _MARKABLE.fullmatch(written) is not None
            and not compounds.is_listed(written)
        )
        return Word(written, terms, (), tuple(self.stem(part) for part in parts), bare)

    def _stem(self, word: str, parts: tuple[str, ...]) -> str:
        """Return the stem of a word; of a compound its head's, for `tæpperens` is no `tæppe`."""
        if parts and word.endswith(parts[-1]):
            return word.removesuffix(parts[-1]) + self.language.stem(parts[-1])
        return self.language.stem(word)

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


def skeleton(word: str) -> str:
    """Return a folded word as a keyboard without æ, ø and å would leave it."""
    for written, letter in _SKELETON:
        word = word.replace(written, letter)
    return word


def is_amount(number: str, unit: str) -> bool:
    """Tell whether two words are a number and its unit."""
    return _amount(fold(number), fold(unit))[1]


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
