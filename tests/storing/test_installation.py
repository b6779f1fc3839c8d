"""An installation in a bucket: checked, saved, restored either way, moved there."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click import ClickException
from click.testing import CliRunner, Result
from conftest import on_sqlite
from flask import Flask
from operating.check_world import SHA256, SHEET, make
from products.world import open_store
from sqlalchemy.orm import Session

from catalogue import cli_check
from catalogue.cli import main
from catalogue.cli_telling import Report
from catalogue.core import shelves
from catalogue.core.bucket import open_bucket
from catalogue.core.folder import Folder
from catalogue.core.kept_files import name_of
from catalogue.core.shelves import open_shelf
from catalogue.core.storage import BIN, Shelf
from catalogue.core.text import reading_in
from catalogue.media import service as media
from catalogue.operating import moving
from catalogue.privacy import retention
from catalogue.privacy.retention_rules import RULES
from catalogue.search import service as search
from catalogue.settings import Settings, read


@dataclass(frozen=True)
class Place:
    """An installation as its commands see it."""

    folder: Path
    told: dict[str, str]

    def run(self, *arguments: str) -> Result:
        """Run a command."""
        around = dict.fromkeys(("CATALOGUE_MEDIA_BUCKET", "CATALOGUE_MEDIA_ENDPOINT"))
        own = {
            "CATALOGUE_DATA_FOLDER": str(self.folder), "CATALOGUE_SECRET_KEY": "of the tests",
            "CATALOGUE_DATABASE_URL": f"sqlite:///{self.folder}/catalogue.sqlite",
            "CATALOGUE_TEST_POSTGRES_URL": None,
        }  # fmt: skip
        return CliRunner().invoke(main, [*arguments, "--json"], env=around | own | self.told)

    def files(self) -> dict[str, bytes]:
        """Return what lies on the shelves."""
        settings = read({"CATALOGUE_DATA_FOLDER": str(self.folder), **self.told})
        kept: dict[str, bytes] = {}
        for name in shelves.NAMES:
            shelf = open_shelf(settings, name)
            kept |= {f"{name}/{each}": shelf.read(each) or b"" for each, _at in shelf.list_all()}
        return kept


@pytest.fixture
def in_bucket(bucket: dict[str, str]) -> dict[str, str]:
    """The settings that name the bucket."""
    return {name: told for name, told in bucket.items() if name.startswith("CATALOGUE_")}


@pytest.fixture
def empty_sqlite_at(tmp_path: Path, empty_sqlite: Path) -> Any:
    """Return what lays an empty database in a folder."""

    def lay(name: str) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        (folder / "catalogue.sqlite").write_bytes(empty_sqlite.read_bytes())
        return folder

    return lay


@pytest.fixture
def app_settings(in_bucket: dict[str, str]) -> dict[str, str]:
    """The application has the bucket from the first day."""
    return in_bucket


def _change(shelf: Shelf) -> None:
    shelf.write(name_of(SHA256), b"something else")


def _lose(shelf: Shelf) -> None:
    shelf.remove(name_of(SHA256))


@on_sqlite
def test_check_names_what_is_missing_and_changed(app: Flask) -> None:
    here = make(app)
    cli_check.look(here.state, Report(as_json=True))
    assert not (here.folder / "evidence").exists()
    for name in (shelves.EVIDENCE, shelves.QUOTES, shelves.MESSAGES):
        shelf = open_shelf(here.state.settings, name)
        for spoil, code in ((_change, "changed"), (_lose, "missing")):
            spoil(shelf)
            told = Report(as_json=True)
            with pytest.raises(ClickException, match="missing or changed"):
                cli_check.look(here.state, told)
            assert told.facts[f"{name}_{code}"]["first"] == [f"{name}/{SHA256}"]
        shelf.write(name_of(SHA256), SHEET)
    here.state.parts[search.PART].close()


@pytest.mark.parametrize(("source", "target"), [("bucket", "folder"), ("folder", "bucket")])
def test_backup_goes_from_either_form_into_either(
    source: str, target: str, in_bucket: dict[str, str], empty_sqlite_at: Any, tmp_path: Path
) -> None:
    told = {"bucket": in_bucket, "folder": {}}
    here, there = Place(empty_sqlite_at("here"), told[source]), Place(tmp_path / "there",
                                                                      told[target])  # fmt: skip
    settings = read({"CATALOGUE_DATA_FOLDER": str(here.folder), **told[source]})
    for name in shelves.NAMES:
        open_shelf(settings, name).write(name_of(SHA256), SHEET)
    open_shelf(settings, shelves.QUOTES).write("plain.txt", b"of another name")
    saved = tmp_path / "saved.tar"
    assert here.run("backup", str(saved)).exit_code == 0
    kept = here.files()
    if source == "bucket":
        refused = Place(tmp_path / "third", in_bucket).run("restore", str(saved))
        assert "something is here already" in refused.stderr
    done = there.run("restore", str(saved))
    assert done.exit_code == 0, done.output
    assert there.files() == kept
    assert len(kept) == len(shelves.NAMES) + 1
    assert (there.folder / "evidence").exists() is (target == "folder")


def test_what_lies_in_the_bin_is_saved_under_its_own_name(
    in_bucket: dict[str, str], empty_sqlite_at: Any, tmp_path: Path
) -> None:
    here, there = Place(empty_sqlite_at("here"), in_bucket), Place(tmp_path / "there", {})
    shelf = open_shelf(read(in_bucket), shelves.MESSAGES)
    shelf.write(f"{BIN}/{name_of(SHA256)}", SHEET)
    assert here.run("backup", str(tmp_path / "saved.tar")).exit_code == 0
    assert there.run("restore", str(tmp_path / "saved.tar")).exit_code == 0
    assert there.files() == {f"messages/{name_of(SHA256)}": SHEET}


def test_files_are_moved_from_the_folder_into_the_bucket_and_none_is_lost_on_the_way(
    in_bucket: dict[str, str], empty_sqlite_at: Any
) -> None:
    folder = empty_sqlite_at("here")
    old, new = Place(folder, {}), Place(folder, in_bucket)
    for name in shelves.NAMES:
        Folder(folder / name).write(name_of(SHA256), SHEET)
    sheet = hashlib.sha256(SHEET).hexdigest()
    open_store(folder).keep_attachment(sheet, SHEET)
    (folder / "evidence" / ".half.0123456789ab").write_bytes(b"")
    kept = {name: told for name, told in old.files().items() if "/." not in name}
    refused = old.run("move-files")
    assert (refused.exit_code, "CATALOGUE_MEDIA_BUCKET" in refused.stderr) == (1, True)
    told = json.loads(new.run("move-files", "--copy").stdout)
    assert told == {"written": len(kept) + 1, "known": 0}
    assert old.files().keys() >= kept.keys()
    assert new.files() == kept
    late = hashlib.sha256(b"sent meanwhile").hexdigest()
    Folder(folder / "messages").write(name_of(late), b"sent meanwhile")
    told = json.loads(new.run("move-files").stdout)
    assert told["written"] + told["known"] == len(kept) + 2
    assert told["written"] >= 1
    assert new.files() == kept | {f"messages/{name_of(late)}": b"sent meanwhile"}
    assert set(old.files()) == {"evidence/.half.0123456789ab"}
    whole = open_bucket(in_bucket["CATALOGUE_MEDIA_BUCKET"], in_bucket["CATALOGUE_MEDIA_ENDPOINT"])
    assert whole.read(f"attachments/{sheet[:2]}/{sheet}") == SHEET
    assert json.loads(new.run("move-files").stdout) == {"written": 0, "known": 0}


class Torn(Folder):
    """Files elsewhere, of which the first that is written comes to harm."""

    is_torn = False

    def write(self, name: str, content: bytes) -> None:
        super().write(name, content if self.is_torn else content[:1])
        self.is_torn = True


@on_sqlite
def test_file_that_came_back_otherwise_is_brought_again_before_the_folder_loses_it(
    app: Flask, tmp_path: Path
) -> None:
    state = app.extensions["catalogue"]
    here, there = Folder(state.settings.media_folder), Torn(tmp_path / "elsewhere")
    here.write(name_of(SHA256), SHEET)
    state.parts[media.PART] = replace(state.parts[media.PART], files=there)
    with pytest.raises(ClickException, match="back otherwise than it was written"):
        moving.move(state, lambda _done, _total: None)
    assert here.read(name_of(SHA256)) == SHEET
    moving.move(state, lambda _done, _total: None)
    assert (here.read(name_of(SHA256)), there.read(name_of(SHA256))) == (None, SHEET)


@on_sqlite
def test_night_lays_what_nothing_names_in_the_bin_and_the_next_one_empties_it(
    session: Session, in_bucket: dict[str, str]
) -> None:
    settings = read(in_bucket)
    shelf = open_shelf(settings, shelves.MESSAGES)
    shelf.write(name_of(SHA256), SHEET)
    waiting = open_shelf(settings, shelves.AGREEMENT_LISTS)
    waiting.write(f"1-{'ab' * 16}/list", SHEET)
    night = datetime.now(UTC) + timedelta(days=2)
    assert retention.due(session, settings, night)["uploads"] == 2
    assert retention.work(session, settings, night).removed["uploads"] == 2
    assert [name for name, _at in shelf.list_all()] == [f"{BIN}/{name_of(SHA256)}"]
    assert list(waiting.list_all()) == []
    assert retention.work(session, settings, night).removed["uploads"] == 0
    assert list(shelf.list_all()) == []


def test_notice_of_privacy_tells_the_day_in_the_bin() -> None:
    (rule,) = [each for each in RULES if each.code == "uploads"]
    with reading_in("en"):
        assert str(rule.how_long(Settings(media_bucket="catalogue"))).startswith("two days")
        assert str(rule.how_long(Settings())).startswith("one day")
