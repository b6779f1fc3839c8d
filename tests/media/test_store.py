"""Files in a folder and in a real server of S3 behave alike; only what nothing names is removed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import cast
import pytest
from products.world import facts, seller
from sqlalchemy.orm import Session

from catalogue.core.bucket import open_bucket
from catalogue.core.errors import Missing
from catalogue.core.folder import Folder
from catalogue.core.storage import Files
from catalogue.media import collecting, deriving, service
from catalogue.media.rules import Cut, Limits
from catalogue.media.store import MASTER, Store
from catalogue.products import picture_use
from catalogue.products import service as products
from catalogue.products.service import NewPicture, Upload
from media import files

LIMITS = Limits(15_000_000, 60_000_000, 200)
LATER = datetime(2040, 1, 1, tzinfo=UTC)


@pytest.fixture
def s3(bucket: dict[str, str]) -> Files:
    """A bucket of a real S3 server on the loopback."""
    return open_bucket(bucket["CATALOGUE_MEDIA_BUCKET"], bucket["CATALOGUE_MEDIA_ENDPOINT"])


@pytest.fixture(params=["folder", "s3"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Files:
    """Each form of the port in turn."""
    if request.param == "folder":
        return Folder(tmp_path / "media")
    found: Files = request.getfixturevalue("s3")
    return found


def test_file_is_written_read_listed_and_removed(kept: Files) -> None:
    assert kept.read("ab/cd/320.webp") is None
    kept.write("ab/cd/320.webp", b"first")
    kept.write("ab/cd/320.webp", b"second")
    assert kept.read("ab/cd/320.webp") == b"second"
    assert kept.exists("ab/cd/320.webp")
    found = dict(kept.list_all())
    assert abs(found["ab/cd/320.webp"] - datetime.now(UTC)) < timedelta(minutes=1)
    kept.remove("ab/cd/320.webp")
    kept.remove("ab/cd/320.webp")
    assert not kept.exists("ab/cd/320.webp")


def test_picture_goes_through_either_store(kept: Files) -> None:
    store = Store(kept, LIMITS)
    sent = files.picture(size=(1400, 1000))
    received = service.receive(store, sent)
    assert received.original_sha256
    assert store.read_original(received.original_sha256) == sent
    before = deriving.show(store, received.sha256, 320, "webp")
    assert (before.extension, before.is_final) == ("jpg", False)
    deriving.derive(store, received.sha256)
    for width in (320, 640, 1280, 1400):
        for extension in ("webp", "jpg"):
            assert deriving.show(store, received.sha256, width, extension).is_final
    for width, extension in ((321, "webp"), (1920, "jpg"), (320, "exe")):
        with pytest.raises(Missing):
            deriving.show(store, received.sha256, width, extension)


def test_original_outlives_every_cut(session: Session, tmp_path: Path) -> None:
    store, owner = Store(Folder(tmp_path / "media"), LIMITS), seller(session).enterprise
    sent = files.picture(size=(1600, 1000))
    image = service.register(session, owner.id, service.receive(store, sent), cast.NOW)
    part = service.cut_again(store, image, Cut(90, 50, 0, 0))
    cut = service.register(session, owner.id, part, cast.NOW)
    assert (cut.shown, cut.width * 3) == (Cut(90, 50, 0, 0), cut.height * 4)
    whole = service.cut_again(store, cut, Cut())
    assert whole.sha256 == image.sha256
    assert image.original_sha256 == cut.original_sha256
    assert service.draw_whole(store, cut) == store.read(image.sha256, MASTER)


def test_only_what_nothing_names_is_collected(session: Session, tmp_path: Path) -> None:
    store, own = Store(Folder(tmp_path / "media"), LIMITS), seller(session)
    product = products.create_draft(session, own.who, facts(), cast.NOW)
    named, removed, sold = (
        service.receive(store, files.picture(colour=each)) for each in ("red", "green", "white")
    )
    pictures = [NewPicture(each, "Et hus") for each in (named, removed)]
    products.add_images(session, own.who, product.id, Upload(pictures, 12), cast.NOW)
    products.remove_image(session, own.who, product.id, product.images[1].id, cast.NOW)
    logo = service.register(session, own.enterprise.id, sold, cast.NOW)
    own.enterprise.logo_image_id = logo.id
    session.flush()
    assert collecting.remove_images(session, picture_use.NAMED, cast.NOW) == 0, "too young"
    assert collecting.remove_images(session, picture_use.NAMED, LATER) == 1
    assert collecting.remove_files(session, store, picture_use.NAMED, cast.NOW) == 0, "too young"
    store.files.write("notes/of others.txt", b"theirs")
    assert collecting.remove_files(session, store, picture_use.NAMED, LATER) == 2, (
        "the master and its original"
    )
    assert store.exists(named.sha256, MASTER)
    assert store.exists(sold.sha256, MASTER)
    assert not store.exists(removed.sha256, MASTER)
    assert store.files.exists("notes/of others.txt")


def test_pictures_of_a_published_version_stay_for_good(session: Session, tmp_path: Path) -> None:
    store, own = Store(Folder(tmp_path / "media"), LIMITS), seller(session)
    product = products.create_draft(session, own.who, facts(), cast.NOW)
    pictures = [
        NewPicture(service.receive(store, files.picture(colour=each)), "Et hus")
        for each in ("red", "green")
    ]
    products.add_images(session, own.who, product.id, Upload(pictures, 12), cast.NOW)
    products.publish(session, own.who, product.id, cast.NOW)
    products.remove_image(session, own.who, product.id, product.images[1].id, cast.NOW)
    assert collecting.remove_images(session, picture_use.NAMED, LATER) == 0
