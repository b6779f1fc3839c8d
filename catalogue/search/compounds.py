"""Danish compounds taken apart: `havebænk` is found by `bænk`. Pure; not a stemmer.

The words are data (data/README.md). A listed word is of one piece and never taken apart; a compound
is what listed words make up wholly. Prepositions, prefixes and derivational endings are not listed,
so `opgave` and `sikkerhed` stay whole. Asking a dictionary of full forms was rejected: it takes
`byskilte` for `bys` and `kilte` (DOMAIN.md section 5).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

SHORTEST_COMPOUND = 6
LONGEST_COMPOUND = 48
# A part that only the catalogue knows must be long: its texts hold slips and fragments too.
SHORTEST_KNOWN = 4
# A part of two or three letters stands only once in a compound, beside one of at least this length.
SURE_LENGTH = 4
KEPT_WORDS = 50_000

_LETTERS = re.compile(r"[a-zæøå]+")
_VOWELS = frozenset("aeiouyæøå")
_ENDINGS = ("erne", "eren", "ere", "ene", "rne", "ne", "en", "et", "er", "e", "n", "t", "r")
_DOUBLED = re.compile(r"[aeiouyæøå]([bdfgklmnprst])\1$")
# `cykler` is of `cykel` and `gafler` of `gaffel`: the e comes back, and the double consonant.
_LOST_E = re.compile(r"([bcdfgkmnpstv])([lrn])$")
_JOINED_BY_S = re.compile(r"(?:ing|hed|else|sion|tion|um|skab|dom|itet|ment)$")


@dataclass(frozen=True)
class Words:
    """What is known of words beforehand.

    `whole`: words of one piece. `first`: each shape of a part that is not last, with its dictionary
    form and whether the shape is usual. `last`: heads. `concrete`: heads that count only after the
    parts named with them. `never`: no parts, even when the catalogue uses them as words.
    """

    whole: frozenset[str]
    first: dict[str, tuple[str, bool]]
    last: frozenset[str]
    concrete: dict[str, frozenset[str]]
    never: frozenset[str]


@dataclass(frozen=True, order=True)
class Reading:
    """One way to take a word apart, or the beginning of it; the least is the most sensible."""

    count: int
    unusual: int
    last_begins: int
    parts: tuple[str, ...]


def knows_none(_word: str) -> bool:
    """Know no word beside the listed ones."""
    return False


def split(word: str, known: Callable[[str], bool] = knows_none) -> tuple[str, ...]:
    """Return the parts of a folded Danish compound in their order, () when it is none.

    Parts that are not last stand in their dictionary form, linking letters taken out; the last
    keeps its ending. `known` tells of a word that is not listed whether the catalogue has it.
    """
    if not SHORTEST_COMPOUND <= len(word) <= LONGEST_COMPOUND or not _LETTERS.fullmatch(word):
        return ()
    parts = _split_listed(word)
    if parts or known is knows_none:
        return parts
    return next(_split_beside(word, known), ())


def is_word(word: str) -> bool:
    """Tell whether a folded word is a listed one as it stands."""
    return word in _words().whole


def is_listed(word: str) -> bool:
    """Tell whether a folded word is a listed one, or may be an inflection of one."""
    return not _words().whole.isdisjoint(_bases(word))


@lru_cache(maxsize=KEPT_WORDS)
def _split_listed(word: str) -> tuple[str, ...]:
    """Return the parts of a compound that listed words make up wholly."""
    words, bases = _words(), _bases(word)
    if not words.whole.isdisjoint(bases):
        return ()
    begun = {0: Reading(0, 0, 0, ())}
    ends = []
    for place in range(2, len(word) - 1):
        ways = [way for start, way in begun.items() if word[start:place] in words.first]
        if not ways:
            continue
        begun[place] = min(_add(way, word[way.last_begins : place], place) for way in ways)
        parts = begun[place].parts
        head = _head(bases, place, parts[-1])
        if head and (_are_sure((*parts, head)) or _named(head, parts)):
            ends.append(begun[place])
    if not ends:
        return ()
    best = min(ends, key=lambda each: (each.count, each.unusual, each.last_begins))
    return (*best.parts, word[best.last_begins :])


def _add(way: Reading, shape: str, place: int) -> Reading:
    """Return a beginning with one part more, which ends before `place`.

    After a compound the linking s is the rule: `arbejdstøjsskab`, `køkkenbordsplade`.
    """
    form, usual = _words().first[shape]
    unusual = way.unusual + (not usual and not way.parts)
    return Reading(way.count + 1, unusual, place, (*way.parts, form))


def _head(bases: tuple[str, ...], place: int, before: str) -> str:
    """Return the listed head that begins at `place`, "" when there is none."""
    words = _words()
    for base in bases:
        head = base[place:]
        if head in words.last or before in words.concrete.get(head, ()):
            return head
    return ""


def _named(head: str, parts: tuple[str, ...]) -> bool:
    """Tell whether the list names this very pair, so that shortness is no doubt: `urtete`."""
    return parts[-1] in _words().concrete.get(head, ()) and len(parts) == 1


def _are_sure(parts: tuple[str, ...]) -> bool:
    return sum(len(part) < SURE_LENGTH for part in parts) <= 1


def _split_beside(word: str, known: Callable[[str], bool]) -> Iterator[tuple[str, ...]]:
    """Yield the ways to take `word` into a listed part and one that the catalogue knows."""
    words, bases = _words(), _bases(word)
    if not words.whole.isdisjoint(bases):
        return
    for place in range(SHORTEST_KNOWN, len(word) - 2):
        part = next((each for each in _without_link(word[:place]) if _counts(each, known)), "")
        if part and len(_head(bases, place, part)) > 2:
            yield part, word[place:]
    for place in range(3, len(word) - SHORTEST_KNOWN):
        form, _usual = words.first.get(word[:place], ("", False))
        if len(form) > 2 and any(_counts(base[place:], known) for base in bases):
            yield form, word[place:]


def _without_link(shape: str) -> tuple[str, ...]:
    return (shape, shape[:-1]) if shape.endswith("s") else (shape,)


def _counts(part: str, known: Callable[[str], bool]) -> bool:
    return len(part) >= SHORTEST_KNOWN and part not in _words().never and known(part)


@lru_cache(maxsize=1_000)
def _bases(word: str) -> tuple[str, ...]:
    """Return a word and what it may be an inflection of: `bænkenes` gives `bænk` among others."""
    found = {word: None}
    for each in (word, word.removesuffix("s")):
        found[each] = None
        for ending in _ENDINGS:
            if each.endswith(ending):
                base = each.removesuffix(ending)
                found.update(dict.fromkeys(_uninflected(base, ending)))
    return tuple(found)


def _uninflected(base: str, ending: str) -> Iterator[str]:
    """Yield the words that may take `ending` where `base` is what stands before it."""
    if not ending.startswith("e"):
        if base[-1:] in _VOWELS or (ending == "ne" and base.endswith("er")):
            yield base
        return
    yield base
    if _DOUBLED.search(base):
        yield base[:-1]
    if _LOST_E.search(base):
        yield f"{base[:-1]}e{base[-1]}"
        yield f"{base[:-1]}{base[-2]}e{base[-1]}"
    if ending in ("et", "er", "erne") and base[-1:] in _VOWELS | frozenset("nlt"):
        yield base + "um"


@cache
def _words() -> Words:
    """Read the lists, once."""
    sections = _sections("words_da.txt")
    traps = frozenset(entry for line in _lines("traps_da.txt") for entry in line.split())
    both, begins = sections["both"] + sorted(traps), sections["first"]
    last = frozenset(entry.split("/")[0] for entry in both + sections["last"])
    concrete = {}
    for line in _lines("concrete_heads_da.txt"):
        head, befores = line.split(":")
        concrete[head] = frozenset(befores.split())
    first: dict[str, tuple[str, bool]] = {}
    for entry in both + begins:
        for shape, usual in _shapes(entry):
            if usual or shape not in first:
                first[shape] = (entry.split("/")[0], usual)
    whole = last | {entry.split("/")[0] for entry in begins} | traps
    return Words(whole, first, last, concrete, frozenset(sections["never"]))


def _shapes(entry: str) -> Iterator[tuple[str, bool]]:
    """Yield the shapes a first part takes, and whether each is usual: `hund/hunde`, `sport/sports`.

    Where shapes are listed they are the usual ones, else the word itself, or with s after the
    endings that ask for it (`rengørings-`).
    """
    word, *listed = entry.split("/")
    asks_s = bool(_JOINED_BY_S.search(word))
    for shape in listed:
        yield shape, True
    yield word, not listed and not asks_s
    if word[-1] not in _VOWELS | {"s", "x", "z"} or asks_s:
        yield f"{word}s", asks_s


def _sections(name: str) -> dict[str, list[str]]:
    """Return the entries of a list under their `[headings]`."""
    found: dict[str, list[str]] = {}
    heading = ""
    for line in _lines(name):
        if line.startswith("["):
            heading = line.strip("[]")
            found.setdefault(heading, [])
        else:
            found[heading] += line.split()
    return found


def _lines(name: str) -> list[str]:
    """Return the lines of a data file, comments and empty ones left out."""
    text = (resources.files(__package__) / "data" / name).read_text(encoding="utf-8")
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return [line for line in lines if line]
