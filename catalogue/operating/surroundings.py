"""Looks at what an installation stands on: program, libraries, settings, disk, servers around."""

from __future__ import annotations

import ctypes
import http.client
import importlib.util
import os
import shutil
import smtplib
import ssl
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit

from catalogue.core import scanning
from catalogue.settings import PREFIX, Settings

from .doctor import Finding, Patient, fault, fine, warning

LEAST_BYTES, FEW_BYTES = 500_000_000, 2_000_000_000
# Of an installation with a thousand products, by scripts/bench/small.py.
BASE_BYTES, PROCESS_BYTES = 340_000_000, 250_000_000  # worker and supervisors; a web process
SHORTEST_KEY = 32
CERTIFICATE_DAYS = 14
ASK_SECONDS = 5
LIMITS = (  # of a container, by version 2 and 1 of control groups
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)
_PANGO = ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0")
_DEBIAN = "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
_MAKE_KEY = 'python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
_EXTRAS = {
    "boto3": ("s3", "CATALOGUE_MEDIA_BUCKET"),
    "opentelemetry.sdk": ("tracing", "OTEL_EXPORTER_OTLP_ENDPOINT"),
}


def unknown_settings(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Name settings that there are not, all of them; the program refuses to start with one."""
    known = {PREFIX + each.name.upper() for each in fields(Settings)}
    for name in sorted(environ):
        if name.startswith(PREFIX) and name not in known:
            yield fault("settings", f"{name} is no setting", "correct it, see docs/settings.md")


def program(_patient: Patient) -> Iterator[Finding]:
    """Look at Python and the libraries beside it."""
    version = ".".join(map(str, sys.version_info[:3]))
    yield fine("program", f"Catalogue {metadata.version('purchasing-catalogue')}, Python {version}")
    for name in _PANGO:
        try:
            ctypes.CDLL(name)
        except OSError:
            yield fault("pango", f"{name} is not installed: no PDF file can be drawn", _DEBIAN)
            return
    yield fine("pango", "PDF files can be drawn")


def extras(patient: Patient) -> Iterator[Finding]:
    """Look for optional packages that the settings ask for."""
    wanted = {"boto3": bool(patient.settings.media_bucket),
              "opentelemetry.sdk": "OTEL_EXPORTER_OTLP_ENDPOINT" in patient.environ}  # fmt: skip
    for package, (extra, why) in _EXTRAS.items():
        top = package.partition(".")[0]
        if wanted[package] and importlib.util.find_spec(top) is None:
            remedy = f"pip install 'purchasing-catalogue[{extra}]'"
            yield fault("program", f"{why} is set, and {top} is not installed", remedy)


def settings(patient: Patient) -> Iterator[Finding]:
    """Look for settings that do not go together."""
    given = patient.settings
    contradictions = (
        (is_public(given) and not given.public_url.startswith("https://"),
         "CATALOGUE_PUBLIC_URL is not https: the cookie of sign-in is not sent",
         "name it with https"),
        (is_public(given) and not given.smtp_host,
         "no mail server is set: mails are written to files and nobody gets them",
         "set CATALOGUE_SMTP_HOST"),
        (bool(given.smtp_user) != bool(given.smtp_password),
         "CATALOGUE_SMTP_USER and …_PASSWORD belong together", "set both, or none"),
        (bool(given.smtp_user) and not given.smtp_starttls,
         "the mail server's password is sent without encryption",
         "set CATALOGUE_SMTP_STARTTLS=true"),
        (bool(given.media_endpoint) and not given.media_bucket,
         "CATALOGUE_MEDIA_ENDPOINT is set without a bucket", "set CATALOGUE_MEDIA_BUCKET"),
        (bool(given.access_point_token) and not given.access_point_url,
         "CATALOGUE_ACCESS_POINT_TOKEN is set without an address",
         "set CATALOGUE_ACCESS_POINT_URL"),
        (is_public(given) and given.mail_from.endswith(".example"),
         f"mails come from {given.mail_from}, which nobody can answer", "set CATALOGUE_MAIL_FROM"),
        (is_public(given) and not given.clamav_socket,
         "no virus scanner is set: what strangers send is not scanned",
         "set CATALOGUE_CLAMAV_SOCKET"),
    )  # fmt: skip
    found = [warning("settings", says, remedy) for wrong, says, remedy in contradictions if wrong]
    yield from found or [fine("settings", "all are known and go together")]


def places(patient: Patient) -> Iterator[Finding]:
    """Look whether files and folders that settings name are there, and may be used."""
    lists, people = patient.settings.leaked_passwords, patient.settings.people_folder
    if lists and not (Path(lists).is_file() and os.access(lists, os.R_OK)):
        says = f"{lists} cannot be read: nobody can choose a password"
        yield fault("settings", says, "look at CATALOGUE_LEAKED_PASSWORDS")
    if people and not (Path(people).is_dir() and os.access(people, os.R_OK | os.W_OK | os.X_OK)):
        says = f"{people} is not there, or cannot be written: no list of people is taken in"
        yield fault("settings", says, "look at CATALOGUE_PEOPLE_FOLDER")


def secret_key(patient: Patient) -> Iterator[Finding]:
    """Look at the key that signs cookies and seals secrets."""
    kept = patient.settings.data_folder / "secret_key"
    if not patient.settings.secret_key and not kept.exists():
        remedy = "set CATALOGUE_SECRET_KEY, or: catalogue migrate"
        yield warning("secret key", "there is none yet; the first start makes one", remedy)
        return
    if len(patient.settings.secret()) < SHORTEST_KEY:
        says = f"it has fewer than {SHORTEST_KEY} characters and may be guessed"
        yield fault(
            "secret key", says, 'python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
        )
        return
    if not patient.settings.secret_key and kept.stat().st_mode & 0o077:
        yield fault("secret key", f"others may read {kept}", f"chmod 600 {kept}")
        return
    yield fine("secret key", "is long enough, and nobody else's")


def disk(patient: Patient) -> Iterator[Finding]:
    """Look at the room that is left for the data folder, and whether it can be written."""
    folder = patient.settings.data_folder
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        remedy = f"install -d -o catalogue -g catalogue -m 0750 {folder}"
        yield fault("disk", f"{folder} is not there, or cannot be written", remedy)
        return
    free = shutil.disk_usage(folder).free
    says = f"{free / 1e9:.1f} GB are free for {folder}"
    if free < LEAST_BYTES:
        yield fault("disk", says, "make room: pictures are most of it")
    elif free < FEW_BYTES:
        yield warning("disk", says, "make room soon: pictures are most of it")
    else:
        yield fine("disk", says)


def memory(patient: Patient) -> Iterator[Finding]:
    """Look whether the memory of this machine, or of its container, is enough for the processes."""
    given = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    given += [int(text) for text in map(_text_of, LIMITS) if text.isdigit()]
    count = patient.settings.web_workers
    needed = BASE_BYTES + count * PROCESS_BYTES
    says = f"{min(given) / 1e9:.1f} GB for {count} web processes and a worker"
    if min(given) >= needed:
        yield fine("memory", says)
        return
    less = "set CATALOGUE_WEB_WORKERS=1, or " if count > 1 else ""
    yield warning(
        "memory", f"{says}: some will be ended for want of it",
        f"{less}give it {needed / 1e9:.1f} GB; large catalogues take more, see docs/scale.md",
    )  # fmt: skip


def mail_server(patient: Patient) -> Iterator[Finding]:
    """Greet the mail server as it would be for a mail, and send none."""
    given = patient.settings
    if not given.smtp_host:
        yield fine("mail server", f"none is set; mails are written to {given.mail_folder}")
        return
    with smtplib.SMTP(given.smtp_host, given.smtp_port, timeout=ASK_SECONDS) as server:
        server.ehlo()
        if given.smtp_starttls:
            server.starttls(context=ssl.create_default_context())
        if given.smtp_user:
            server.login(given.smtp_user, given.smtp_password)
    yield fine("mail server", f"{given.smtp_host} answers")


def scanner(patient: Patient) -> Iterator[Finding]:
    """Ask the virus scanner whether it is there."""
    clamd = scanning.find_clamd(patient.settings)
    if clamd is not None:
        clamd.check()
        yield fine("virus scanner", "clamd answers")


def proxy(patient: Patient) -> Iterator[Finding]:
    """Ask for pages at the address that people use: certificate, headers, and what must be shut."""
    parts = urlsplit(patient.settings.address("livez"))
    if not is_public(patient.settings):
        return
    host, secure = parts.hostname or "", parts.scheme == "https"
    made = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = made(host, parts.port, timeout=ASK_SECONDS)
    connection.request("GET", parts.path)
    if isinstance(connection.sock, ssl.SSLSocket):
        yield from _certificate(connection.sock)
    answer = connection.getresponse()
    answer.read()
    if answer.status != 200:
        yield fault("proxy", f"{parts.geturl()} answers {answer.status}", "see docs/install.md, 7")
        return
    for name in ("Content-Security-Policy", "X-Request-ID"):
        if name not in answer.headers:
            yield warning("proxy", f"it takes {name} away", "let answers through as they are")
    if secure and "Strict-Transport-Security" not in answer.headers:
        yield warning("proxy", "it sends no Strict-Transport-Security", "see packaging/nginx.conf")
    connection.request("GET", parts.path.removesuffix("livez") + "metrics")
    if connection.getresponse().status == 200:
        remedy = "set CATALOGUE_METRICS_TOKEN, or shut /metrics as packaging/nginx.conf does"
        yield fault("proxy", "everybody can read /metrics", remedy)
    yield fine("proxy", f"{parts.hostname} answers")


def is_public(given: Settings) -> bool:
    """Tell whether others than this machine are to use it."""
    return urlsplit(given.public_url).hostname not in ("127.0.0.1", "localhost", "::1", None)


def _text_of(path: Path) -> str:
    return path.read_text().strip() if path.is_file() else ""


def _certificate(sock: ssl.SSLSocket) -> Iterator[Finding]:
    told = sock.getpeercert() or {}
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(told["notAfter"])), UTC)
    days = (ends - datetime.now(UTC)).days
    if days < CERTIFICATE_DAYS:
        yield warning("proxy", f"its certificate ends in {days} days", "renew it")
