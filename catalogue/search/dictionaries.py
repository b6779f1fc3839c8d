"""What words mean in each municipality, ready to be asked: made once for each state of its words.

What is shipped is there once for all; what a municipality explains lies above it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import cache, lru_cache

from sqlalchemy.orm import Session

from catalogue.core.text import fold

from . import words
from .analysis import Chain, Language
from .meaning import Meanings, Meant
from .said import Relation, Said
from .synonyms import starting_set
from .words import UNTOUCHED, Version

MOST_KEPT = 256  # they hold only what a municipality explains itself
Key = tuple[int, str]  # municipality with words of its own, name of the chain


@cache  # for all applications of a process: to read it takes most of a second
def starting_words(language: Language) -> Said:
    """Return what is shipped of words in a language; it is in Danish."""
    return Said(Chain(language), starting_set() if language.danish else ())


class Dictionaries:
    """The meanings that were asked for last."""

    def __init__(self, shipped: Said) -> None:
        self.shipped = shipped
        self._shipped: tuple[str, Meanings] | None = None
        self._kept: OrderedDict[Key, tuple[Version, Meanings]] = OrderedDict()
        self._turn = threading.Lock()

    @property
    def listed(self) -> Sequence[words.Shipped]:
        """What is shipped, as a list shows it."""
        return _listed(self.shipped)

    def meant(self, session: Session, municipality_id: int) -> Meant:
        """Return what gives the municipality's meanings; one query, another when words changed."""
        version = words.get_version(session, municipality_id)

        def meanings(chain: Chain) -> Meanings:
            if version == UNTOUCHED:
                return self._base(chain)
            key = (municipality_id, chain.name)
            found = self._find(key, version)
            if found is None:
                found = self._own(session, municipality_id, chain)
                self._keep(key, version, found)
            return found

        return meanings

    def prepare(self, chain: Chain, rest: Callable[[], object]) -> None:
        """Take what is shipped to its stems, before somebody asks; some seconds of work."""
        self._base(chain).prepare(rest)
        chain.forget()  # most words of the dictionary nobody asks for

    def _own(self, session: Session, municipality_id: int, chain: Chain) -> Meanings:
        said = words.list_own(session, municipality_id)
        replaced = {fold(each.word) for each in said}
        explained = [each for each in said if each.relation != Relation.NOTHING]
        return Meanings(chain, Said(chain, explained), self._base(chain), replaced)

    def _base(self, chain: Chain) -> Meanings:
        """Return what is shipped, for the chain that was asked last."""
        with self._turn:
            if self._shipped is None or self._shipped[0] != chain.name:
                self._shipped = chain.name, Meanings(chain, self.shipped)
            return self._shipped[1]

    def _find(self, key: Key, version: Version) -> Meanings | None:
        with self._turn:
            kept = self._kept.get(key)
            if kept is None or kept[0] != version:
                return None
            self._kept.move_to_end(key)
            return kept[1]

    def _keep(self, key: Key, version: Version, meanings: Meanings) -> None:
        with self._turn:
            self._kept[key] = version, meanings
            self._kept.move_to_end(key)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)


@lru_cache(maxsize=1)
def _listed(shipped: Said) -> Sequence[words.Shipped]:
    return words.in_order(shipped.entries)
