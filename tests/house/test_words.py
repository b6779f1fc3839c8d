"""The Danish texts and guides use the words of docs/sprog.md, and none that it strikes out."""

from __future__ import annotations

import re
from pathlib import Path

from house.test_translations import translated

DOCS = Path(__file__).parents[2] / "docs"
GUIDES = sorted((DOCS / "vejledning").glob("*.md"))


def struck_out() -> list[tuple[str, re.Pattern[str]]]:
    """Read the last column of the tables: each word with what finds it."""
    lines = (DOCS / "sprog.md").read_text(encoding="utf-8").splitlines()
    rows = [line.strip("|").split("|") for line in lines if line.startswith("| ")]
    words = [word for row in rows[1:] for word in re.findall(r"`([^`]+)`", row[-1])]
    return [(each, _finding(each)) for each in words]


def _finding(word: str) -> re.Pattern[str]:
    ending = r"\w*" if word.endswith("*") else r"(?!\w)"
    return re.compile(rf"(?<![\w-]){re.escape(word.rstrip('*'))}{ending}", re.IGNORECASE)


def test_struck_out_words_stand_in_no_text_and_no_guide() -> None:
    texts = {f"”{english}”": danish for english, danish in translated().items()}
    texts |= {path.name: path.read_text(encoding="utf-8") for path in GUIDES}
    words = struck_out()
    assert len(words) > 40
    used = [
        f"{where}: {word}"
        for where, text in texts.items()
        for word, finding in words
        if finding.search(text)
    ]
    assert used == []


def test_danish_quotes_are_danish() -> None:
    texts = translated()
    assert [english for english, danish in texts.items() if "“" in danish or "»" in danish] == []
