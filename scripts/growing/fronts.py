"""What is shipped to stand before one web server, on loopback and without TLS: nginx and Caddy."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from form import PACKAGED, CannotGrow, Process
from ports import free_port
from waiting import wait_until

AROUND_NGINX = """daemon off;
user root;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
worker_processes 2;
worker_rlimit_nofile 16384;
events {{ worker_connections 4096; }}
http {{
    client_body_temp_path {folder}/bodies;
    proxy_temp_path {folder}/answers;
    {server}
}}
"""


@contextmanager
def nginx(folder: Path, web_port: int) -> Iterator[int]:
    """Run the nginx.conf that is shipped before a web server; give its port."""
    port = free_port()
    shipped = PACKAGED.with_name("nginx.conf").read_text(encoding="utf-8")
    before, server = shipped[: shipped.index("\nserver {")], shipped[shipped.rindex("\nserver {") :]
    kept = [line for line in (before + server).splitlines() if not _of_tls(line)]
    server = _here("nginx.conf", "\n".join(kept), {
        "listen 443 ssl;": f"listen 127.0.0.1:{port};",
        "http://127.0.0.1:8000": f"http://127.0.0.1:{web_port}",
        "Host $host;": "Host $http_host;",
        "/var/log/nginx": str(folder),
    })  # fmt: skip
    told = folder / "nginx.conf"
    around = AROUND_NGINX.format(folder=folder, server=server)
    # Nobody but root may say whose its workers are.
    told.write_text(around if os.geteuid() == 0 else around.replace("user root;\n", ""))
    with _running("nginx", ["-c", str(told), "-p", str(folder)], folder, port):
        yield port


@contextmanager
def caddy(folder: Path, web_port: int) -> Iterator[int]:
    """Run the Caddyfile that is shipped before a web server; give its port."""
    port = free_port()
    shipped = PACKAGED.with_name("Caddyfile").read_text(encoding="utf-8")
    options = shipped[: shipped.index("http://indkob")]
    site = shipped[shipped.index("\nindkob.example.dk {") :]
    here = _here("Caddyfile", options + site, {
        "\n{\n": "\n{\n\tadmin off\n\tauto_https off\n",
        "\nindkob.example.dk {": f"\nhttp://127.0.0.1:{port} {{",
        "reverse_proxy 127.0.0.1:8000": f"reverse_proxy 127.0.0.1:{web_port}",
    })  # fmt: skip
    told = folder / "Caddyfile"
    told.write_text(here, encoding="utf-8")
    command = ["run", "--adapter", "caddyfile", "--config", str(told)]
    with _running("caddy", command, folder, port):
        yield port


def _of_tls(line: str) -> bool:
    return "listen [::]" in line or line.lstrip().startswith("ssl_")


def _here(name: str, shipped: str, parts: dict[str, str]) -> str:
    for theirs, own in parts.items():
        if theirs not in shipped:
            raise ValueError(f"{name} has no {theirs}")
        shipped = shipped.replace(theirs, own)
    return shipped


@contextmanager
def _running(name: str, command: list[str], folder: Path, port: int) -> Iterator[None]:
    program = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin")
    if program is None:
        raise CannotGrow(f"{name} is not installed; install the Debian package {name}")
    around = dict(os.environ) | {"HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    process = Process(name, [program, *command], around, folder / f"{name}.out", port)
    try:
        wait_until(f"http://127.0.0.1:{port}/healthz", by=process.process, log=process.log)
        yield
    finally:
        process.end()
