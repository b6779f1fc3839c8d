"""The Danish stemmer by regular expressions gives the stems of Snowball's own."""

from __future__ import annotations

import random
from itertools import product

import snowballstemmer

from catalogue.search import snowball

ENDINGS = """
    hed ethed ered e erede ende erende ene erne ere en heden eren er heder erer s heds es endes
    erendes enes ernes eres ens hedens erens ers ets erets et eret ig lig elig els løst igst gd dt
    gt kt bb ss tt
"""
BEGINNINGS = ("", "b", "æg", "sko", "bænk", "rengør", "ø", "strl", "venlig", "hus")


def test_every_ending_behind_every_kind_of_beginning_is_taken_as_snowball_takes_it() -> None:
    chance = random.Random(1)
    letters = "abcdefghijklmnoprstuvwxyzæøåé"
    made = ["".join(chance.choices(letters, k=chance.randrange(9))) for _n in range(1_000)]
    endings = ENDINGS.split()
    ended = [begun + ending for begun, ending in product(BEGINNINGS, endings)]
    twice = [begun + chance.choice(endings) + chance.choice(endings) for begun in made]
    words = [*made, *ended, *twice]
    stemmer = snowballstemmer.stemmer("danish")
    assert [snowball.danish(word) for word in words] == stemmer.stemWords(words)
