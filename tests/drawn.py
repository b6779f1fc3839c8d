"""What tests, benches and the torture read from drawn pages, and the delivery that they type."""

from __future__ import annotations

import re

import cast

DELIVERY = {
    "institution": "Børnehuset Regnbuen",
    "street": "Skovvej 3",
    "postcode": "4200",
    "city": "Slagelse",
    "gln": cast.GLN,
    "contact_name": "Bo Berg",
    "contact_email": "bo@slagelse.example",
    "reference": "MEHO",
}
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_KEY = re.compile(r'name="placing_key" value="([^"]+)"')
_FORM_KEY = re.compile(r'name="form_key" value="([^"]+)"')


def csrf_token(page: str) -> str:
    """Return the token that a page's forms are sent with."""
    return found(_TOKEN, page)


def form_key(page: str) -> str:
    """Return what a page's forms are known by when they are sent once more."""
    return found(_FORM_KEY, page)


def find_placing_key(page: str) -> str | None:
    """Return the key of a check-out form, or None when the page has no such form."""
    match = _KEY.search(page)
    return match[1] if match else None


def placing_key(page: str) -> str:
    """Return the key of a check-out form."""
    return found(_KEY, page)


def found(pattern: re.Pattern[str], page: str) -> str:
    """Return what the pattern finds; AssertionError with the page when it finds nothing."""
    match = pattern.search(page)
    assert match, f"the page has no {pattern.pattern}: {page[:2000]}"
    return match[1]
