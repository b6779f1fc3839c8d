"""Every text of code and templates has its Danish form, and no Danish form is left without use."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent.parent / "catalogue"
METHODS = [("**/static/**", "ignore"), ("**.py", "python"), ("templates/**.html", "jinja2"),
           ("templates/**.txt", "jinja2")]  # fmt: skip
EXTENSIONS = {"extensions": "jinja2.ext.do,jinja2.ext.loopcontrols", "silent": "false"}
KEYWORDS = {"_": None, "lazy": None, "gettext": None, "ngettext": (1, 2)}


@cache
def _used() -> set[str]:
    found = extract_from_dir(
        ROOT,
        METHODS,
        options_map={"templates/**.html": EXTENSIONS, "templates/**.txt": EXTENSIONS},
        keywords=KEYWORDS,
    )
    return {
        message if isinstance(message, str) else message[0]
        for _file, _line, message, *_rest in found
    }


@cache
def translated() -> dict[str, str]:
    """Return each text with its Danish form; both forms of a plural, a line each."""
    texts: dict[str, str] = {}
    for path in sorted((ROOT / "translations" / "da").glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file):
                if message.id:
                    key = message.id if isinstance(message.id, str) else message.id[0]
                    string = message.string
                    texts[key] = string if isinstance(string, str) else "\n".join(string)
    return texts


def test_every_text_is_translated() -> None:
    texts = translated()
    assert sorted(used for used in _used() if not texts.get(used)) == []


def test_no_translation_is_unused() -> None:
    assert sorted(set(translated()) - _used()) == []


def test_translations_keep_the_places_of_values() -> None:
    place = re.compile(r"%\((\w+)\)[sd]")
    wrong = [
        text
        for text, danish in translated().items()
        if set(place.findall(text)) != set(place.findall(danish)) and "\n" not in danish
    ]
    assert wrong == []
