"""Draw the data map and the rules of retention into docs/privacy.md, as the code has them.

Usage: python scripts/privacy_map.py
"""

from __future__ import annotations

from pathlib import Path

from catalogue.core.text import reading_in
from catalogue.privacy.data_map import ENTRIES
from catalogue.privacy.retention_rules import RULES
from catalogue.settings import Settings

PAGE = Path(__file__).parent.parent / "docs" / "privacy.md"
BEGIN, END = "<!-- drawn by scripts/privacy_map.py -->", "<!-- end of what is drawn -->"


def drawn() -> str:
    """Return both tables in Markdown, in English."""
    with reading_in("en"):
        return "\n".join(["", *_map(), "", *_rules(), ""])


def main() -> None:
    """Put them between the marks of the page."""
    page = PAGE.read_text(encoding="utf-8")
    head, rest = page.split(BEGIN)
    PAGE.write_text(head + BEGIN + drawn() + END + rest.split(END)[1], encoding="utf-8")


def _map() -> list[str]:
    lines = ["| what, of whom | why, by which right | who reads it | kept | where |",
             "|---|---|---|---|---|"]  # fmt: skip
    for each in ENTRIES:
        kept = (
            str(each.how_long) if each.how_long else ", ".join(f"`{code}`" for code in each.rules)
        )
        where = "; ".join(f"`{table}`: {columns.replace(' ', ', ')}"
                          for table, columns in each.columns.items())  # fmt: skip
        lines.append(f"| {each.what}. {each.whose} | {each.why}. {each.basis} | {each.readers} |"
                     f" {kept} | {where} |")  # fmt: skip
    return lines


def _rules() -> list[str]:
    settings = Settings()
    lines = ["| rule | what | how long | why | source |", "|---|---|---|---|---|"]
    for each in RULES:
        lines.append(f"| `{each.code}` | {each.what} | {each.how_long(settings)} | {each.why} |"
                     f" {each.source} |")  # fmt: skip
    return lines


if __name__ == "__main__":
    main()
