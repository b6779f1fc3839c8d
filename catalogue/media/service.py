"""The verbs: receive a picture, keep it as an enterprise's image, show another part of it."""

from __future__ import annotations

import hashlib
from collections.abc import MutableMapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from catalogue.core import bucket, jobs
from catalogue.core.errors import Missing
from catalogue.core.folder import Folder
from catalogue.core.storage import Files
from catalogue.core.text import lazy as _
from catalogue.settings import Settings

from . import decoding, refusing, rules, sandbox
from .decoding import CleanPicture
from .models import Image
from .rules import Cut, Looks
from .store import MASTER, Store

PART = "media"


@dataclass(frozen=True)
class Received:
    """A picture whose master lies in the store; no row says yet whose it is."""

    sha256: str
    width: int
    height: int
    size_bytes: int
    source_format: str
    original_sha256: str | None = None
    colour: str | None = None
    brightness_percent: int | None = None
    blur_percent: int | None = None
    turned_by_camera: bool | None = None
    cut: dict[str, int] | None = None

    @property
    def looks(self) -> Looks:
        """Return what was measured, as rules take it."""
        return Looks(self.brightness_percent, self.blur_percent, self.turned_by_camera)


def open_files(settings: Settings) -> Files:
    """Return where files lie by the settings: a bucket, else the data folder."""
    if settings.media_bucket:
        return bucket.open_bucket(settings.media_bucket, settings.media_endpoint)
    return Folder(settings.media_folder)


def open_store(parts: MutableMapping[str, Any], settings: Settings, files: Files) -> None:
    """Put the store of images into `parts["media"]`."""
    limits = rules.Limits(
        max_bytes=settings.image_max_bytes,
        max_pixels=settings.image_max_pixels,
        min_side_px=settings.image_min_side_px,
    )
    parts[PART] = Store(files, limits)


def check_length(store: Store, size_bytes: int) -> None:
    """Refuse a file by its length before it is read; raises UnusablePicture."""
    refusing.check_length(size_bytes, store.limits)


def receive(store: Store, content: bytes, cut: Cut | None = None) -> Received:
    """Check a picture, keep it as it was sent, and store its master; raises UnusablePicture.

    Decoding takes up to seconds, in a process of its own: call this before the writing transaction
    begins.
    """
    picture = sandbox.clean(content, store.limits, cut)
    return _keep(store, picture, original_sha256=store.keep_original(content), cut=cut)


def receive_drawn(store: Store, content: bytes) -> Received:
    """Store the master of a picture that we have drawn: trusted, so decoded here and at once."""
    return _keep(store, decoding.clean(content, store.limits))


def cut_again(store: Store, image: Image, cut: Cut) -> Received:
    """Show another part of an image's original, which stays; raises UnusablePicture.

    An image older than the keeping of originals is cut from its master, which becomes its original.
    """
    if image.original_sha256 is None:
        return receive(store, store.read(image.sha256, MASTER), cut)
    return receive(store, store.read_original(image.original_sha256), cut)


def draw_whole(store: Store, image: Image) -> bytes:
    """Return the whole picture that an image is a part of, clean as a master is."""
    if image.original_sha256 is None or image.shown.is_whole:
        return store.read(image.sha256, MASTER)
    return sandbox.clean(store.read_original(image.original_sha256), store.limits).content


def register(session: Session, enterprise_id: int, received: Received, now: datetime) -> Image:
    """Make a received picture an image of the enterprise; the same picture twice is one row."""
    found = _find(session, enterprise_id, received.sha256)
    if found is not None:
        found.original_sha256 = found.original_sha256 or received.original_sha256
        return found
    made = Image(
        enterprise_id=enterprise_id,
        sha256=received.sha256,
        width=received.width,
        height=received.height,
        size_bytes=received.size_bytes,
        source_format=received.source_format,
        created_at=now,
        original_sha256=received.original_sha256,
        colour=received.colour,
        brightness_percent=received.brightness_percent,
        blur_percent=received.blur_percent,
        turned_by_camera=received.turned_by_camera,
        cut=received.cut,
    )
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:  # somebody else sent the same picture in this very moment
        found = _find(session, enterprise_id, received.sha256)
        if found is None:
            raise
        return found
    jobs.put(session, "media.derive", {"image_id": made.id}, now=now)
    return made


def keep_drawn(
    session: Session, store: Store, enterprise_id: int, content: bytes, now: datetime
) -> Image:
    """Receive and register a picture that we have drawn."""
    return register(session, enterprise_id, receive_drawn(store, content), now)


def get_own(session: Session, enterprise_id: int | None, image_id: int) -> Image:
    """Return an image of the enterprise; raises Missing."""
    query = select(Image).where(Image.id == image_id, Image.enterprise_id == enterprise_id)
    found = session.scalars(query).first()
    if found is None:
        raise Missing(_("There is no such picture."))
    return found


def _find(session: Session, enterprise_id: int, sha256: str) -> Image | None:
    query = select(Image).where(Image.enterprise_id == enterprise_id, Image.sha256 == sha256)
    # Held until the commit, so that the nightly collection cannot take what is about to be used.
    return session.scalars(query.with_for_update(read=True, key_share=True)).first()


def _keep(
    store: Store,
    picture: CleanPicture,
    *,
    original_sha256: str | None = None,
    cut: Cut | None = None,
) -> Received:
    """Write the master, over an equal one too: its age, which the collection asks, starts anew."""
    sha256 = hashlib.sha256(picture.content).hexdigest()
    store.write(sha256, MASTER, picture.content)
    return Received(
        sha256, picture.width, picture.height, len(picture.content), picture.source_format,
        original_sha256, picture.colour, **asdict(picture.looks),
        cut=None if cut is None or cut.is_whole else asdict(cut),
    )  # fmt: skip
