"""Files in a bucket of S3, for many web nodes; needs the extra `s3`.

Who may read and write there, boto3 finds as everywhere: AWS_ACCESS_KEY_ID, a profile, a role.
"""

from __future__ import annotations

import importlib
import io
import logging
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache, partial
from typing import IO, Any, Self, TypeVar

from catalogue.settings import WrongSetting

from . import faults
from .files import PIECE_BYTES
from .storage import BIN
from .waiting import FilesUnavailable, Patience

log = logging.getLogger("catalogue.media")
CONNECT_SECONDS, READ_SECONDS, TRIES = 2, 6, 2
Answer = TypeVar("Answer")
_GONE = ("NoSuchKey", "404", "NotFound")


@dataclass(frozen=True)
class Bucket:
    """A bucket, or what begins with `prefix` in one; `client` is boto3's, which threads share."""

    client: Any  # boto3 makes its classes as it runs, so that there is no type to name
    name: str
    silence: tuple[type[Exception], ...]  # what boto3 raises when nobody answers
    patience: Patience = field(default_factory=Patience)
    prefix: str = ""

    def read(self, name: str) -> bytes | None:
        """Return the content of an object, or None."""
        return self._ask(partial(self._read, name))

    def write(self, name: str, content: bytes) -> None:
        """Write an object, which S3 does whole or not at all."""
        self.write_from(name, io.BytesIO(content))

    def exists(self, name: str) -> bool:
        """Tell whether there is an object of that name."""
        return self._ask(partial(self._find, name)) is not None

    def list_all(self) -> Iterator[tuple[str, datetime]]:
        """Return all names with the time they were written last."""
        listing = self.client.get_paginator("list_objects_v2")
        pages = iter(listing.paginate(Bucket=self.name, Prefix=self.prefix))
        while (page := self._ask(partial(next, pages, None))) is not None:
            for each in page.get("Contents", ()):
                yield each["Key"].removeprefix(self.prefix), each["LastModified"]

    def list_in_order(self) -> Iterator[tuple[str, datetime]]:
        """Return all names with the time they were written last, all of them in memory."""
        yield from sorted(self.list_all())

    def move(self, name: str, new_name: str) -> None:
        """Give an object another name, which S3 does by a copy."""
        if self._ask(partial(self._copy, name, new_name)):
            self.remove(name)

    def remove(self, name: str) -> None:
        """Remove an object."""
        self._ask(partial(self.client.delete_object, **self._at(name)))

    def remove_old(self, name: str, before: datetime) -> None:
        """Lay an object in the bin, unless it was written since: S3 knows no other rename.

        Whoever writes it while it is copied has it removed under its name; it is in the bin then.
        """
        written = self._ask(partial(self._find, name))
        if written is not None and written < before:
            self.move(name, f"{BIN}/{name}")

    def open(self, name: str) -> IO[bytes] | None:
        """Return an object in a file of this machine that is gone when it is closed, or None."""
        return self._ask(partial(self._fetch, name))

    def write_from(self, name: str, source: IO[bytes]) -> None:
        """Write what an open file has left, which S3 does whole or not at all."""
        self._ask(partial(self.client.put_object, **self._at(name), Body=source))

    def within(self, part: str) -> Self:
        """Return what begins with a part."""
        return replace(self, prefix=f"{self.prefix}{part}/")

    def _at(self, name: str) -> dict[str, str]:
        return {"Bucket": self.name, "Key": f"{self.prefix}{name}"}

    def _ask(self, do: Callable[[], Answer]) -> Answer:
        try:
            return self.patience.ask(do, self.silence)
        except self.client.exceptions.ClientError as error:
            # It is not well, or says no: to wrong keys, or by a clock that is not its own.
            faults.note(log, "bucket says no")
            raise FilesUnavailable from error

    def _read(self, name: str) -> bytes | None:
        try:
            answer = self.client.get_object(**self._at(name))
        except self.client.exceptions.ClientError as error:
            _raise_unless_gone(error)
            return None
        content: bytes = answer["Body"].read()
        return content

    def _fetch(self, name: str) -> IO[bytes] | None:
        try:
            answer = self.client.get_object(**self._at(name))
        except self.client.exceptions.ClientError as error:
            _raise_unless_gone(error)
            return None
        file = tempfile.NamedTemporaryFile()  # noqa: SIM115  whoever asked closes it
        try:
            shutil.copyfileobj(answer["Body"], file, PIECE_BYTES)
        except BaseException:
            file.close()
            raise
        file.seek(0)
        return file

    def _find(self, name: str) -> datetime | None:
        """Return when an object was written, or None when there is none."""
        try:
            written: datetime = self.client.head_object(**self._at(name))["LastModified"]
        except self.client.exceptions.ClientError as error:
            _raise_unless_gone(error)
            return None
        return written

    def _copy(self, name: str, new_name: str) -> bool:
        """Copy an object; tell whether it was there."""
        try:
            self.client.copy_object(**self._at(new_name), CopySource=self._at(name))
        except self.client.exceptions.ClientError as error:
            _raise_unless_gone(error)
            return False
        return True


@lru_cache(maxsize=8)  # a process has one client and one patience with a server, whoever asks
def open_bucket(name: str, endpoint: str) -> Bucket:
    """Open a bucket at Amazon, or at `endpoint`; raises WrongSetting without boto3."""
    try:
        boto3 = importlib.import_module("boto3")
        config = importlib.import_module("botocore.config")
        raised = importlib.import_module("botocore.exceptions")
    except ImportError:
        raise WrongSetting(
            "CATALOGUE_MEDIA_BUCKET needs boto3: pip install 'purchasing-catalogue[s3]'"
        ) from None
    limits = config.Config(
        connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS,
        retries={"total_max_attempts": TRIES},
    )  # fmt: skip
    client = boto3.Session().client("s3", endpoint_url=endpoint or None, config=limits)
    return Bucket(client, name, (raised.BotoCoreError,))


def _raise_unless_gone(error: Any) -> None:
    if error.response.get("Error", {}).get("Code") not in _GONE:
        raise error
