"""That the tests of papers find what a paper lacks, each fault made once; and what bounds a PDF."""

from __future__ import annotations

from pathlib import Path

import pytest
import tagged

from catalogue.core import printing

GOOD = (
    '<html lang="da"><head><title>Ordre 1</title></head><body><h1>Ordre</h1><table><thead><tr>'
    "<th>Vare</th></tr></thead><tbody><tr><td>Hus</td></tr></tbody></table></body></html>"
)
PICTURE = '<svg viewBox="0 0 9 9" width="9" height="9"><path d="M0 0h9v9z"/></svg>'


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("", ""), []),
        ((' lang="da"', ""), ["no language"]),
        (("Ordre 1", "Faktura 1"), ["no title"]),
        (("h1>", "p>"), ["no heading"]),
        (("th>", "td>"), ["a table without heads"]),
        (("</body>", f"{PICTURE}</body>"), ["a picture without words"]),
    ],
)
def test_what_a_paper_lacks_is_found(
    tmp_path: Path, change: tuple[str, str], fault: list[str]
) -> None:
    page = GOOD.replace(*change) if change[0] else GOOD
    assert tagged.faults(printing.to_pdf(page, tmp_path), "Ordre", tables=1) == fault


def test_page_that_would_hold_up_all_others_is_refused(tmp_path: Path) -> None:
    text = "x" * printing.MOST_LETTERS
    with pytest.raises(printing.TooLong):
        printing.to_pdf(GOOD.replace("</body>", f"{text}</body>"), tmp_path)


def test_page_that_cannot_be_written_gives_its_turn_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as changed:
        changed.setattr(printing, "VARIANT", "pdf/none-such")
        with pytest.raises(Exception, match="none-such"):
            printing.to_pdf(GOOD, tmp_path)
    monkeypatch.setattr(printing, "PATIENCE_SECONDS", 0.0)
    assert printing.to_pdf(GOOD, tmp_path).startswith(b"%PDF")
