"""Whether a new password is one that guessing finds first. Whom it is for, and where, counts too.

How many guesses it takes is reckoned by zxcvbn from the 30,000 most used passwords, words, names,
dates and rows of keys; the words of the place come on top. Whoever runs the catalogue may add a
list of passwords that leaked. Nobody outside is asked.
"""

from __future__ import annotations

import csv
import hashlib
import importlib
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import BinaryIO

from catalogue.core.errors import Invalid, Unavailable
from catalogue.core.text import fold
from catalogue.core.text import lazy as _

# Below, a stolen mark of a password falls in hours, however slow its hash (zxcvbn's third step).
FEWEST_GUESSES = 10**8
LOOKED_AT = 72  # signs of it: reckoning takes time by their square, and that many are enough
LEAST_WORD = 3  # letters: shorter ones are parts of many words
_DATA = Path(__file__).parent / "data"


class NoList(Unavailable):
    """The list of leaked passwords cannot be read."""

    title = _("The list of leaked passwords cannot be read")


def check(password: str, own: Iterable[str], leaked: str = "") -> None:
    """Refuse a password that is easily guessed, or that leaked; raises Invalid, NoList.

    `own` are names and addresses of its person and her place; `leaked` is the path of a list.
    """
    if guesses(password, own) < FEWEST_GUESSES:
        text = _(
            "This password is soon guessed: many use it, or it is made of names, places, dates"
            " or rows of keys. Take, for example, four words that have nothing to do with each"
            " other"
        )
        raise Invalid({"password": [text]})
    if leaked and _is_listed(password, Path(leaked)):
        text = _("This password was stolen somewhere and is tried everywhere. Choose another")
        raise Invalid({"password": [text]})


def guesses(password: str, own: Iterable[str]) -> int:
    """Return how many guesses a password takes whoever knows the place and its person."""
    known = [*_pieces(own), *_words_of_the_place()]
    # It takes 14 MB and is asked for seldom.
    reckon = importlib.import_module("zxcvbn").zxcvbn
    # Signs at its ends and blanks within add less than zxcvbn reckons: they are tried first.
    bare = re.sub(r"[\s._-]+", "", re.sub(r"^[\W_]+|[\W_]+$", "", password))
    tried = {each[:LOOKED_AT] for each in (password, bare) if each}
    return min(int(reckon(each, user_inputs=known)["guesses"]) for each in tried)


def _pieces(texts: Iterable[str]) -> list[str]:
    """Return the words of names and addresses, also joined, as they are written and folded."""
    found: list[str] = []
    for text in texts:
        words = re.split(r"[\W_]+", text.casefold())
        found += [word for word in (*words, "".join(words)) if len(word) >= LEAST_WORD]
    return [*found, *(fold(word).replace(" ", "") for word in found)]


@cache  # two small files
def _words_of_the_place() -> list[str]:
    with (_DATA / "municipalities.csv").open(encoding="utf-8", newline="") as file:
        places = [row["name"] for row in csv.DictReader(file)]
    lines = (_DATA / "password_words.txt").read_text(encoding="utf-8").splitlines()
    words = [word for line in lines if not line.startswith("#") for word in line.split()]
    return _pieces([*words, *places])


def _is_listed(password: str, path: Path) -> bool:
    """Tell whether a list holds a password: lines of `SHA-1:count` in capitals, in their order."""
    mark = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    try:
        with path.open("rb") as file:
            return _find(file, mark, path.stat().st_size)
    except OSError:
        raise NoList(_("Whoever runs the catalogue must mend it. Try again later.")) from None


def _find(file: BinaryIO, mark: bytes, size: int) -> bool:
    """Halve a file of lines in order until a mark is found, or is not there."""
    low, high = 0, size  # the line looked for begins within, if there is one
    while low < high:
        middle = (low + high) // 2
        file.seek(max(middle - 1, 0))
        if middle:
            file.readline()  # the rest of the line that the middle lies in
        begins = file.tell()
        line = file.readline()
        if begins >= high or not line or line >= mark:
            if line[: len(mark)] == mark:
                return True
            high = middle
        else:
            low = begins + len(line)
    return False
