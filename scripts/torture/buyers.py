"""The sides of an order as people at browsers: they send a form until it is answered."""

from __future__ import annotations

import http.client
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from types import MappingProxyType
from typing import Any

import cast
from drawn import DELIVERY, csrf_token, find_placing_key

INCOMING = re.compile(r'href="/indkomne-ordrer/([0-9-]+)"')
BROKEN = (urllib.error.URLError, ConnectionError, http.client.HTTPException, TimeoutError)
NONE: Mapping[str, str] = MappingProxyType({})
PATIENCE_SECONDS = 180  # a web server of ours starts within ten, but others start beside it


@dataclass
class Browser:
    """A browser that keeps cookies, follows redirects, and tries again what broke off."""

    address: str
    requests: int = 0
    broken: int = 0
    failed: int = 0  # answered by 500 or more
    _opener: Any = field(default=None)

    def __post_init__(self) -> None:
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> tuple[str, str]:
        """Return where the request ended, and the page."""
        return self._until_answered(lambda: self._open(path, None))

    def post(self, path: str, form: dict[str, str]) -> tuple[str, str]:
        """Send a form, again and again until it is answered; return where it led, and the page."""
        data = urllib.parse.urlencode(form).encode()
        return self._until_answered(lambda: self._open(path, data))

    def upload(self, path: str, body: bytes, media_type: str) -> tuple[str, str]:
        """Send a form that has files, as `post` does."""
        return self._until_answered(lambda: self._open(path, body, {"Content-Type": media_type}))

    def fetch(self, path: str) -> bytes:
        """Return what is downloaded from an address."""
        with self._opener.open(self.address + path, timeout=30) as answer:
            content: bytes = answer.read()
        return content

    def _open(
        self, path: str, data: bytes | None, headers: Mapping[str, str] = NONE
    ) -> tuple[str, str]:
        self.requests += 1
        asked = urllib.request.Request(self.address + path, data, dict(headers))
        try:
            with self._opener.open(asked, timeout=30) as answer:
                return answer.geturl().removeprefix(self.address), answer.read().decode()
        except urllib.error.HTTPError as answer:
            self.failed += answer.code >= 500
            return f"{answer.code}", answer.read().decode()

    def _until_answered(self, ask: Callable[[], tuple[str, str]]) -> tuple[str, str]:
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return ask()
            except BROKEN:
                self.broken += 1
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)


def sign_in(address: str, email: str, password: str = cast.PASSWORD) -> Browser:
    """Return a browser in which the person has signed in."""
    browser = Browser(address)
    _place, page = browser.get("/log-ind")
    form = {"email": email, "password": password, "csrf_token": csrf_token(page)}
    place, page = browser.post("/log-ind", form)
    if place.startswith("/log-ind"):
        raise RuntimeError(f"{email} could not sign in: {page}")
    return browser


def order_until(address: str, email: str, product_id: int, stop: Path) -> dict[str, Any]:
    """Order one piece after the other; return the keys of forms that were answered by a receipt."""
    browser = sign_in(address, email)
    told: dict[str, Any] = {"acknowledged": [], "refused": 0}
    while not stop.exists():
        _place, page = browser.get("/kurv")
        if f"quantity_{product_id}" not in page:
            chosen = {"product_id": str(product_id), "quantity": "1",
                      "csrf_token": csrf_token(page)}  # fmt: skip
            browser.post("/kurv/tilfoej", chosen)
        place, page = browser.get("/kurv/bestil")
        key = find_placing_key(page)
        if key is None:
            told["refused"] += 1
            time.sleep(0.1)
            continue
        form = DELIVERY | {"placing_key": key, "csrf_token": csrf_token(page)}
        place, page = browser.post("/kurv/bestil", form)
        if place.startswith("/kvittering/"):
            told["acknowledged"].append(key)
        elif place.startswith("/kurv"):
            told["refused"] += 1
        else:
            raise RuntimeError(f"ordering led to {place}: {page[:2000]}")
    return told | {"requests": browser.requests, "broken": browser.broken}


def reject_until(address: str, email: str, stop: Path) -> dict[str, Any]:
    """Reject order after order for the enterprise, so that there is something left to order."""
    browser = sign_in(address, email)
    while not stop.exists():
        _place, page = browser.get("/indkomne-ordrer?state=placed")
        for number in dict.fromkeys(INCOMING.findall(page)):
            _place, page = browser.get(f"/indkomne-ordrer/{number}")
            if f"/indkomne-ordrer/{number}/afvis" not in page:
                continue
            form = {"reason": "Udsolgt", "csrf_token": csrf_token(page)}
            browser.post(f"/indkomne-ordrer/{number}/afvis", form)
        time.sleep(0.1)
    return {"acknowledged": [], "refused": 0, "requests": browser.requests,
            "broken": browser.broken}  # fmt: skip


def wait_until_it_answers(address: str, revive: Callable[[], None]) -> None:
    """Wait until the web server is up again, started anew where it gave up; raises TimeoutError."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=10):
                return
        except BROKEN:
            revive()
            time.sleep(0.05)
    raise TimeoutError("the web server does not come up again")
