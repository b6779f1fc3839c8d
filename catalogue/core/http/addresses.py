"""Addresses of our pages and files: a page names a score of them, the same ones on every page."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import current_app, g, has_request_context, request, url_for

from catalogue.core.kept import Kept

from . import framing
from .state import state

STATIC = Path(__file__).parents[2] / "static"
ADDRESSES, MOST_PLACES = "addresses", 500
VALUED, VALUED_BYTES = "addresses with values", 4_000_000
_BESIDE = 250  # about what it takes to keep one beside its text, and again for each value
_PLAIN = (str, int, type(None))  # of which no two are equal that are written differently
_KEPT, _VALUED = "catalogue_addresses", "catalogue_valued_addresses"
_STATIC = "catalogue_static_urls"


def address(endpoint: str, **values: object) -> str:
    """Return an address as `url_for` does; one that pages have again and again is made once."""
    if endpoint.startswith("."):
        return url_for(endpoint, **values)  # type: ignore[arg-type]  # as Flask has it
    if values:
        return _with_values(endpoint, values)
    known = _known()
    if known is None:
        return url_for(endpoint)
    found = known.get(endpoint)
    if found is None:
        found = known[endpoint] = url_for(endpoint)
    return found


def _with_values(endpoint: str, values: dict[str, object]) -> str:
    kept, place = g.get(_VALUED) or _valued()
    if kept is None or not all(type(each) in _PLAIN for each in values.values()):
        return url_for(endpoint, **values)  # type: ignore[arg-type]  # as Flask has it
    key = (place, endpoint, *values.items())
    found: str | None = kept.get(key)
    if found is None:
        found = url_for(endpoint, **values)  # type: ignore[arg-type]  # as Flask has it
        kept.put(key, found, len(found) + _BESIDE * (1 + len(values)))
    return found


def _valued() -> tuple[Kept | None, str]:
    """Return the addresses with values that were made before, and where this request is."""
    here: tuple[Kept | None, str] = None, ""
    if are_steady():
        here = state().parts.setdefault(VALUED, Kept(VALUED_BYTES)), request.script_root
    setattr(g, _VALUED, here)
    return here


def public_address(endpoint: str, **values: str) -> str:
    """Return an address that others keep: below the public one, whatever the Host header says.

    Where the settings do not say where we are, it is what we were asked by.
    """
    settings = state().settings
    if not settings.is_placed:
        return url_for(endpoint, _external=True, **values)
    path = url_for(endpoint, **values)  # type: ignore[arg-type]  # as above
    return settings.address(path.removeprefix(request.script_root + settings.url_prefix)[1:])


def address_start(endpoint: str, end: str, **values: object) -> str | None:
    """Return how the addresses of an endpoint begin: that for `values` ends in `end`.

    For addresses of which a page has many. None where others than ours write addresses.
    """
    known = _known()
    if known is None:
        return None
    found = known.get(endpoint + end)
    if found is None:
        made = url_for(endpoint, **values)  # type: ignore[arg-type]  # as Flask has it
        if not made.endswith(end):
            return None
        found = known[endpoint + end] = made.removesuffix(end)
    return found


def static_url(name: str) -> str:
    """Return the address of a static file, with its hash so that it may be cached for ever."""
    asked = static_urls()
    if name not in asked:
        start = address_start("catalogue.static_file", "-", name="-")
        if start is None:
            asked[name] = url_for("catalogue.static_file", name=name, v=_static_hash(name))
        else:
            asked[name] = f"{start}{name}?v={_static_hash(name)}"
    return asked[name]


def static_urls() -> dict[str, str]:
    """Return the addresses of files that this request has asked for, by their names."""
    asked: dict[str, str] = g.setdefault(_STATIC, {})
    return asked


def are_steady() -> bool:
    """Tell whether this request's addresses are those of any other one for the same place."""
    if not has_request_context() or framing.number() is not None:
        return False
    app = current_app
    return not (app.url_default_functions or app.subdomain_matching or app.url_map.host_matching)


def _known() -> dict[str, str] | None:
    """Return the addresses that were made before; None where they may be others each time.

    Only for this request are kept those of a framed session, which has its own, and those where a
    host adds values or serves by names of hosts.
    """
    known: dict[str, str] | None = g.get(_KEPT)
    if known is None and has_request_context():
        if not are_steady():
            known = {}
        else:
            places: dict[str, dict[str, str]] = state().parts.setdefault(ADDRESSES, {})
            if len(places) >= MOST_PLACES:
                places.clear()
            known = places.setdefault(request.script_root, {})
        setattr(g, _KEPT, known)
    return known


@lru_cache(maxsize=512)
def _static_hash(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
