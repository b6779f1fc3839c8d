"""Who asks a site that suffers, again and again until it is answered, and the book of answers."""

from __future__ import annotations

import json
import secrets
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from typing import Any

from buyers import BROKEN

PATIENCE_SECONDS, TIMEOUT_SECONDS, AGAIN_SECONDS = 240, 90, 0.3
STACK = "Traceback (most recent call last)"
Answer = tuple[int, str, str, Any]  # status, where it ended, what it says, headers


@dataclass
class Book:
    """What everybody was answered."""

    counts: Counter[str] = field(default_factory=Counter)
    acknowledged: list[tuple[float, str, str]] = field(default_factory=list)  # when, what, key
    rude: list[str] = field(default_factory=list)
    longest: float = 0.0  # seconds that somebody waited for an answer, polite or not
    lock: threading.Lock = field(default_factory=threading.Lock)

    def judge(self, what: str, answer: Answer) -> None:
        """Note an answer: done, refused politely, or rude."""
        status, place, text, headers = answer
        polite = status < 500 or (status == 503 and headers["Retry-After"] and len(text) > 50)
        with self.lock:
            if not polite or STACK in text:
                self.rude.append(f"{what}: {status} at {place}: {text[:200]!r}")
            elif status == 503:
                self.counts["refused"] += 1

    def complain(self, text: str) -> None:
        """Note what nobody should be answered."""
        with self.lock:
            self.rude.append(text[:1000])

    def acknowledge(self, what: str, key: str) -> None:
        """Note what the site said is done."""
        with self.lock:
            self.acknowledged.append((time.monotonic(), what, key))

    def keys(self, what: str) -> list[str]:
        """Return the keys of what was acknowledged."""
        with self.lock:
            return [key for _at, kind, key in self.acknowledged if kind == what]


class Caller:
    """A browser or a program that sends again what was not answered, or answered by 503."""

    def __init__(self, address: str, book: Book, token: str = "") -> None:
        self.address, self.book, self.token = address, book, token
        jar = urllib.request.HTTPCookieProcessor(CookieJar())
        self._opener = urllib.request.build_opener(jar)

    def ask(self, path: str, data: bytes | None = None, **headers: str) -> Answer:
        """Ask until it is answered; raises TimeoutError when patience ends."""
        end = time.monotonic() + PATIENCE_SECONDS
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        while time.monotonic() < end:
            answer = self._once(urllib.request.Request(self.address + path, data, headers))
            if answer is not None:
                self.book.judge(path.partition("?")[0], answer)
                if answer[0] < 500 and "Retry-After" not in answer[3]:
                    return answer
            time.sleep(AGAIN_SECONDS)
        raise TimeoutError(f"{path} was not answered for {PATIENCE_SECONDS} seconds")

    def post(self, path: str, form: dict[str, str]) -> Answer:
        """Send a form."""
        return self.ask(path, urllib.parse.urlencode(form).encode())

    def tell(self, path: str, body: bytes, kind: str = "application/json") -> Any:
        """Have the API do something once, however often it is asked; return what it tells.

        Raises RuntimeError when it says no.
        """
        key = secrets.token_urlsafe(16)
        headers = (
            {"Content-Type": kind, "Idempotency-Key": key} if body else {"Idempotency-Key": key}
        )
        status, _place, text, _headers = self.ask(path, body, **headers)
        if status >= 300:
            raise RuntimeError(f"{path}: {status} {text[:300]}")
        return json.loads(text)

    def _once(self, request: urllib.request.Request) -> Answer | None:
        """Return what is answered, None when the connection breaks off."""
        began, answer = time.monotonic(), None
        with suppress(*BROKEN):
            answer = self._open(request)
        with self.book.lock:
            self.book.counts["requests"] += 1
            self.book.counts["broke off"] += answer is None
            self.book.longest = max(self.book.longest, time.monotonic() - began)
        return answer

    def _open(self, request: urllib.request.Request) -> Answer:
        try:
            answer = self._opener.open(request, timeout=TIMEOUT_SECONDS)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            place = answer.geturl().removeprefix(self.address)
            return answer.status, place, answer.read().decode("utf-8", "replace"), answer.headers
