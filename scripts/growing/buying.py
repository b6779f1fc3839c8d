#!/usr/bin/env python3
"""A buyer of the demonstration at a browser: she searches, puts something in the basket, orders.

Usage: python scripts/growing/buying.py ADDRESS [EMAIL]    (prints where her receipt lies)
For rehearsals that must know whether orders come through; each request is asked once.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
for each in ("", "tests", "scripts/torture"):
    sys.path.insert(0, str(ROOT / each))

from buyers import Browser, sign_in  # noqa: E402 - found by the lines above
from drawn import DELIVERY, csrf_token, find_placing_key  # noqa: E402

from catalogue.demo import PASSWORD  # noqa: E402

BUYERS = ("buyer@slagelse.example", "buyer@kolding.example")
SHELF = "/soeg?levering=os"
_PRODUCT = re.compile(r'href="(/varer/[0-9]+/[^"?#]+)"')
_FORM = re.compile(r'<form[^>]*action="[^"]*/kurv/tilfoej".*?</form>', re.DOTALL)
_ID = re.compile(r'name="product_id" value="([0-9]+)"')


NO_FORM = "a page without basket"  # nobody may order it, or no more is left
REFUSALS = ("409", "422", NO_FORM)  # what a rule refuses: sold out, a ceiling


class NotBought(RuntimeError):
    """A step did not lead where it should; the text says which, and to where it led."""

    def __init__(self, path: str, place: str, page: str = "") -> None:
        text = " ".join(re.sub(r"<[^>]+>", " ", page.partition("<main")[2]).split())
        super().__init__(f"{path} led to {place}: {text[:500]}")
        # The basket is shown again with what is wrong in it; anything else is a fault.
        self.is_refusal = place in REFUSALS or place.startswith("/kurv")


def enter(address: str, email: str = BUYERS[0]) -> Browser:
    """Return a browser in which a buyer has signed in."""
    return sign_in(address, email, PASSWORD)


def list_products(browser: Browser) -> list[str]:
    """Return addresses of products that she may order, as the search shows them."""
    return list(dict.fromkeys(_PRODUCT.findall(browser.get(SHELF)[1])))


def order(browser: Browser, product: str) -> str:
    """Buy one piece by the pages of the product; return where the receipt lies."""
    form = _FORM.search(_open(browser, product))
    if form is None:
        raise NotBought(product, NO_FORM)
    chosen = {"product_id": _ID.findall(form[0])[0], "quantity": "1"}
    _send(browser, "/kurv/tilfoej", chosen | {"csrf_token": csrf_token(form[0])}, "/kurv")
    page = _open(browser, "/kurv/bestil")
    key = find_placing_key(page)
    if key is None:
        raise NotBought("/kurv/bestil", "/kurv/bestil without form", page)
    told = DELIVERY | {"placing_key": key, "csrf_token": csrf_token(page)}
    return _send(browser, "/kurv/bestil", told, "/kvittering/")


def buy(browser: Browser) -> str:
    """Order one piece of the first product that can be bought; return where the receipt lies."""
    for product in list_products(browser):
        try:
            return order(browser, product)
        except NotBought as error:
            print(error, file=sys.stderr)
    sys.exit("nothing could be ordered")


def _open(browser: Browser, path: str) -> str:
    place, page = browser.get(path)
    if not place.startswith(path):
        raise NotBought(path, place, page)
    return page


def _send(browser: Browser, path: str, form: dict[str, str], wanted: str) -> str:
    place, page = browser.post(path, form)
    if not place.startswith(wanted):
        raise NotBought(path, place, page)
    return place


def main() -> None:
    """Order one piece of the first product that can be bought."""
    print(buy(enter(*sys.argv[1:3])))


if __name__ == "__main__":
    main()
