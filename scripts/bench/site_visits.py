"""Visitors of site.py: they ask a web server for pages, keep cookies, and note what it took."""

from __future__ import annotations

import http.client
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

import cast
from drawn import DELIVERY, csrf_token, placing_key
from site_world import Shop

IDLE_SECONDS = 2  # a connection that nothing was asked by; servers close it some time later
DJANGO_ADDRESS = {
    "first_name": "Bo", "last_name": "Berg", "line1": "Skovvej 3", "line4": "Slagelse",
    "postcode": "4200", "country": "DK",
}  # fmt: skip


@dataclass
class Visitor:
    """A browser on one connection: `ask` returns status, where it leads, and the page."""

    port: int
    email: str = ""
    cookies: dict[str, str] = field(default_factory=dict)
    turn: int = 0
    token: str = ""
    spent: list[float] = field(default_factory=list)  # seconds of each request
    asked_at: float = 0.0

    def __post_init__(self) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def ask(self, path: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Send a request; a form is posted."""
        headers = {"Cookie": "; ".join(f"{name}={each}" for name, each in self.cookies.items())}
        body = None
        if form is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded",
                        "Referer": f"http://127.0.0.1:{self.port}/"}  # fmt: skip
            body = urlencode(form)
        start = time.perf_counter()
        if start - self.asked_at > IDLE_SECONDS:  # a form is not sent twice, so it goes out anew
            self._connection.close()
        self.asked_at = start
        try:
            answer = self._send(path, body, headers)
            page = answer.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            return 0, "", ""
        finally:
            self.spent.append(time.perf_counter() - start)
        for told in answer.headers.get_all("Set-Cookie") or ():
            name, _sign, value = told.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, answer.headers.get("Location", ""), page.decode("utf-8", "replace")

    def get(self, path: str) -> bool:
        """Ask for a page; tell whether it came, or that an edit has it off the shelf just now."""
        return self.ask(path)[0] in (200, 410)

    def _send(
        self, path: str, body: str | None, headers: dict[str, str]
    ) -> http.client.HTTPResponse:
        """Send a request; a page is asked for again if the connection had been idle too long.

        Servers close those, and browsers do the same then (RFC 9110, 9.2.2).
        """
        try:
            self._connection.request("GET" if body is None else "POST", path, body, headers)
            return self._connection.getresponse()
        except ConnectionError:
            if body is not None:
                raise
        self._connection.close()
        self._connection.request("GET", path, headers=headers)
        return self._connection.getresponse()


Visit = Callable[[Visitor, Shop], bool]


def sign_in(port: int, email: str) -> Visitor:
    """Return a visitor who has signed in to ours."""
    visitor = Visitor(port, email)
    token = csrf_token(visitor.ask("/log-ind")[2])
    form = {"email": email, "password": cast.PASSWORD, "csrf_token": token}
    if visitor.ask("/log-ind", form)[0] != 303:
        raise RuntimeError(f"{email} could not sign in")
    visitor.token = csrf_token(visitor.ask("/beskeder")[2])
    return visitor


def sign_in_at_oscar(port: int, email: str, password: str) -> Visitor:
    """Return a visitor who has signed in to django-oscar."""
    visitor = Visitor(port, email)
    visitor.ask("/accounts/login/")
    form = {"login-username": email, "login-password": password, "login_submit": "Log In",
            "csrfmiddlewaretoken": visitor.cookies["csrftoken"]}  # fmt: skip
    if visitor.ask("/accounts/login/", form)[0] != 302:
        raise RuntimeError(f"{email} could not sign in")
    return visitor


def _word(visitor: Visitor, shop: Shop) -> str:
    visitor.turn += 1
    return quote(shop.words[visitor.turn * 7 % len(shop.words)])


def _category(visitor: Visitor, shop: Shop) -> str:
    visitor.turn += 1
    return shop.categories[visitor.turn * 5 % len(shop.categories)]


def _product(visitor: Visitor, shop: Shop) -> str:
    visitor.turn += 1
    return shop.products[visitor.turn * 7919 % len(shop.products)]


def _narrowed(visitor: Visitor, shop: Shop) -> bool:
    narrow = f"kategori={_category(visitor, shop)}&levering=os&vis=alle"
    return visitor.get(f"/soeg?q={_word(visitor, shop)}&{narrow}")


def _image(visitor: Visitor, shop: Shop) -> bool:
    visitor.turn += 1
    return visitor.get(f"/billeder/{shop.pictures[visitor.turn % len(shop.pictures)]}/320.webp")


def publish(visitor: Visitor, shop: Shop) -> bool:
    """Take a product off the shelf and put it there again, with its form between."""
    page = _own(visitor, shop)
    token = {"csrf_token": visitor.token}
    away = visitor.ask(f"{page}/traek-tilbage", token)[0] == 303
    return visitor.get(page) and away and visitor.ask(f"{page}/offentliggoer", token)[0] == 303


def _own(visitor: Visitor, shop: Shop) -> str:
    visitor.turn += 1
    own = next(ids for email, ids in shop.sellers if email == visitor.email)
    return f"/varer-hos-os/{own[visitor.turn % len(own)]}"


def purchase(visitor: Visitor, shop: Shop) -> bool:
    """Buy five products of different enterprises: basket, check-out form, order, receipt."""
    visitor.turn += 1
    token = {"csrf_token": visitor.token}
    for line in range(5):
        product = shop.orderable[(visitor.turn * 5 + line) % len(shop.orderable)]
        visitor.ask("/kurv/tilfoej", token | {"product_id": str(product), "quantity": "1"})
    visitor.ask("/kurv")
    page = visitor.ask("/kurv/bestil")[2]
    if "placing_key" not in page:
        return False
    form = DELIVERY | token | {"placing_key": placing_key(page)}
    status, place, _page = visitor.ask("/kurv/bestil", form)
    return status == 303 and "/kvittering/" in place and visitor.get(place)


def purchase_at_oscar(visitor: Visitor, shop: Shop) -> bool:
    """Buy five products of django-oscar as its pages lead."""
    visitor.turn += 1
    count = len(shop.texts)
    for line in range(5):
        visitor.ask(f"/basket/add/{1 + (visitor.turn * 5 + line) % count}/",
                    _signed(visitor, {"quantity": "1"}))  # fmt: skip
    visitor.ask("/basket/")
    visitor.ask("/checkout/shipping-address/", _signed(visitor, DJANGO_ADDRESS))
    for step in ("shipping-method", "payment-method", "payment-details", "preview"):
        visitor.ask(f"/checkout/{step}/")
    form = _signed(visitor, {"action": "place_order"})
    status, place, _page = visitor.ask("/checkout/preview/", form)
    return status == 302 and "thank-you" in place and visitor.get("/checkout/thank-you/")


def _signed(visitor: Visitor, form: dict[str, str]) -> dict[str, str]:
    return form | {"csrfmiddlewaretoken": visitor.cookies.get("csrftoken", "")}


# What is asked of ours, by whom: a page, or what takes several.
OURS: dict[str, tuple[str, Visit]] = {
    "home": ("nobody", lambda visitor, _shop: visitor.get("/")),
    "search": ("buyer", lambda visitor, shop: visitor.get(f"/soeg?q={_word(visitor, shop)}")),
    "search, narrowed": ("buyer", _narrowed),
    "list": (
        "buyer", lambda visitor, shop: visitor.get(f"/soeg?kategori={_category(visitor, shop)}")
    ),
    "product": ("buyer", lambda visitor, shop: visitor.get(_product(visitor, shop))),
    "basket": ("buyer", lambda visitor, _shop: visitor.get("/kurv")),
    "coverage": ("staff", lambda visitor, _shop: visitor.get("/daekning")),
    "picture": ("nobody", _image),
    "edit form": ("seller", lambda visitor, shop: visitor.get(_own(visitor, shop))),
    "edit": ("seller", publish),
    "purchase": ("buyer", purchase),
}  # fmt: skip
OSCARS: dict[str, tuple[str, Visit]] = {
    "home": ("nobody", lambda visitor, _shop: visitor.get("/catalogue/")),
    "search": ("buyer", lambda visitor, shop: visitor.get(f"/search/?q={_word(visitor, shop)}")),
    "list": (
        "buyer",
        lambda visitor, shop: visitor.get(f"/catalogue/?page={1 + hash(_word(visitor, shop)) % 9}"),
    ),
    "product": (
        "buyer",
        lambda visitor, shop: visitor.get(f"/catalogue/vare_{1 + _number(visitor, shop)}/"),
    ),
    "basket": ("buyer", lambda visitor, _shop: visitor.get("/basket/")),
    "purchase": ("buyer", purchase_at_oscar),
}  # fmt: skip


def _number(visitor: Visitor, shop: Shop) -> int:
    visitor.turn += 1
    return visitor.turn * 7919 % len(shop.texts)


def at_once(
    visitors: Sequence[Visitor], visit: Visit, shop: Shop, seconds: float
) -> tuple[list[float], int, float]:
    """Have all visit, each again as soon as it was answered; once at least.

    Returns milliseconds of those answered, how many failed, and seconds in all.
    """
    spent: list[float] = []
    failed = 0
    began = time.perf_counter()

    def visits(visitor: Visitor) -> None:
        nonlocal failed
        over = False
        while not over:
            start = time.perf_counter()
            if visit(visitor, shop):
                spent.append((time.perf_counter() - start) * 1000)
            else:
                failed += 1
            over = time.perf_counter() - began >= seconds

    threads = [threading.Thread(target=visits, args=(each,)) for each in visitors]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return spent, failed, time.perf_counter() - began


def percentile(spent: Sequence[float], percent: int) -> float:
    """Return the milliseconds that so many of a hundred stay below; 0 for none."""
    if len(spent) < 2:
        return spent[0] if spent else 0.0
    return statistics.quantiles(spent, n=100, method="inclusive")[percent - 1]
