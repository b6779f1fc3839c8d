"""A backup taken in use is restored elsewhere, row by row and file by file; what is odd is told."""

from __future__ import annotations

import hashlib
import io
import json
import secrets
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import cast
import pytest
from click.testing import CliRunner, Result
from conftest import on_sqlite
from products.world import facts, open_store, photo, seller
from sqlalchemy import create_engine, func, inspect, select, text
from sqlalchemy.engine import make_url

from catalogue import app as _all_models  # noqa: F401  before a thread uses them
from catalogue.cli import main
from catalogue.core import jobs
from catalogue.core.db import Database
from catalogue.core.receiving import Received
from catalogue.products import attaching
from catalogue.products import service as products
from catalogue.products.attaching import Described, New
from catalogue.products.service import Upload

SHEET = b"%PDF-1.7 %%EOF"


@dataclass(frozen=True)
class Place:
    """An installation: its data folder and its database."""

    folder: Path
    url: str

    def run(self, *arguments: str, key: str = "a secret of the tests") -> Result:
        """Run a command on it."""
        environment = {
            "CATALOGUE_DATA_FOLDER": str(self.folder), "CATALOGUE_DATABASE_URL": self.url,
            "CATALOGUE_SECRET_KEY": key, "CATALOGUE_TEST_POSTGRES_URL": None,
        }  # fmt: skip
        return CliRunner().invoke(main, [*arguments, "--json"], env=environment)

    def rows(self) -> dict[str, list[str]]:
        """Return every row of every table, but the outbox that is written meanwhile."""
        engine = create_engine(self.url)
        with engine.connect() as connection:
            names = set(inspect(connection).get_table_names()) - {"catalogue_outbox"}
            told = {name: sorted(str(tuple(row)) for row in connection.execute(
                text(f'SELECT * FROM "{name}"'))) for name in names}  # fmt: skip
        engine.dispose()
        return told

    def files(self) -> dict[str, bytes]:
        """Return every file but database and index."""
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            for name in ("media", "evidence")
            for path in (self.folder / name).rglob("*")
            if path.is_file()
        }


@pytest.fixture
def here(database: Database, tmp_path: Path) -> Place:
    """An installation with a product, its picture, an attachment and a file of evidence."""
    place = Place(tmp_path / "here", database.url.render_as_string(hide_password=False))
    store = open_store(place.folder)
    sha256 = hashlib.sha256(SHEET).hexdigest()
    store.keep_attachment(sha256, SHEET)
    with database.transaction() as session:
        own = seller(session)
        product = products.create_draft(session, own.who, facts(), cast.NOW)
        pictures = Upload([photo(store)], 12)
        products.add_images(session, own.who, product.id, pictures, cast.NOW)
        sheet = New(Received("a.pdf", sha256, "pdf", len(SHEET)), Described("other", "Bilag"), 10)
        attaching.attach(session, own.who, product.id, sheet, cast.NOW)
    (place.folder / "evidence").mkdir()
    (place.folder / "evidence" / "proof.pdf").write_bytes(b"%PDF-1.7")
    return place


@pytest.fixture
def elsewhere(database: Database, tmp_path: Path) -> Iterator[Place]:
    """An empty place of the same kind."""
    if database.is_sqlite:
        yield Place(tmp_path / "there", f"sqlite:///{tmp_path}/there/catalogue.sqlite")
        return
    name = f"catalogue_there_{secrets.token_hex(4)}"
    admin = create_engine(database.url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = make_url(database.url).set(database=name).render_as_string(hide_password=False)
    yield Place(tmp_path / "there", url)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@contextmanager
def _writing_pairs(database: Database) -> Iterator[None]:
    """Write two rows in each transaction until the block ends."""
    stopping = threading.Event()

    def write() -> None:
        while not stopping.wait(0.002):
            with database.transaction() as session:
                for number in (1, 2):
                    jobs.put(session, "test.pair", {"number": number}, now=cast.NOW)

    thread = threading.Thread(target=write)
    thread.start()
    yield
    stopping.set()
    thread.join()


def test_backup_taken_in_use_is_restored_row_by_row_and_file_by_file(
    database: Database, here: Place, elsewhere: Place, tmp_path: Path
) -> None:
    saved, stray = tmp_path / "saved.tar", here.folder / "media" / "stray.txt"
    stray.write_text("named by nothing")
    with _writing_pairs(database):
        made = here.run("backup", str(saved))
    told = json.loads(made.stdout)
    assert (made.exit_code, told["files_absent"], saved.stat().st_mode & 0o77) == (0, [], 0)
    done = elsewhere.run("restore", str(saved))
    told = json.loads(done.stdout)
    assert (done.exit_code, told["differences"]) == (0, []), done.output
    assert elsewhere.rows() == here.rows()
    stray.unlink()
    assert elsewhere.files() == here.files()
    assert len(here.files()) > 2
    copy = Database(elsewhere.url)
    with copy.reading() as session:
        pairs = select(func.count()).where(jobs.Job.topic == "test.pair")
        assert session.scalar(pairs) % 2 == 0, "one moment, though others wrote meanwhile"
    copy.dispose()
    again = elsewhere.run("restore", str(saved))
    assert again.exit_code == 1
    assert "something is here already: table catalogue_" in again.stderr


@on_sqlite
def test_secrets_stay_out_of_a_backup_unless_they_are_asked_for(
    here: Place, elsewhere: Place, tmp_path: Path
) -> None:
    for name, options in (("without.tar", []), ("with.tar", ["--with-secrets"])):
        assert here.run("backup", str(tmp_path / name), *options).exit_code == 0
        assert (b"a secret of the tests" in (tmp_path / name).read_bytes()) is bool(options)
    shown = elsewhere.run("restore", str(tmp_path / "without.tar"), "--dry-run", key="another")
    assert shown.exit_code == 0
    assert "the secret key is another" in " ".join(json.loads(shown.stdout)["differences"])
    assert not list(elsewhere.folder.rglob("*.sqlite*"))


HARMS: tuple[tuple[str, bytes | None, str], ...] = (
    ("media", b"x", "was changed"),
    ("media", None, "is missing"),
    ("../stranger", b"x", "../stranger is not of it"),
    ("manifest.json", None, "has no manifest"),
    ("manifest.json", b'{"format": 9}', "has the format 9"),
)


@on_sqlite
def test_what_is_not_whole_is_told_before_anything_is_written(
    here: Place, elsewhere: Place, tmp_path: Path
) -> None:
    here.run("backup", str(tmp_path / "saved.tar"))
    for number, (name, content, said) in enumerate(HARMS):
        harmed = tmp_path / f"{number}.tar"
        _harm(tmp_path / "saved.tar", harmed, name, content)
        done = elsewhere.run("restore", str(harmed))
        assert (done.exit_code, said in done.stderr) == (1, True), done.output
    assert not list(elsewhere.folder.rglob("*.sqlite*"))


def _harm(saved: Path, harmed: Path, name: str, content: bytes | None) -> None:
    """Write a backup anew in which a file has another content, or is not (None)."""
    with tarfile.open(saved) as packed, tarfile.open(harmed, "w") as written:
        names = packed.getnames()
        chosen = next((each for each in names if each.startswith(name)), name)
        for each in {*names, chosen}:
            given = content
            if each != chosen:
                opened = packed.extractfile(each)
                given = opened.read() if opened else b""
            if given is not None:
                entry = tarfile.TarInfo(each)
                entry.size = len(given)
                written.addfile(entry, io.BytesIO(given))
