"""A server of S3 on loopback for the files of the grown form: SeaweedFS, as tests start it."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from form import CannotGrow, Process
from ports import free_ports

BUCKET, START_SECONDS = "catalogue", 60
GRPC_ABOVE = 10_000  # SeaweedFS listens so much above each port too
KEYS = {"AWS_ACCESS_KEY_ID": "loopback", "AWS_SECRET_ACCESS_KEY": "loopback",
        "AWS_DEFAULT_REGION": "eu-north-1"}  # fmt: skip


@contextmanager
def bucket(folder: Path) -> Iterator[dict[str, str]]:
    """Run the server with an empty bucket; return what nodes are told of it; raises as below."""
    with server(folder) as (_process, told):
        yield told


@contextmanager
def server(folder: Path) -> Iterator[tuple[Process, dict[str, str]]]:
    """Run the server with an empty bucket; return its process, and what nodes are told of it.

    Raises CannotGrow where it is missing, and RuntimeError with the end of its log when it does
    not come up.
    """
    weed = shutil.which("weed") or str(Path(sys.executable).parent / "weed")
    if not Path(weed).exists():
        raise CannotGrow("no server of S3 is installed; install the extra `test`")
    folder.mkdir(parents=True)
    ports = free_ports(4, and_above=GRPC_ABOVE)
    names = ("-master.port", "-volume.port", "-filer.port", "-s3.port")
    command = [weed, "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-filer",
               "-s3", "-volume.max=20", "-master.volumeSizeLimitMB=64", "-s3.port.iceberg=0",
               "-s3.port.lance=0"]  # fmt: skip
    command += [f"{name}={port}" for name, port in zip(names, ports, strict=True)]
    # It lets in only whom the environment names at its start.
    process = Process("bucket", command, os.environ | KEYS, folder / "log", ports[3], folder)
    endpoint = f"http://127.0.0.1:{ports[3]}"
    os.environ.update(KEYS)
    try:
        _make(endpoint, folder / "log")
        told = {"CATALOGUE_MEDIA_BUCKET": BUCKET, "CATALOGUE_MEDIA_ENDPOINT": endpoint, **KEYS}
        yield process, told
    finally:
        process.kill()  # it would take half a minute to close what is thrown away


def _make(endpoint: str, log: Path) -> None:
    """Make the bucket, and wait until it takes a file: its parts come up one after another."""
    # A session of its own: boto3's common one remembers the keys it was asked with first.
    client = boto3.Session().client("s3", endpoint_url=endpoint)
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            client.create_bucket(Bucket=BUCKET)
            client.put_object(Bucket=BUCKET, Key="probe", Body=b"x")
            client.delete_object(Bucket=BUCKET, Key="probe")
            return
        except (BotoCoreError, ClientError) as error:
            if time.monotonic() > end:
                raise RuntimeError(f"no bucket: {error}\n{log.read_text()[-2000:]}") from error
            time.sleep(0.1)
