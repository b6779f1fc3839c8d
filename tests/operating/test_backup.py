"""A backup taken in use is restored elsewhere, row by row and file by file; what is odd is told."""

from __future__ import annotations

import hashlib
import io
import json
import secrets
import shlex
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import cast
import pytest
from click.testing import CliRunner, Result
from conftest import on_sqlite
from ordering.world import DELIVERY, World, make, put
from products.world import facts, open_store, photo, seller
from sqlalchemy import create_engine, delete, inspect, select, text
from sqlalchemy.engine import make_url

from catalogue import app as _all_models  # noqa: F401  before a thread uses them
from catalogue.cli import main
from catalogue.core.db import Database
from catalogue.core.folder import Folder
from catalogue.core.receiving import Door, Received, receive
from catalogue.media.models import Image
from catalogue.operating import archive, backup
from catalogue.ordering import messages, service
from catalogue.ordering.messages import Written
from catalogue.products import attaching, stock
from catalogue.products import service as products
from catalogue.products.attaching import Described, New
from catalogue.products.models import ProductImage
from catalogue.products.service import Upload
from catalogue.settings import read

SHEET = b"%PDF-1.7 %%EOF"
KEPT = ("media", "evidence", "quotes", "messages", "documents")
TOLD = {"basket_days": "77", "mail_from": "Indkøb 'Nord' <indkob@eksempel.dk>",
        "cookie_secure": "false", "smtp_host": "smtp.eksempel.dk"}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """An installation: its data folder and its database."""

    folder: Path
    url: str

    def run(self, *arguments: str, key: str = "a secret of the tests", **settings: str) -> Result:
        """Run a command on it; `settings` are those of TOLD unless they say otherwise."""
        environment = {
            "CATALOGUE_DATA_FOLDER": str(self.folder), "CATALOGUE_DATABASE_URL": self.url,
            "CATALOGUE_SECRET_KEY": key, "CATALOGUE_TEST_POSTGRES_URL": None,
            **{f"CATALOGUE_{name.upper()}": each for name, each in (TOLD | settings).items()},
        }  # fmt: skip
        return CliRunner().invoke(main, [*arguments, "--json"], env=environment)

    def rows(self) -> dict[str, list[str]]:
        """Return every row of every table."""
        engine = create_engine(self.url)
        with engine.connect() as connection:
            names = inspect(connection).get_table_names()
            told = {name: sorted(str(tuple(row)) for row in connection.execute(
                text(f'SELECT * FROM "{name}"'))) for name in names}  # fmt: skip
        engine.dispose()
        return told

    def files(self) -> dict[str, bytes]:
        """Return every file that is kept: pictures, documents, evidence, files of messages."""
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            for name in KEPT
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
    for name in ("evidence", "quotes", "documents"):
        (place.folder / name).mkdir()
        (place.folder / name / "proof.pdf").write_bytes(b"%PDF-1.7" + name.encode())
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


@dataclass
class Trade:
    """Orders that are placed while a backup is taken, each with a message and its file."""

    database: Database
    folder: Path
    world: World
    stopping: threading.Event
    placed: int = 0

    def go_on(self) -> None:
        """Order, and write on the order, until it is enough."""
        while not self.stopping.wait(0.01):
            self.order()

    def order(self) -> None:
        """Place an order, and send a message with a file that no other is like."""
        content = b"%PDF-1.7 " + str(self.placed).encode() + b" %%EOF"
        sent = receive(Folder(self.folder / "messages"), Door("files", 1_000), "a.pdf", content)
        with self.database.transaction() as session:
            put(session, self.world, "1")
            key = f"form-{self.placed}"
            (made,) = service.place(session, self.world.who, DELIVERY, key, cast.NOW)
            written = Written("Se bilaget", [sent])
            messages.send(session, self.world.who, made.number, written, now=cast.NOW,
                          mail_at=cast.NOW)  # fmt: skip
        self.placed += 1


@contextmanager
def _trading(database: Database, folder: Path) -> Iterator[Trade]:
    """Place orders and send files until the block ends; two are there when it begins."""
    with database.transaction() as session:
        world = make(session)
        pictures = select(Image.id).where(Image.enterprise_id == world.enterprise.id)
        session.execute(delete(ProductImage).where(ProductImage.image_id.in_(pictures)))
        session.execute(delete(Image).where(Image.enterprise_id == world.enterprise.id))
        told = {world.product.id: Decimal(10_000)}
        stock.count(session, world.worker_who, told, cast.NOW)
    trade = Trade(database, folder, world, threading.Event())
    for _time in range(2):
        trade.order()
    thread = threading.Thread(target=trade.go_on)
    thread.start()
    try:
        yield trade
    finally:
        trade.stopping.set()
        thread.join()


def test_backup_taken_in_use_is_of_one_moment_and_whole(
    database: Database, here: Place, elsewhere: Place, tmp_path: Path
) -> None:
    saved = tmp_path / "saved.tar"
    with _trading(database, here.folder) as trade:
        before = trade.placed
        made = here.run("backup", str(saved))
        after = trade.placed
    assert made.exit_code == 0, made.output
    assert after > before, "nobody ordered meanwhile"
    done = elsewhere.run("restore", str(saved))  # it ends with what `catalogue check` looks at
    assert done.exit_code == 0, done.output
    there, ours = elsewhere.rows(), here.rows()
    orders = len(there["catalogue_orders"])
    assert before <= orders <= after + 1
    for table in ("order_lines", "order_events", "order_messages", "message_files", "stock_holds"):
        rows = there[f"catalogue_{table}"]
        if table != "stock_holds":
            assert len(rows) == orders, table
        assert set(rows) <= set(ours[f"catalogue_{table}"]), table
    files = elsewhere.files()
    assert files.items() <= here.files().items()
    assert sum(name.startswith("messages/") for name in files) >= orders


def test_backup_is_restored_row_by_row_file_by_file_and_with_its_settings(
    database: Database, here: Place, elsewhere: Place, tmp_path: Path
) -> None:
    saved, stray = tmp_path / "saved.tar", here.folder / "media" / "stray.txt"
    with _trading(database, here.folder):
        pass
    stray.write_text("named by nothing")
    made = here.run("backup", str(saved))
    told = json.loads(made.stdout)
    assert (made.exit_code, told["files_absent"], saved.stat().st_mode & 0o77) == (0, [], 0)
    assert _settings_in(saved) == {
        "CATALOGUE_DATA_FOLDER": str(here.folder),
        "CATALOGUE_DATABASE_URL": make_url(here.url).set(password=None).render_as_string(),
        **{f"CATALOGUE_{name.upper()}": each for name, each in TOLD.items()},
    }
    done = elsewhere.run("restore", str(saved))
    told = json.loads(done.stdout)
    assert (done.exit_code, told["differences"]) == (0, []), done.output
    assert elsewhere.rows() == here.rows()
    stray.unlink()
    assert elsewhere.files() == here.files()
    assert {name.split("/")[0] for name in here.files()} == set(KEPT)
    again = elsewhere.run("restore", str(saved))
    assert again.exit_code == 1
    assert "something is here already: table catalogue_" in again.stderr


@on_sqlite
def test_setting_that_is_another_at_the_new_place_is_told(
    here: Place, elsewhere: Place, tmp_path: Path
) -> None:
    here.run("backup", str(tmp_path / "saved.tar"))
    shown = elsewhere.run("restore", str(tmp_path / "saved.tar"), "--dry-run", basket_days="9")
    assert "BASKET_DAYS" in " ".join(json.loads(shown.stdout)["differences"])


def _settings_in(saved: Path) -> dict[str, str]:
    """Return the settings that a backup holds, as a shell would read them."""
    with tarfile.open(saved) as packed:
        opened = packed.extractfile("settings.env")
        assert opened is not None
        lines = opened.read().decode().splitlines()
    pairs = (shlex.split(line)[0].partition("=") for line in lines)
    return {name: told for name, _equals, told in pairs if name != "CATALOGUE_SECRET_KEY"}


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


@on_sqlite
def test_restore_tells_that_a_secret_is_another_and_not_what_it_is(
    here: Place, elsewhere: Place, tmp_path: Path
) -> None:
    here.run("backup", str(tmp_path / "saved.tar"), "--with-secrets", smtp_password="gammel")
    settings = {"smtp_password": "hemmelig", "metrics_token": "fortrolig"}
    shown = elsewhere.run(
        "restore", str(tmp_path / "saved.tar"), "--dry-run", key="nøglen", **settings
    )
    told = " ".join(json.loads(shown.stdout)["differences"])
    for name in ("SMTP_PASSWORD", "METRICS_TOKEN", "SECRET_KEY"):
        assert f"CATALOGUE_{name} is another" in told
    for secret in ("gammel", "hemmelig", "fortrolig", "nøglen", "a secret of the tests"):
        assert secret not in shown.output


def test_password_in_the_query_of_a_database_stays_out_of_a_backup() -> None:
    url = "postgresql+psycopg://catalogue@/catalogue?host=/run/postgresql&password=hemmelig"
    kept = io.BytesIO()
    with tarfile.open(fileobj=kept, mode="w") as packed:
        settings = read({"CATALOGUE_DATABASE_URL": url, "CATALOGUE_SECRET_KEY": "nøglen"})
        left_out = backup._add_settings(archive.Writing(packed), settings, with_secrets=False)
    assert "CATALOGUE_DATABASE_URL (its password)" in left_out
    assert b"hemmelig" not in kept.getvalue()


def test_sqlite_of_another_name_in_the_data_folder_is_restored(tmp_path: Path) -> None:
    here, elsewhere = (
        Place(tmp_path / name, f"sqlite:///{tmp_path}/{name}/kat.db") for name in ("a", "b")
    )
    assert here.run("migrate").exit_code == 0
    assert here.run("backup", str(tmp_path / "saved.tar")).exit_code == 0
    with tarfile.open(tmp_path / "saved.tar") as packed:
        assert packed.getnames() == ["database", "settings.env", "manifest.json"]
    done = elsewhere.run("restore", str(tmp_path / "saved.tar"))
    assert done.exit_code == 0, done.output
    assert elsewhere.rows() == here.rows()


@on_sqlite
def test_place_that_cannot_be_filled_is_not_told_to_be_a_fault_of_the_backup(
    here: Place, tmp_path: Path
) -> None:
    here.run("backup", str(tmp_path / "saved.tar"))
    shut = tmp_path / "shut"
    shut.touch()
    elsewhere = Place(shut, f"sqlite:///{tmp_path}/elsewhere.sqlite")
    done = elsewhere.run("restore", str(tmp_path / "saved.tar"))
    assert isinstance(done.exception, FileExistsError)  # which the command line tells as it is
    assert "cannot be read as a backup" not in done.output


WRONG_TYPES = b"""{"format": 1, "made_at": "", "catalogue": "", "revision": null, "rows": [7],
    "database": "sqlite", "secret_key": "", "settings_left_out": [], "files_absent": [], "files": {}
}"""
HARMS: tuple[tuple[str, bytes | None, str], ...] = (
    ("media", b"x", "was changed"),
    ("media", None, "is missing"),
    ("../stranger", b"x", "../stranger is not of it"),
    ("manifest.json", None, "has no manifest"),
    ("manifest.json", b"[1]", "has no manifest"),
    ("manifest.json", b'{"format": 9}', "has the format 9"),
    ("manifest.json", b'{"format": 1}', "has a manifest that this program cannot read"),
    ("manifest.json", WRONG_TYPES, "has a manifest that this program cannot read"),
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


@on_sqlite
def test_draft_of_a_backup_that_was_broken_off_is_told(here: Place, tmp_path: Path) -> None:
    draft = tmp_path / ".saved.tar.part"
    draft.touch()
    done = here.run("backup", str(tmp_path / "saved.tar"))
    assert (done.exit_code, f"{draft} is there" in done.stderr) == (1, True), done.output
    assert draft.exists()  # it may be another's that is being written


@on_sqlite
def test_backup_of_tables_that_this_program_does_not_know_is_refused(
    here: Place, elsewhere: Place, tmp_path: Path
) -> None:
    saved, newer = tmp_path / "saved.tar", tmp_path / "newer.tar"
    here.run("backup", str(saved))
    with tarfile.open(saved) as packed:
        told = json.loads((packed.extractfile("manifest.json") or io.BytesIO()).read())
    _harm(saved, newer, "manifest.json", json.dumps(told | {"revision": "9999"}).encode())
    done = elsewhere.run("restore", str(newer))
    assert (done.exit_code, "tables of revision 9999" in done.stderr) == (1, True), done.output


def _harm(saved: Path, harmed: Path, name: str, content: bytes | None) -> None:
    """Write a backup anew in which a file has another content, or is not (None)."""
    with tarfile.open(saved) as packed, tarfile.open(harmed, "w") as written:
        names = packed.getnames()
        chosen = next((each for each in names if each.startswith(name)), name)
        for each in dict.fromkeys([*names, chosen]):
            given = content
            if each != chosen:
                opened = packed.extractfile(each)
                given = opened.read() if opened else b""
            if given is not None:
                entry = tarfile.TarInfo(each)
                entry.size = len(given)
                written.addfile(entry, io.BytesIO(given))
