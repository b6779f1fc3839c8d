"""Everyday words: the starting set that is shipped. What staff explain instead is in `words`."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from functools import cache
from importlib import resources
from sys import intern


@dataclass(frozen=True, slots=True)
class Synonym:
    """What a word means; `relation` is one of `said.Relation`."""

    word: str
    relation: str
    means: tuple[str, ...]
    categories: tuple[str, ...]


@cache
def starting_set() -> tuple[Synonym, ...]:
    """Return the entries that are shipped, in the order of the file."""
    source = resources.files(__package__) / "data" / "synonyms_da.csv"
    with io.StringIO(source.read_text(encoding="utf-8"), newline="") as file:
        return tuple(
            Synonym(
                intern(row["word"]),
                intern(row["relation"]),
                # Most texts stand in several rows, and are kept once.
                tuple(intern(each.strip()) for each in row["means"].split(";") if each.strip()),
                tuple(row["categories"].split()),
            )
            for row in csv.DictReader(file)
        )
