"""Files in a bucket of S3, for many web nodes; needs the extra `s3`.

Who may read and write there, boto3 finds as everywhere: AWS_ACCESS_KEY_ID, a profile, a role.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from catalogue.settings import WrongSetting

from . import faults
from .waiting import FilesUnavailable, Patience

log = logging.getLogger("catalogue.media")
CONNECT_SECONDS, READ_SECONDS, TRIES = 2, 6, 2
Answer = TypeVar("Answer")
_GONE = ("NoSuchKey", "404", "NotFound")


@dataclass(frozen=True)
class Bucket:
    """A bucket; `client` is boto3's, which threads may share."""

    client: Any  # boto3 makes its classes as it runs, so that there is no type to name
    name: str
    silence: tuple[type[Exception], ...]  # what boto3 raises when nobody answers
    patience: Patience = field(default_factory=Patience)

    def read(self, name: str) -> bytes | None:
        """Return the content of an object, or None."""
        return self._ask(partial(self._read, name))

    def write(self, name: str, content: bytes) -> None:
        """Write an object, which S3 does whole or not at all."""
        self._ask(partial(self.client.put_object, Bucket=self.name, Key=name, Body=content))

    def exists(self, name: str) -> bool:
        """Tell whether there is an object of that name."""
        return self._ask(partial(self._exists, name))

    def list_all(self) -> Iterator[tuple[str, datetime]]:
        """Return all names with the time they were written last."""
        pages = iter(self.client.get_paginator("list_objects_v2").paginate(Bucket=self.name))
        while (page := self._ask(partial(next, pages, None))) is not None:
            for each in page.get("Contents", ()):
                yield each["Key"], each["LastModified"]

    def move(self, name: str, new_name: str) -> None:
        """Give an object another name, which S3 does by a copy."""
        if self._ask(partial(self._copy, name, new_name)):
            self.remove(name)

    def remove(self, name: str) -> None:
        """Remove an object."""
        self._ask(partial(self.client.delete_object, Bucket=self.name, Key=name))

    def _ask(self, do: Callable[[], Answer]) -> Answer:
        try:
            return self.patience.ask(do, self.silence)
        except self.client.exceptions.ClientError as error:
            # It is not well, or says no: to wrong keys, or by a clock that is not its own.
            faults.note(log, "bucket says no")
            raise FilesUnavailable from error

    def _read(self, name: str) -> bytes | None:
        try:
            answer = self.client.get_object(Bucket=self.name, Key=name)
        except self.client.exceptions.ClientError as error:
            _raise_unless_gone(error)
            return None
        content: bytes = answer["Body"].read()
        return content

    def _exists(self, name: str) -> bool:
        try:
            self.client.head_object(Bucket=self.name, Key=name)
        except self.client.exceptions.ClientError as error:
            _raise_unless_gone(error)
            return False
        return True

    def _copy(self, name: str, new_name: str) -> bool:
        """Copy an object; tell whether it was there."""
        source = {"Bucket": self.name, "Key": name}
        try:
            self.client.copy_object(Bucket=self.name, Key=new_name, CopySource=source)
        except self.client.exceptions.ClientError as error:
            _raise_unless_gone(error)
            return False
        return True


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
    client = boto3.client("s3", endpoint_url=endpoint or None, config=limits)
    return Bucket(client, name, (raised.BotoCoreError,))


def _raise_unless_gone(error: Any) -> None:
    if error.response.get("Error", {}).get("Code") not in _GONE:
        raise error
