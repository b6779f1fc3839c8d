"""What kind of browser and device somebody uses, in plain words, for the list of her sessions.

Of what a browser says of itself only these two words are kept: enough to know one's own again,
too little to follow anybody by.
"""

from __future__ import annotations

from catalogue.core.text import Text
from catalogue.core.text import lazy as _

# Most browsers also call themselves by the names of those below them here: the first counts.
_BROWSERS = (
    ("edge", ("Edg/", "EdgA/", "EdgiOS/")),
    ("opera", ("OPR/", "Opera")),
    ("samsung", ("SamsungBrowser/",)),
    ("firefox", ("Firefox/", "FxiOS/")),
    ("chrome", ("Chrome/", "CriOS/")),
    ("safari", ("Safari/",)),
)
_SYSTEMS = (
    ("iphone", ("iPhone",)),
    ("ipad", ("iPad",)),
    ("android", ("Android",)),
    ("windows", ("Windows",)),
    ("chromebook", ("CrOS",)),
    ("mac", ("Macintosh",)),
    ("linux", ("Linux",)),
)
_BROWSER_NAMES = {
    "edge": "Microsoft Edge", "opera": "Opera", "samsung": "Samsung Internet",
    "firefox": "Firefox", "chrome": "Chrome", "safari": "Safari",
}  # fmt: skip
_SYSTEM_NAMES: dict[str, Text | str] = {
    "iphone": "iPhone", "ipad": "iPad", "android": _("Android phone or tablet"),
    "windows": _("Windows computer"), "chromebook": "Chromebook", "mac": "Mac",
    "linux": _("Linux computer"),
}  # fmt: skip


def kind(agent: str) -> str:
    """Return browser and system of a User-Agent as two words, `firefox windows`; `-`: unknown."""
    return f"{_first(_BROWSERS, agent)} {_first(_SYSTEMS, agent)}"


def told(kept: str | None) -> str:
    """Return a kind as people read it."""
    browser, _blank, system = (kept or "").partition(" ")
    names = (_BROWSER_NAMES.get(browser), _SYSTEM_NAMES.get(system))
    return ", ".join(str(name) for name in names if name) or str(_("Unknown browser"))


def _first(known: tuple[tuple[str, tuple[str, ...]], ...], agent: str) -> str:
    return next((word for word, marks in known if any(mark in agent for mark in marks)), "-")
