"""`catalogue import products`: a preview, refused rows with their cells, and quiet in logs."""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import cast
import pytest
from click.testing import CliRunner, Result
from products.world import encoded, seller
from sqlalchemy import select

from catalogue.cli import entry, main
from catalogue.core.db import Database
from catalogue.enterprises.models import Enterprise
from catalogue.products.models import Product

LISTS = Path(__file__).parent.parent / "data" / "price_lists"
ELSEWHERE = ("CATALOGUE_DATABASE_URL", "CATALOGUE_TEST_POSTGRES_URL")
HEAD = "Varenummer;Titel;Variant af;Størrelse;Farve;Pris;Billeder;Billedtekster\n"
SHIRTS = "T-M;Skjorte;;M;blå;100;;\nT-R;;T-M;M;rød;120;roed.jpg;Skjorten i rødt\n"
FAULTY = "T-L;;T-X;L;blå;90;;\nT-K;;T-M;K;blå;dyr;;\n"


@pytest.fixture
def here(empty_sqlite: Path, tmp_path: Path) -> Iterator[Database]:
    """A data folder with an enterprise; the command speaks to it alone, whatever the engine."""
    (tmp_path / "catalogue.sqlite").write_bytes(empty_sqlite.read_bytes())
    opened = Database(f"sqlite:///{tmp_path}/catalogue.sqlite")
    with opened.transaction() as session:
        for name in ("Slagelse", "Sorø"):
            cast.municipality(session, name)
        cast.category(session, "50870000")
        seller(session)
    yield opened
    opened.dispose()


def cvr(here: Database) -> str:
    """Return the number of the enterprise there."""
    with here.reading() as session:
        return session.scalars(select(Enterprise.cvr)).one()


def run(here: Database, file: Path, *arguments: str, whose: str = "") -> Result:
    """Run the command; what it prints is not a terminal."""
    folder = str(Path(str(here.url.database)).parent)
    return CliRunner().invoke(
        main, ["import", "products", str(file), "--enterprise", whose or cvr(here), *arguments],
        env={"CATALOGUE_DATA_FOLDER": folder} | dict.fromkeys(ELSEWHERE),
    )  # fmt: skip


def numbers(here: Database) -> list[str]:
    """Return the item numbers of the products there are."""
    with here.reading() as session:
        return list(session.scalars(select(Product.item_number).order_by(Product.id)))


def test_preview_writes_nothing_and_apply_writes_once(here: Database) -> None:
    clean = LISTS / "legehytten_clean.csv"
    shown = run(here, clean)
    assert (shown.exit_code, numbers(here)) == (0, [])
    assert "0 refused, 3 created, 0 changed, 0 unchanged" in shown.stdout
    assert "run it with --apply" in shown.stdout
    done = run(here, clean, "--apply")
    assert (done.exit_code, len(numbers(here))) == (0, 3)
    assert done.stdout.endswith("Written.\n")
    again = run(here, clean, "--apply", whose=f"DK{cvr(here)}")
    assert "3 unchanged" in again.stdout
    assert len(numbers(here)) == 3


def test_refused_rows_are_told_by_cell_and_keep_all_back_but_for_apply_good(
    here: Database, tmp_path: Path
) -> None:
    packed = tmp_path / "billeder.zip"
    with zipfile.ZipFile(packed, "w") as parts:
        parts.writestr("Roed.JPG", encoded("red"))
    file = tmp_path / "skjorter.csv"
    file.write_text(HEAD + SHIRTS + FAULTY, encoding="utf-8")
    refused = run(here, file, "--images", str(packed), "--apply")
    assert (refused.exit_code, numbers(here)) == (1, [])
    assert "2 refused, 2 created" in refused.stdout
    for told in ("C4 Variant af: Der er ingen vare T-X", "F5 Pris"):
        assert told in " ".join(refused.stdout.split())
    assert "Nothing was written" in refused.stdout
    good = run(here, file, "--images", str(packed), "--apply-good")
    assert (good.exit_code, numbers(here)) == (0, ["T-M"])
    with here.reading() as session:
        told = session.scalars(select(Product.details)).one()
    assert [each["item_number"] for each in told["variants"]] == ["T-R"]
    assert told["variants"][0]["image_id"]


def test_nothing_but_the_answer_is_printed_where_there_is_no_terminal(here: Database) -> None:
    done = run(here, LISTS / "legehytten_clean.csv", "--apply")
    assert done.stderr == ""
    assert "%" not in done.stdout


def test_unknown_enterprise_or_file_ends_with_a_reason_in_a_line(
    here: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clean = str(LISTS / "legehytten_clean.csv")
    monkeypatch.setenv("CATALOGUE_DATA_FOLDER", str(Path(str(here.url.database)).parent))
    for name in ELSEWHERE:
        monkeypatch.delenv(name, raising=False)
    for file, whose, told in ((clean, "99999999", "99999999"), ("intet.csv", cvr(here), "intet")):
        command = ["catalogue", "import", "products", file, "--enterprise", whose]
        monkeypatch.setattr(sys, "argv", command)
        with pytest.raises(SystemExit) as ended:
            entry()
        printed = capsys.readouterr()
        assert (ended.value.code, printed.out) == (1, "")
        assert told in printed.err
