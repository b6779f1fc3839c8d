"""What is shipped for nginx, HAProxy and Caddy keeps addresses out of what they log.

A link that counts once stands in the path, what people search for behind it; nodes answer or are
gone, for then proxies say more.
"""

from __future__ import annotations

import http.client
import os
import re
import shutil
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from growing.test_packaged import _certificate
from ports import free_ports

FILES = Path(__file__).parents[2] / "packaging"
AROUND = os.environ | {"PATH": os.environ.get("PATH", "") + ":/usr/sbin"}
SECRET, WORDS, LOOKING = "hemmelig-noegle", "aase+oernskov", "Kikkert/7"
ADDRESS = f"/ordrelink/{SECRET}?q={WORDS}"
PATIENCE_SECONDS = 20
GONE = 503  # the reader is told to come again; a log may say what the node said
NGINX = """\
pid {0}/pid; daemon off; error_log {0}/before; events {{}}
http {{ client_body_temp_path {0}/a; proxy_temp_path {0}/b; fastcgi_temp_path {0}/c;
uwsgi_temp_path {0}/d; scgi_temp_path {0}/e; include {0}/site; }}
"""


@dataclass(frozen=True)
class Ports:
    """Where a proxy is asked, in the clear and at its site, and where the application answers."""

    clear: int
    site: int
    node: int


def nginx(folder: Path, ports: Ports) -> list[str]:
    """Write what nginx reads; return its command."""
    (folder / "certificate").write_bytes(_certificate())
    text = (FILES / "nginx.conf").read_text(encoding="utf-8")
    text = re.sub(r"listen \[::\]:.*;", "", text)
    text = text.replace("listen 80;", f"listen 127.0.0.1:{ports.clear};")
    text = text.replace("listen 443", f"listen 127.0.0.1:{ports.site}")
    text = re.sub(r"/etc/letsencrypt/\S+\.pem", f"{folder}/certificate", text)
    text = text.replace(":8000", f":{ports.node}").replace("/var/log/nginx", str(folder))
    (folder / "site").write_text(text, encoding="utf-8")
    (folder / "conf").write_text(NGINX.format(folder), encoding="utf-8")
    return ["nginx", "-e", str(folder / "before"), "-c", str(folder / "conf")]


def haproxy(folder: Path, ports: Ports) -> list[str]:
    """Write what HAProxy reads; return its command."""
    (folder / "catalogue.pem").write_bytes(_certificate())
    text = (FILES / "haproxy.cfg").read_text(encoding="utf-8")
    text = re.sub("    server node2.*\n", "", text).replace(
        "10.0.0.11:8000", f"127.0.0.1:{ports.node}"
    )
    for theirs, own in (
        ("/run/haproxy/admin.sock", f"{folder}/sock"),
        ("bind :80", f"bind 127.0.0.1:{ports.clear}"),
        ("bind :443", f"bind 127.0.0.1:{ports.site}"),
        ("/etc/haproxy/catalogue.pem", f"{folder}/catalogue.pem"),
        ("/etc/haproxy/503.http", str(FILES / "503.http")),
    ):  # fmt: skip
        assert theirs in text
        text = text.replace(theirs, own)
    (folder / "conf").write_text(text, encoding="utf-8")
    return ["haproxy", "-db", "-f", str(folder / "conf")]


def caddy(folder: Path, ports: Ports) -> list[str]:
    """Write what Caddy reads; return its command."""
    text = (FILES / "Caddyfile").read_text(encoding="utf-8").replace(":8000", f":{ports.node}")
    text = text.replace("{\n", "{\n\tadmin off\n", 1)
    text = text.replace("http://indkob.example.dk", f"http://127.0.0.1:{ports.clear}")
    # Without TLS: with a certificate of its own, Caddy would have this machine trust it.
    text = text.replace("\nindkob.example.dk {", f"\nhttp://127.0.0.1:{ports.site} {{")
    (folder / "Caddyfile").write_text(text, encoding="utf-8")
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


class _Node(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_told: Any) -> None:
        """Say nothing."""


@contextmanager
def answering(port: int) -> Iterator[None]:
    """Be a node that answers everything while the block lasts."""
    with ThreadingHTTPServer(("127.0.0.1", port), _Node) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield
        server.shutdown()


@contextmanager
def running(command: list[str], folder: Path) -> Iterator[None]:
    """Run a proxy, and keep what it says."""
    around = AROUND | {"XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(
            command, stdout=said, stderr=subprocess.STDOUT, env=around, cwd=folder
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(PATIENCE_SECONDS)


def ask(ports: Ports, *, by_tls: bool) -> set[int]:
    """Ask for the link at both; return how it was answered."""
    strange = ssl._create_unverified_context()  # the certificate is made for this moment
    site = http.client.HTTPSConnection("127.0.0.1", ports.site, context=strange, timeout=20)
    if not by_tls:
        site = http.client.HTTPConnection("127.0.0.1", ports.site, timeout=20)
    found = set()
    for each in (site, http.client.HTTPConnection("127.0.0.1", ports.clear, timeout=20)):
        headers = {"User-Agent": LOOKING, "Referer": f"https://x.example{ADDRESS}"}
        each.request("GET", ADDRESS, headers=headers)
        found.add(each.getresponse().status)
        each.close()
    return found


def wait_for(ports: Ports, status: int, *, by_tls: bool) -> None:
    """Ask until the link is answered so."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        with suppress(OSError):
            if status in ask(ports, by_tls=by_tls):
                return
        time.sleep(0.1)
    raise AssertionError(f"never answered {status}")


@pytest.mark.parametrize("make", [nginx, haproxy, caddy])
def test_proxy_logs_neither_addresses_nor_who_asked(
    make: Callable[[Path, Ports], list[str]], tmp_path: Path
) -> None:
    if shutil.which(make.__name__, path=AROUND["PATH"]) is None:
        pytest.skip(f"{make.__name__} is not installed")
    ports, by_tls = Ports(*free_ports(3)), make is not caddy
    with running(make(tmp_path, ports), tmp_path):
        with answering(ports.node):
            wait_for(ports, 200, by_tls=by_tls)
        wait_for(ports, GONE, by_tls=by_tls)
    logs = [each for each in tmp_path.iterdir() if each.name in ("said", "before")]
    logs += tmp_path.glob("*.log")
    told = "\n".join(each.read_text(encoding="utf-8", errors="replace") for each in logs)
    if make is not caddy:  # which logs no requests
        assert re.search(r'"status": ?50[234]', told), told
    for each in (SECRET, WORDS, LOOKING, "ordrelink", "remote_ip", "127.0.0.1 -"):
        assert each not in told, told
