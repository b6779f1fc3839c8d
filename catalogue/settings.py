"""Every setting: name, type, unit, default, reason. Read once, refused by name if wrong."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from datetime import timedelta
from pathlib import Path
from typing import Any

from catalogue.setting_values import bounds_of, right_form

PREFIX = "CATALOGUE_"


class WrongSetting(ValueError):
    """A setting is unknown or its value cannot be read; the text says what would be right."""


def _setting(default: Any, reason: str, *choices: str) -> Any:
    return field(default=default, metadata={"reason": reason, "choices": choices})


@dataclass(frozen=True)
class Settings:
    """The settings of one Catalogue; in the environment: `CATALOGUE_` + NAME in capitals."""

    data_folder: Path = _setting(Path("data"), "folder of database, index and media")
    database_url: str = _setting("", "SQLAlchemy URL; empty: SQLite in the data folder")
    sqlite_busy_timeout_ms: int = _setting(
        30_000, "milliseconds a writer waits for another process"
    )
    secret_key: str = _setting("", "signs the session cookie; empty: made once, in the data folder")
    url_prefix: str = _setting("", "path under which the application is mounted, such as /indkob")
    public_url: str = _setting("http://127.0.0.1:8000", "address used in links of e-mail messages")
    cookie_secure: bool = _setting(True, "send cookies over https (or loopback) only")
    trusted_proxies: int = _setting(
        0, "proxies in front that each add the address they were asked from to X-Forwarded-For"
    )
    session_hours: int = _setting(12, "hours until a signed-in person must sign in again")
    session_idle_minutes: int = _setting(
        60, "minutes without a request after which she must; 0: as long as the hours last"
    )
    sign_in_attempts: int = _setting(10, "failed sign-ins per e-mail and quarter before a pause")
    sign_in_attempts_per_address: int = _setting(
        100, "the same per network address; of IPv6 per /64"
    )
    leaked_passwords: str = _setting(
        "",
        "file of leaked passwords, which nobody may choose: lines of SHA-1:count, in order; empty:"
        " none",
    )
    people_folder: str = _setting(
        "", "folder of lists of people, such as 0330.csv, taken in each night at 3; empty: none"
    )
    order_link_days: int = _setting(
        14, "days an enterprise may answer an order by the link in its mail; then it signs in"
    )
    smtp_host: str = _setting("", "mail server; empty: mail is written as files to the data folder")
    smtp_port: int = _setting(25, "port of the mail server")
    smtp_user: str = _setting("", "user name at the mail server; empty: no log-in")
    smtp_password: str = _setting("", "password at the mail server")
    smtp_starttls: bool = _setting(False, "use STARTTLS with the mail server")
    smtp_timeout_seconds: int = _setting(20, "seconds to wait for the mail server")
    mail_from: str = _setting("indkobskatalog@catalogue.example", "sender of all mail")
    bounce_address: str = _setting(
        "", "address that undeliverable mail comes back to, with a number behind a +; empty: sender"
    )
    mail_log_days: int = _setting(400, "days the log of mail is kept; its words are never")
    notice_days: int = _setting(120, "days notices in the application are kept")
    basket_days: int = _setting(400, "days a basket is kept that nobody touches")
    search_words_days: int = _setting(
        730, "days words that were searched for are kept; never by whom"
    )
    order_years: int = _setting(
        5, "whole years names and messages of orders are kept after that of the order"
    )
    closed_person_days: int = _setting(
        365, "days from the closing of a log-in until name and address are taken out"
    )
    contact_name: str = _setting(
        "", "who runs this: named in the statements of privacy and accessibility"
    )
    contact_email: str = _setting("", "where people write about privacy and accessibility")
    dpo_email: str = _setting("", "address of the data protection officer; empty: not told")
    message_group_minutes: int = _setting(
        5, "minutes from a message on an order to the mail that tells of it and those that follow"
    )
    image_max_bytes: int = _setting(15_000_000, "largest image file accepted, in bytes")
    image_max_pixels: int = _setting(60_000_000, "largest image accepted, in pixels (bomb guard)")
    image_min_side_px: int = _setting(200, "smallest side of an image, in pixels")
    images_per_product: int = _setting(12, "images a product may have")
    media_bucket: str = _setting(
        "", "bucket of S3 for pictures and all files that are sent; empty: the data folder"
    )
    media_endpoint: str = _setting("", "address of the S3 server; empty: Amazon's")
    upload_max_bytes: int = _setting(60_000_000, "largest request body accepted, in bytes")
    price_notice_days: int = _setting(
        30, "days from sending new prices to their first day, at least"
    )
    verified_months: int = _setting(
        12, "months a verification of an enterprise counts before it must be renewed"
    )
    evidence_max_bytes: int = _setting(10_000_000, "largest evidence file accepted, in bytes")
    attachment_max_bytes: int = _setting(
        10_000_000, "largest attachment of a product accepted, in bytes"
    )
    attachments_per_product: int = _setting(10, "attachments a product may have")
    fetch_timeout_seconds: int = _setting(
        10, "seconds that fetching from an address elsewhere may take in all, such as a picture"
    )
    fetch_allowed_hosts: str = _setting(
        "",
        "hosts, parted by commas, that are asked though their address is not public; empty: none",
    )
    webhook_timeout_seconds: int = _setting(
        15, "seconds a webhook's server may take in all to answer"
    )
    webhook_allowed_hosts: str = _setting(
        "",
        "hosts, parted by commas, that webhooks may lead to though their address is not public,"
        " also by http; empty: none",
    )
    webhook_log_days: int = _setting(30, "days deliveries of webhooks are kept")
    access_point_url: str = _setting(
        "", "address of the access point that takes documents of orders by POST; empty: none"
    )
    access_point_token: str = _setting("", "bearer token for the access point; empty: none")
    catalogue_files_folder: str = _setting(
        "", "folder that catalogue files are written to each night; empty: bucket, else data folder"
    )
    clamav_socket: str = _setting(
        "", "clamd that scans received files: path of its socket, or host:port; empty: no scanning"
    )
    clamav_timeout_seconds: int = _setting(
        20, "seconds clamd may be silent before a file is refused"
    )
    hits_per_page: int = _setting(24, "hits on a page of search results")
    search_engine: str = _setting(
        "whoosh",
        "whoosh: an index in the data folder; postgresql: one in the database, for many web nodes",
        *("whoosh", "postgresql"),
    )
    search_language: str = _setting("da", "language of the products' texts: da or en", "da", "en")
    api_requests_per_minute: int = _setting(300, "requests of the API a token may make in a minute")
    watch_years: int = _setting(4, "years before a day whose orders are held against the limits")
    watch_near_percent: int = _setting(80, "share of a limit, in percent, that counts as near it")
    turnover_share_percent: int = _setting(
        50,
        "share of an enterprise's yearly turnover, in percent, above which a purchase is warned of",
    )
    worker_pause_ms: int = _setting(200, "milliseconds the worker sleeps when there is no work")
    statement_seconds: int = _setting(
        60, "seconds a statement of the database may take for a page; 0: without limit"
    )
    job_statement_seconds: int = _setting(600, "the same for the worker")
    drain_seconds: int = _setting(
        0, "seconds the web server goes on after SIGTERM, not ready, so that a balancer turns away"
    )
    stop_seconds: int = _setting(30, "seconds that requests under way may take when it stops")
    metrics_token: str = _setting(
        "", "bearer token that /metrics asks for; empty: it answers the machine itself alone"
    )
    web_workers: int = _setting(2, "web server processes")
    web_threads: int = _setting(4, "threads of each web server process")

    @property
    def database(self) -> str:
        """Return the database URL in force."""
        return self.database_url or f"sqlite:///{(self.data_folder / 'catalogue.sqlite').resolve()}"

    @property
    def session_idle(self) -> timedelta | None:
        """Return how long a session lasts that nobody uses; None: as any other."""
        minutes = self.session_idle_minutes
        return timedelta(minutes=minutes) if minutes > 0 else None

    @property
    def is_https(self) -> bool:
        """Tell whether people reach the catalogue by https alone."""
        return self.public_url.startswith("https://")

    @property
    def is_placed(self) -> bool:
        """Tell whether somebody has said where people reach the catalogue."""
        return self.public_url != Settings.public_url

    @property
    def media_folder(self) -> Path:
        """Return the folder of image files."""
        return self.data_folder / "media"

    @property
    def documents_folder(self) -> Path:
        """Return the folder in which documents of orders are exchanged, a folder for each CVR."""
        return self.data_folder / "documents"

    @property
    def index_folder(self) -> Path:
        """Return the folder of the search index."""
        return self.data_folder / "index"

    @property
    def mail_folder(self) -> Path:
        """Return the folder where mail is written when there is no mail server."""
        return self.data_folder / "mail"

    @property
    def fetch_hosts(self) -> frozenset[str]:
        """Return the hosts that may lie within our own network."""
        return _hosts(self.fetch_allowed_hosts)

    @property
    def webhook_hosts(self) -> frozenset[str]:
        """Return the hosts within our own network that webhooks may lead to."""
        return _hosts(self.webhook_allowed_hosts)

    def address(self, *path: str) -> str:
        """Return the address of a page as people outside the site open it."""
        parts = (self.public_url.rstrip("/"), self.url_prefix.strip("/"), *path)
        return "/".join(part for part in parts if part)

    def secret(self) -> str:
        """Return the secret key; make and keep one in the data folder when none is set."""
        if self.secret_key:
            return self.secret_key
        path = self.data_folder / "secret_key"
        if not path.exists():
            self.data_folder.mkdir(parents=True, exist_ok=True)
            draft = self.data_folder / f"secret_key.{secrets.token_hex(4)}"
            draft.write_text(secrets.token_urlsafe(48))
            draft.chmod(0o600)
            try:
                path.hardlink_to(draft)  # atomic: of several starting processes one wins
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return path.read_text()


def read(source: Mapping[str, Any]) -> Settings:
    """Read the settings from `CATALOGUE_…` keys of an environment or a Flask configuration.

    Raises WrongSetting for a name that is not a setting or a value of the wrong type.
    """
    known = {PREFIX + each.name.upper(): each for each in fields(Settings)}
    given = {key: value for key, value in source.items() if key.startswith(PREFIX)}
    for key in given:
        if key not in known:
            raise WrongSetting(f"{key} is not a setting of Catalogue; known: {', '.join(known)}")
    for key, value in given.items():
        choices = known[key].metadata["choices"]
        if choices and value not in choices:
            raise WrongSetting(f"{key}={value!r} must be one of {', '.join(choices)}")
    settings = Settings(
        **{known[key].name: _convert(key, value, known[key]) for key, value in given.items()}
    )
    if settings.search_engine == "postgresql" and not settings.database.startswith("postgresql"):
        raise WrongSetting(
            "CATALOGUE_SEARCH_ENGINE='postgresql' needs a CATALOGUE_DATABASE_URL of PostgreSQL"
        )
    return settings


def _hosts(names: str) -> frozenset[str]:
    return frozenset(each.strip().lower() for each in names.split(",") if each.strip())


def _convert(key: str, value: Any, known: Field[Any]) -> Any:
    if not isinstance(value, str):
        value = str(value)
    if isinstance(known.default, bool):
        words = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
        if value.lower() not in words:
            raise WrongSetting(f"{key}={value!r} must be true or false")
        return words[value.lower()]
    if isinstance(known.default, int):
        return _number(key, value, *bounds_of(known.name))
    right = right_form(known.name, value)
    if right is not None:  # the value is not repeated: a password may stand in it
        raise WrongSetting(f"{key} must be {right}")
    return Path(value) if isinstance(known.default, Path) else value


def _number(key: str, value: str, least: int, most: int | None) -> int:
    if not value.isdecimal() or int(value) < least:
        raise WrongSetting(f"{key}={value!r} must be a whole number, {least} or more")
    if most is not None and int(value) > most:
        raise WrongSetting(f"{key}={value!r} must be {most} at most")
    return int(value)
