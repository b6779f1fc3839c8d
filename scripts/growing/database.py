"""PostgreSQL for the grown form: a primary, and a standby that has all that was committed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from form import CannotGrow, list_children
from ports import free_ports

PROGRAMS = "/usr/lib/postgresql/*/bin"
FOLLOWERS = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'"
ALONE_SECONDS = 10
TOLD = (
    "listen_addresses=127.0.0.1", "max_connections=200", "wal_level=replica", "max_wal_senders=4",
    "hot_standby=on",
)  # fmt: skip


@dataclass
class Server:
    """A server of PostgreSQL in a folder of its own."""

    programs: Path
    folder: Path
    port: int

    @property
    def url(self) -> str:
        """Return the address of its database."""
        return f"postgresql+psycopg://catalogue@127.0.0.1:{self.port}/postgres"

    def start(self, *told: str) -> None:
        """Start it and wait until it answers."""
        facts = (*TOLD, f"port={self.port}", f"unix_socket_directories={self.folder}", *told)
        options = " ".join(f"-c {each}" for each in facts)
        self.control("start", "-w", "-l", str(self.folder / "log"), "-o", options)

    def stop(self, mode: str = "fast") -> None:
        """Stop it; `immediate`: at once, so that it recovers from its log when it starts."""
        self.control("stop", "-m", mode)

    def kill_child(self, chance: random.Random, kind: str = "") -> None:
        """End one of its processes with SIGKILL, one of those that serve a client if that is the
        kind (`client backend`): it ends all others then, and starts anew, by itself.
        """
        asked = f"backend_type = '{kind}'" if kind else "true"
        query = f"SELECT pid FROM pg_stat_activity WHERE {asked} AND pid <> pg_backend_pid()"
        if listed := self.ask(query).split():
            with suppress(ProcessLookupError):  # it has ended meanwhile
                os.kill(int(chance.choice(listed)), signal.SIGKILL)

    def kill(self) -> None:
        """End the process that looks after the others with SIGKILL; returns when these, which see
        that they are alone, are gone too, and ends those that are not soon, as systemd does.
        """
        pid = self.find_pid()
        if pid is None:
            return
        others = list_children(pid)
        os.kill(pid, signal.SIGKILL)
        end = time.monotonic() + ALONE_SECONDS
        while any(_is_there(each) for each in (pid, *others)):
            if time.monotonic() > end:
                for each in others:
                    with suppress(ProcessLookupError):
                        os.kill(each, signal.SIGKILL)
            time.sleep(0.05)

    def find_pid(self) -> int | None:
        """Return the process that looks after the others, if it is there."""
        try:
            pid = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return None
        return pid if _is_there(pid) else None

    def promote(self) -> None:
        """Make a standby the primary."""
        self.control("promote", "-w")

    def ask(self, query: str) -> str:
        """Return the answer of one query, as text."""
        command = [str(self.programs / "psql"), "-h", "127.0.0.1", "-p", str(self.port), "-U",
                   "catalogue", "-d", "postgres", "-Atc", query]  # fmt: skip
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def control(self, *command: str) -> None:
        """Run pg_ctl on it."""
        run(str(self.programs / "pg_ctl"), "-D", str(self.folder / "data"), *command)


@contextmanager
def primary_with_standby(folder: Path, *, durable: bool = True) -> Iterator[tuple[Server, Server]]:
    """Run a primary and its standby; what is acknowledged is on both.

    `durable` False: nothing is forced to disk, for tests and benches.
    """
    programs = _programs()
    ports = free_ports(2)
    servers = [
        Server(programs, _home(folder / name), port)
        for name, port in zip(("primary", "standby"), ports, strict=True)
    ]
    primary, standby = servers
    quick = () if durable else ("fsync=off",)
    run(str(programs / "initdb"), "-D", str(primary.folder / "data"), "-U", "catalogue", "-A",
        "trust", "-E", "UTF8", "--locale=C.UTF-8")  # fmt: skip
    try:
        primary.start(*quick)
        _copy(primary, standby)
        standby.start(*quick)
        _commit_on_both(primary)
        yield primary, standby
    finally:
        for each in servers:
            subprocess.run(
                [*_as_postgres(), str(programs / "pg_ctl"), "-D", str(each.folder / "data"), "-m",
                 "immediate", "stop"], check=False, capture_output=True, cwd="/",
            )  # fmt: skip


def _copy(primary: Server, standby: Server) -> None:
    """Make a standby of the primary that follows it once it is started."""
    where = ("-h", "127.0.0.1", "-p", str(primary.port), "-U", "catalogue")
    how = ("-R", "-X", "stream", "-c", "fast", "-D", str(standby.folder / "data"))
    run(str(primary.programs / "pg_basebackup"), *where, *how)


def run(*command: str) -> None:
    """Run a program of PostgreSQL, as its user where we are root."""
    done = subprocess.run([*_as_postgres(), *command], check=False, capture_output=True, text=True,
                          cwd="/")  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr or done.stdout}")


def _commit_on_both(primary: Server) -> None:
    """Acknowledge a commit once the standby has it, from the moment it follows."""
    end = time.monotonic() + 30
    while primary.ask(FOLLOWERS) == "0":
        if time.monotonic() > end:
            raise TimeoutError("the standby does not follow the primary")
        time.sleep(0.05)
    primary.ask("ALTER SYSTEM SET synchronous_standby_names = '*'")
    primary.ask("SELECT pg_reload_conf()")


def _programs() -> Path:
    found = sorted(Path("/").glob(PROGRAMS.lstrip("/")))
    if not found:
        raise CannotGrow("PostgreSQL is not installed; install the Debian package postgresql")
    return found[-1]


def _home(folder: Path) -> Path:
    folder.mkdir(parents=True)
    if os.getuid() == 0:
        subprocess.run(["chown", "postgres", str(folder)], check=True)
        for each in folder.parents:
            if each.stat().st_mode & 0o001:
                break
            each.chmod(each.stat().st_mode | 0o011)
    return folder


def _as_postgres() -> list[str]:
    if os.getuid() != 0:
        return []
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]


def _is_there(pid: int) -> bool:
    """Return whether a process is there, or to be collected: a new server would think it runs."""
    return Path(f"/proc/{pid}").exists()
