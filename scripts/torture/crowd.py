"""The people of the torture of faults: each does one deed over and over, and rests when told to.

Buyers order, the workshop says no so that there is something left to order, its program describes
products with pictures and writes messages with files on its orders, and a reader searches and
looks at pictures.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import random
import re
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable

import cast
from buyers import INCOMING
from drawn import DELIVERY, csrf_token, find_placing_key
from ground import Place
from people import PATIENCE_SECONDS, Answer, Book, Caller
from PIL import Image

PICTURE = re.compile(r"/billeder/[0-9a-f]{64}/[0-9]+\.[a-z]+")
LOOKED_AT, BETWEEN_SECONDS, SIDE_PX = 2, 0.1, 240
LETTERS_EACH = 400  # messages on one order; 500 are taken
PRODUCT = {
    "summary": "En kasse.", "description": "Samlet på eget værksted af dansk gran.",
    "category_code": cast.PLAY_HOUSES, "price_ore": 12_550, "delivery_days": 7,
}  # fmt: skip
Deed = Callable[[Caller], None]


class SignedOut(Exception):
    """Somebody is signed out who did not sign out."""


class Crowd:
    """All of them, in threads."""

    def __init__(self, place: Place, address: str, token: str, book: Book) -> None:
        self.book = book
        self._going, self._ended = threading.Event(), threading.Event()
        self._busy: list[threading.Event] = []
        for email in place.buyers:
            self._send(address, email, _buyer(book, place.product_id))
        self._send(address, place.worker, _workshop(book))
        self._send(address, place.buyers[0], _look)
        for deed in (_program, _writer):
            self._start(deed(book, Caller(f"{address}/api/v1", book, token)))

    def go(self) -> None:
        """Have all go on."""
        self._going.set()

    def rest(self) -> None:
        """Have all come to the end of what they do; raises TimeoutError."""
        self._going.clear()
        end = time.monotonic() + PATIENCE_SECONDS
        while any(each.is_set() for each in self._busy):
            if time.monotonic() > end:
                raise TimeoutError("somebody still waits for an answer")
            time.sleep(0.1)

    def end(self) -> None:
        """Send all home."""
        self._ended.set()
        self._going.set()

    def _send(self, address: str, email: str, deed: Deed) -> None:
        """Have a person do a deed, who signs in before anything strikes, once and for all."""
        held = [_signed_in(address, email, self.book)]

        def do() -> None:
            if not held:
                held.append(_signed_in(address, email, self.book))
            try:
                deed(held[0])
            except SignedOut:
                held.clear()
                raise

        self._start(do)

    def _start(self, do: Callable[[], None]) -> None:
        busy = threading.Event()
        self._busy.append(busy)
        threading.Thread(target=self._again, args=(do, busy), daemon=True).start()

    def _again(self, do: Callable[[], None], busy: threading.Event) -> None:
        while self._going.wait() and not self._ended.is_set():
            busy.set()
            try:
                if self._going.is_set():
                    do()
            except Exception as error:  # what nobody should meet: the table tells of it
                self.book.complain(f"{type(error).__name__}: {error}")
            finally:
                busy.clear()
            time.sleep(BETWEEN_SECONDS)


def _signed_in(address: str, email: str, book: Book) -> Caller:
    caller = Caller(address, book)
    page = caller.ask("/log-ind")[2]
    form = {"email": email, "password": cast.PASSWORD, "csrf_token": csrf_token(page)}
    _seen(caller.post("/log-ind", form))
    return caller


def _buyer(book: Book, product_id: int) -> Deed:
    def order(caller: Caller) -> None:
        page = _seen(caller.ask("/kurv"))
        if f"quantity_{product_id}" not in page:
            chosen = {"product_id": str(product_id), "quantity": "1"}
            _seen(caller.post("/kurv/tilfoej", chosen | {"csrf_token": csrf_token(page)}))
        page = _seen(caller.ask("/kurv/bestil"))
        key = find_placing_key(page)
        if key is None:
            return  # all is taken
        form = DELIVERY | {"placing_key": key, "csrf_token": csrf_token(page)}
        answer = caller.post("/kurv/bestil", form)
        _seen(answer)
        if answer[1].startswith("/kvittering/"):
            book.acknowledge("order", key)

    return order


def _workshop(book: Book) -> Deed:
    def reject(caller: Caller) -> None:
        page = _seen(caller.ask("/indkomne-ordrer?state=placed"))
        for number in dict.fromkeys(INCOMING.findall(page)):
            page = _seen(caller.ask(f"/indkomne-ordrer/{number}"))
            path = f"/indkomne-ordrer/{number}/afvis"
            if path in page:
                form = {"reason": "Udsolgt", "csrf_token": csrf_token(page)}
                _seen(caller.post(path, form))
                book.acknowledge("rejection", number)

    return reject


def _program(book: Book, caller: Caller) -> Callable[[], None]:
    chance = random.Random(secrets.randbits(32))

    def describe() -> None:
        number = f"K-{secrets.token_hex(4)}"
        facts = PRODUCT | {"title": f"Kasse {number}", "item_number": number}
        told = caller.tell("/products", json.dumps(facts).encode())
        book.acknowledge("product", number)
        body, kind = _picture(chance)
        caller.tell(f"/products/{told['id']}/images", body, kind)
        book.acknowledge("picture", number)
        caller.tell(f"/products/{told['id']}/publish", b"")
        book.acknowledge("published", number)

    return describe


def _writer(book: Book, caller: Caller) -> Callable[[], None]:
    """Write on the newest order, with a file that no other is like; not more often than one may."""
    written: Counter[str] = Counter()

    def write() -> None:
        listed = json.loads(caller.ask("/orders")[2])["items"]
        if not listed:
            return
        number, sheet = listed[0]["number"], f"%PDF-1.7 {secrets.token_hex(8)} %%EOF".encode()
        if written[number] == LETTERS_EACH:
            return
        written[number] += 1
        file = {"name": "bilag.pdf", "content": base64.b64encode(sheet).decode()}
        message = json.dumps({"text": "Se bilaget.", "files": [file]}).encode()
        caller.tell(f"/orders/{number}/messages", message)
        book.acknowledge("file", hashlib.sha256(sheet).hexdigest())

    return write


def _look(caller: Caller) -> None:
    page = _seen(caller.ask("/soeg?q=kasse"))
    for path in sorted(set(PICTURE.findall(page)))[:LOOKED_AT]:
        caller.ask(path)


def _seen(answer: Answer) -> str:
    """Return the page; raises SignedOut, and RuntimeError when it says that she may not."""
    status, place, text, _headers = answer
    if place.startswith("/log-ind"):
        raise SignedOut(f"{status} at {place}: {text[text.find('<main') :][:400]}")
    if status == 403:
        raise RuntimeError(f"{place}: 403 {text[:200]}")
    return text


def _picture(chance: random.Random) -> tuple[bytes, str]:
    """Return a picture that no other is like, as a form sends it, and the form's media type."""
    drawn = io.BytesIO()
    Image.frombytes("RGB", (SIDE_PX, SIDE_PX), chance.randbytes(3 * SIDE_PX**2)).save(drawn, "PNG")
    border = secrets.token_hex(8)
    head = 'Content-Disposition: form-data; name="'
    parts = [
        f'--{border}\r\n{head}alt"\r\n\r\nEn kasse\r\n'.encode(),
        f'--{border}\r\n{head}image"; filename="kasse.png"\r\n'
        "Content-Type: image/png\r\n\r\n".encode(),
        drawn.getvalue(),
        f"\r\n--{border}--\r\n".encode(),
    ]
    return b"".join(parts), f"multipart/form-data; boundary={border}"
