"""Catalogue: purchasing catalogue for social procurement, as a Flask extension and an application.

`Catalogue` is what a host mounts, `create_app` makes our own application; the other names are what
a host plugs in (docs/extending.md). All are loaded when asked for: rules and services are used, and
tested, without Flask.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from catalogue.app import (
        Catalogue,
        HostPerson,
        HostRole,
        MenuEntry,
        NotCarried,
        OrderCarrier,
        Parcel,
        create_app,
        hosted,
    )

__all__ = [
    "Catalogue",
    "HostPerson",
    "HostRole",
    "MenuEntry",
    "NotCarried",
    "OrderCarrier",
    "Parcel",
    "create_app",
    "hosted",
]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from catalogue import app  # noqa: PLC0415  rules and services load without Flask

        return getattr(app, name)
    raise AttributeError(f"module 'catalogue' has no attribute {name!r}")
