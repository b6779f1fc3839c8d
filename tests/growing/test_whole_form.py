"""All of the grown form at once: processes die, and what was acknowledged is everywhere."""

from __future__ import annotations

import io
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import cast
import pytest
from drawn import DELIVERY, csrf_token, placing_key
from PIL import Image

from catalogue.accounts.models import Municipality
from catalogue.core import migrations
from catalogue.core.db import Database
from catalogue.media import service as media
from catalogue.search import service as search
from catalogue.settings import Settings

LONG = {"starts_on": date(2020, 1, 1), "ends_on": date(2090, 1, 1)}
SHEET = b"%PDF-1.7\nAn account.\n%%EOF\n"
PRESSES, AWAY = 20, ("502", "503")
MAIL_SECONDS, WAIT_SECONDS, SENDS = 60, 11, 4


@pytest.fixture
def tools(scripts_at_hand: None) -> Any:
    """The form, the servers behind it, and people at browsers."""
    import bucket
    import buyers
    import database
    import form

    return form, database, bucket, buyers


def test_what_killed_processes_leave_behind_is_on_the_standby_in_the_bucket_and_in_the_mail(
    tools: Any,
) -> None:
    form, servers, buckets, buyers = tools
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o711)  # PostgreSQL runs as a user of its own
        try:
            primary, standby = held.enter_context(
                servers.primary_with_standby(folder / "postgresql", durable=False)
            )
            told = held.enter_context(buckets.bucket(folder / "bucket"))
            world = _world(primary.url)
            picture = _draw(told)
            data = folder / "data"
            data.mkdir()
            settings = {"CATALOGUE_DATABASE_URL": primary.url, "CATALOGUE_COOKIE_SECURE": "false"}
            site = held.enter_context(form.grown(data, settings | told, workers=2))
        except form.CannotGrow as error:
            pytest.skip(str(error))
        buyer = buyers.sign_in(site.address, world.buyer)
        assert _order(buyer, world.product_id).startswith("/kvittering/")
        first, second = (f"http://127.0.0.1:{each.port}" for each in site.nodes)
        place = _send(buyers.sign_in(first, world.worker))
        assert place.startswith("/virksomhed/verificering"), _last_words(folder)

        site.nodes[0].kill()
        site.workers[0].kill()
        site.balancer.kill()
        site.balancer.start()

        assert _order(buyer, world.product_id).startswith("/kvittering/")
        assert buyers.sign_in(second, world.staff).fetch("/bilag/1") == SHEET
        assert _letters(data, world.shop) == 2
        with urllib.request.urlopen(f"{site.address}/billeder/{picture}/320.webp") as answer:
            assert answer.status == 200
        kept = [each for each in data.rglob("*/*") if each.is_file()]
        assert {each.suffix for each in kept} == {".eml"}, kept  # of workers: there is no server
        assert standby.ask("SELECT pg_is_in_recovery()") == "t"
        assert standby.ask("SELECT count(*) FROM catalogue_orders") == "2"


@dataclass(frozen=True)
class World:
    """What is ordered, and the addresses of those who do something."""

    product_id: int
    buyer: str
    shop: str
    worker: str
    staff: str


def _world(url: str) -> World:
    database = Database(url)
    migrations.upgrade(database)
    with database.transaction() as session:
        home, shop = cast.municipality(session), cast.enterprise(session)
        cast.voluntary(session, home, shop, **LONG)
        reviewer = session.get_one(Municipality, shop.reviewer_id)
        made = World(
            cast.product(session, shop).id, cast.buyer(session, home).email, shop.email,
            cast.worker(session, shop).email, cast.staff(session, reviewer).email,
        )  # fmt: skip
    parts: dict[str, Any] = {}
    search.open_index(parts, Settings(search_engine="postgresql"))
    search.rebuild(database, parts)
    database.dispose()
    return made


def _draw(told: dict[str, str]) -> str:
    """Put a picture into the bucket as a node does; return its hash."""
    drawn = io.BytesIO()
    Image.new("RGB", (1280, 960), "seagreen").save(drawn, "JPEG")
    settings = Settings(
        media_bucket=told["CATALOGUE_MEDIA_BUCKET"], media_endpoint=told["CATALOGUE_MEDIA_ENDPOINT"]
    )
    parts: dict[str, Any] = {}
    media.open_store(parts, settings, media.open_files(settings))
    return media.receive_drawn(parts[media.PART], drawn.getvalue()).sha256


def _send(worker: Any) -> str:
    """Add evidence of the enterprise; return where the form led."""
    _place, page = worker.get("/virksomhed/verificering")
    border, head = "border-of-parts", 'Content-Disposition: form-data; name="'
    body = (
        f'--{border}\r\n{head}csrf_token"\r\n\r\n{csrf_token(page)}\r\n'
        f'--{border}\r\n{head}evidence"; filename="Regnskab.pdf"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    ).encode()
    body += SHEET + f"\r\n--{border}--\r\n".encode()
    for _each in range(SENDS):
        place, _page = worker.upload(
            "/virksomhed/bilag", body, f"multipart/form-data; boundary={border}"
        )
        if place not in AWAY:
            break
        time.sleep(WAIT_SECONDS)  # as the page says; on a busy machine the bucket may be silent
    return str(place)


def _last_words(folder: Path) -> str:
    """Return the end of each log, for whoever reads why this failed; some are no texts."""
    logs = [each for each in folder.rglob("*log") if each.is_file()]
    told = (each.read_text(errors="replace")[-2000:] for each in logs)
    return "\n".join(f"{each}:\n{end}" for each, end in zip(logs, told, strict=True))


def _order(buyer: Any, product_id: int) -> str:
    """Order one piece; return where the form led that a node answered."""
    _place, page = buyer.get("/kurv")
    chosen = {"product_id": str(product_id), "quantity": "1", "csrf_token": csrf_token(page)}
    for place in _answers(buyer, "/kurv/tilfoej", chosen):
        if place not in AWAY:
            break
    _place, page = buyer.get("/kurv/bestil")
    delivery = {"placing_key": placing_key(page), "csrf_token": csrf_token(page)}
    return next(
        (each for each in _answers(buyer, "/kurv/bestil", DELIVERY | delivery)
         if each not in AWAY), "no node answered",
    )  # fmt: skip


def _answers(buyer: Any, path: str, form: dict[str, str]) -> Iterator[str]:
    """Press the button again and again: a form is not repeated for her, it may be done already."""
    for _press in range(PRESSES):
        yield buyer.post(path, form)[0]


def _letters(folder: Path, email: str) -> int:
    """Wait until two mails to somebody lie there; return how many do."""
    found = 0
    for _look in range(MAIL_SECONDS * 10):
        letters = [each.read_bytes() for each in folder.rglob("*.eml")]
        found = sum(f"To: {email}".encode() in each for each in letters)
        if found >= 2:
            break
        threading.Event().wait(0.1)
    return found
