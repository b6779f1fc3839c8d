"""What is taken away at night while it is sent again is not lost; `check` tells what differs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cast
import pytest
from click import ClickException
from flask import Flask
from products.world import facts, seller
from sqlalchemy.orm import Session

from catalogue import cli_check
from catalogue.cli_telling import Report
from catalogue.core.folder import Folder
from catalogue.core.receiving import Received
from catalogue.core.storage import BIN
from catalogue.media import collecting, comparing, deriving, service
from catalogue.media.rules import Limits
from catalogue.media.store import ATTACHMENTS, MASTER, ORIGINALS, Store, attachment_name
from catalogue.products import attaching, picture_use
from catalogue.products import service as products
from catalogue.products.attaching import Described, New
from catalogue.products.service import NewPicture, Upload
from media import files

DAY = timedelta(days=1)
TONIGHT = datetime(2040, 1, 1, tzinfo=UTC)  # what is written today is old then
NAMED = picture_use.NAMED


@dataclass(frozen=True)
class Watched(Folder):
    """A folder in which something else happens just before the first file is taken away."""

    meanwhile: list[Callable[[], object]] = field(default_factory=list)

    def move(self, name: str, new_name: str) -> None:
        """Let it happen, and move."""
        while self.meanwhile:
            self.meanwhile.pop()()
        super().move(name, new_name)


def collect(session: Session, store: Store, now: datetime) -> int:
    """Do a night's work on the files."""
    return collecting.remove_files(session, store, NAMED, now)


def names(store: Store, kind: str) -> set[str]:
    """List the files below a folder of the store."""
    return {name for name, _at in store.files.list_all() if name.startswith(f"{kind}/")}


def test_picture_sent_again_while_it_is_taken_away_is_kept(
    session: Session, tmp_path: Path
) -> None:
    folder = Watched(tmp_path / "media")
    store, owner = Store(folder, Limits(15_000_000, 60_000_000, 200)), seller(session).enterprise
    sent = files.picture()
    abandoned = service.receive(store, sent)
    assert abandoned.original_sha256

    def send_again() -> None:  # all of it between the look at the rows and the first file
        again = service.receive(store, sent)
        owner.logo_image_id = service.register(session, owner.id, again, cast.NOW).id
        session.flush()

    folder.meanwhile.append(send_again)
    assert collect(session, store, TONIGHT) == 2, "the picture and its original"
    assert not store.exists(abandoned.sha256, MASTER), "taken away though it is named"
    assert store.read(abandoned.sha256, MASTER), "but it can be seen all the while"
    assert store.read_original(abandoned.original_sha256) == sent
    assert not comparing.compare(session, store, NAMED).missing
    assert collect(session, store, TONIGHT + 9 * DAY) == 0
    assert store.exists(abandoned.sha256, MASTER), "put back by the next night"
    assert not names(store, BIN)
    assert store.read_original(abandoned.original_sha256) == sent


def test_bin_is_emptied_of_what_nothing_has_named_for_two_days(
    session: Session, tmp_path: Path
) -> None:
    store = Store(Folder(tmp_path / "media"), Limits(15_000_000, 60_000_000, 200))
    store.keep_attachment("ab" * 32, b"%PDF-1.7 %%EOF")
    (tmp_path / "media" / "note.txt").write_text("of others")
    half = tmp_path / f"media/{ATTACHMENTS}/ab/.{'ab' * 32}.0123456789ab"
    half.write_bytes(b"%PDF")  # of a process that was killed
    for days, lies_there in ((0, True), (1, True), (9, False)):
        # A move makes new, by the clock of the machine and not by that of the test.
        now = datetime.now(UTC) + days * DAY if days != 0 else TONIGHT
        collect(session, store, now)
        assert bool(names(store, BIN)) is lies_there, days
    assert not half.exists()
    assert (tmp_path / "media" / "note.txt").exists()


def test_attachments_are_collected_when_no_version_names_them(
    session: Session, tmp_path: Path
) -> None:
    store, own = (
        Store(Folder(tmp_path / "media"), Limits(15_000_000, 60_000_000, 200)),
        seller(session),
    )
    draft = products.create_draft(session, own.who, facts(), cast.NOW)
    for letter in "ab":
        store.keep_attachment(letter * 64, b"%PDF-1.7 %%EOF")
        received = Received("a.pdf", letter * 64, "pdf", 15)
        new = New(received, Described("other", "Bilag"), 10)
        attaching.attach(session, own.who, draft.id, new, cast.NOW)
    attaching.detach(session, own.who, draft.id, "a" * 64, cast.NOW)
    session.flush()
    assert collect(session, store, TONIGHT) == 1
    assert names(store, ATTACHMENTS) == {attachment_name("b" * 64)}


def test_rows_and_files_are_held_against_each_other(session: Session, tmp_path: Path) -> None:
    store, own = (
        Store(Folder(tmp_path / "media"), Limits(15_000_000, 60_000_000, 200)),
        seller(session),
    )
    product = products.create_draft(session, own.who, facts(), cast.NOW)
    whole, lost = (service.receive(store, files.picture(colour=each)) for each in ("red", "green"))
    pictures = [NewPicture(each, "Et hus") for each in (whole, lost)]
    products.add_images(session, own.who, product.id, Upload(pictures, 12), cast.NOW)
    received = Received("a.pdf", "c" * 64, "pdf", 15)
    new = New(received, Described("other", "Bilag"), 10)
    attaching.attach(session, own.who, product.id, new, cast.NOW)
    session.flush()
    deriving.derive(store, whole.sha256)
    store.files.remove(f"{whole.sha256[:2]}/{whole.sha256}/320.webp")
    store.files.remove(f"{lost.sha256[:2]}/{lost.sha256}/{MASTER}")
    stray = service.receive(store, files.picture(colour="white"))
    found = comparing.compare(session, store, NAMED)
    assert (found.pictures, found.attachments) == (2, 1)
    assert set(found.missing) == {
        f"{lost.sha256[:2]}/{lost.sha256}/{MASTER}", attachment_name("c" * 64),
    }  # fmt: skip
    assert found.underived == [f"{whole.sha256[:2]}/{whole.sha256}/320.webp"]
    assert set(found.unnamed) == {
        f"pictures/{stray.sha256}", f"{ORIGINALS}/{stray.original_sha256}",
    }  # fmt: skip


@pytest.fixture
def told(app: Flask, capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[], str]]:
    """What `catalogue check` says of files; a fault is among the words."""

    def say() -> str:
        try:
            told_ = Report(as_json=False)
            cli_check.check_files(app.extensions["catalogue"], told_, every_picture=True)
        except ClickException as error:
            return capsys.readouterr().out + error.message
        return capsys.readouterr().out

    return say


def test_check_fails_for_files_that_lack_or_differ(app: Flask, told: Callable[[], str]) -> None:
    state = app.extensions["catalogue"]
    store = state.parts[service.PART]
    assert "0 pictures and 0 attachments have their files" in told()
    with state.database.transaction() as session:
        own = seller(session)
        image = service.register(
            session, own.enterprise.id, service.receive(store, files.picture()), cast.NOW
        )
        own.enterprise.logo_image_id = image.id
    said = told()
    assert "320.webp: size of a picture is not derived yet" in said
    assert "1 pictures and 0 attachments have their files" in said
    name = f"{image.sha256[:2]}/{image.sha256}/{MASTER}"
    content = store.files.read(name)
    store.files.write(name, content[:-1])
    days = [cast.NOW.date() + timedelta(days=number) for number in range(comparing.SHARES)]
    with state.database.reading() as session:
        changed = [comparing.compare(session, store, NAMED, day).changed for day in days]
    assert sorted(changed) == [[]] * (comparing.SHARES - 1) + [[name]]  # each has its turn
    said = told()
    assert f"{name}: file is not what was sent" in said
    assert "0 files of pictures or attachments are missing and 1 changed" in said
    store.files.remove(name)
    assert "1 files of pictures or attachments are missing" in told()
