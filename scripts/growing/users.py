"""People who use the demonstration, each request asked once, and what became of their receipts."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Self

import buying
from buyers import INCOMING, Browser, sign_in
from drawn import csrf_token
from sqlalchemy import select

import catalogue.app  # noqa: F401 - the tables of all features
from catalogue.accounts.models import Person
from catalogue.core.db import Database
from catalogue.demo import PASSWORD
from catalogue.ordering.models import Order

WORKSHOPS = ("legehytten@legehytten.example",)
STAFF, PAGES = "staff@slagelse.example", ("/", "/soeg?q=kasse", "/daekning")
PAUSE_SECONDS, REST_SECONDS = 0.3, 120
Deed = Callable[[], None]


class Users:
    """Buyers, enterprises that say no, and staff who read, in threads until they rest."""

    def __init__(self, address: str) -> None:
        self.receipts: list[str] = []
        self.rejected: list[str] = []
        self.refusals, self.began_at = 0, datetime.now(UTC)
        self.faults: list[str] = []
        self._resting = threading.Event()
        self._browsers: list[Browser] = []
        deeds = [self._buyer(address, each) for each in buying.BUYERS]
        deeds += [self._workshop(address, each) for each in WORKSHOPS]
        deeds += [self._reader(address)]
        self._threads = [threading.Thread(target=self._again, args=(each,)) for each in deeds]

    @property
    def requests(self) -> int:
        """Return how many requests were sent."""
        return sum(each.requests for each in self._browsers)

    @property
    def failed(self) -> int:
        """Return how many broke off, were answered by 500 and more, or led astray."""
        return sum(each.broken + each.failed for each in self._browsers) + len(self.faults)

    def __enter__(self) -> Self:
        for each in self._threads:
            each.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.rest()

    def rest(self) -> None:
        """Have all end what they do."""
        self._resting.set()
        for each in self._threads:
            each.join(REST_SECONDS)

    def _again(self, do: Deed) -> None:
        while not self._resting.is_set():
            try:
                do()
            except Exception as error:  # what nobody should meet: the table tells of it
                self.faults.append(f"{type(error).__name__}: {error}"[:600])
            time.sleep(PAUSE_SECONDS)

    def _enter(self, address: str, email: str) -> Browser:
        self._browsers.append(sign_in(address, email, PASSWORD))
        return self._browsers[-1]

    def _buyer(self, address: str, email: str) -> Deed:
        browser = self._enter(address, email)
        products = buying.list_products(browser)
        turn = iter(range(1_000_000))

        def order() -> None:
            try:
                place = buying.order(browser, products[next(turn) % len(products)])
            except buying.NotBought as error:
                if not error.is_refusal:
                    raise
                self.refusals += 1
            else:
                self.receipts.append(place.removeprefix("/kvittering/"))

        return order

    def _workshop(self, address: str, email: str) -> Deed:
        browser = self._enter(address, email)

        def reject() -> None:
            _place, page = browser.get("/indkomne-ordrer?state=placed")
            for number in list(dict.fromkeys(INCOMING.findall(page)))[:1]:
                _place, page = browser.get(f"/indkomne-ordrer/{number}")
                path = f"/indkomne-ordrer/{number}/afvis"
                if path not in page:
                    continue
                form = {"reason": "Udsolgt", "csrf_token": csrf_token(page)}
                place, _page = browser.post(path, form)
                if place.startswith("/indkomne-ordrer"):
                    self.rejected.append(number)

        return reject

    def _reader(self, address: str) -> Deed:
        browser = self._enter(address, STAFF)

        def read() -> None:
            for path in PAGES:
                place, _page = browser.get(path)
                if not place.startswith(path.partition("?")[0]):
                    raise RuntimeError(f"{path} led to {place}")

        return read


def compare(url: str, users: Users) -> dict[str, int]:
    """Hold receipts and rejections against the orders that are there."""
    database = Database(url)
    with database.reading() as session:
        mine = select(Person.id).where(Person.email.in_(buying.BUYERS))
        placed = select(Order.placing_key, Order.enterprise_id).where(
            Order.buyer_id.in_(mine), Order.placed_at >= users.began_at
        )
        made = Counter(session.execute(placed).tuples())
        states = dict(session.execute(select(Order.number, Order.state)).tuples().all())
    database.dispose()
    keys = {key for key, _enterprise in made}
    lost = set(users.receipts) - keys
    lost |= {each for each in users.rejected if states.get(each) != "rejected"}
    return {
        "orders acknowledged": len(users.receipts), "rejections acknowledged": len(users.rejected),
        "refused by a rule": users.refusals, "orders there": made.total(), "lost": len(lost),
        "doubled": sum(times - 1 for times in made.values()),
        "made, and no receipt shown": len(keys - set(users.receipts)),
    }  # fmt: skip
