"""What stands in the head of public pages: their own address, the other language, JSON-LD.

JSON-LD is a data block: browsers run nothing of it, and a content policy does not ask about it.
"""

from __future__ import annotations

from markupsafe import Markup

from catalogue.core.text import DEFAULT_LOCALE, LOCALES, current_locale

from . import rules
from .rules import Data

PARAMETER = "sprog"  # of an address in another language than the first


def draw(url: str, *told: Data) -> Markup:
    """Return the links of a page with that address in the first language, and its data."""
    lines = [Markup('<link rel="canonical" href="{}">').format(in_language(url, current_locale()))]
    lines += [
        Markup('<link rel="alternate" hreflang="{}" href="{}">').format(name, other)
        for name, other in alternates(url)
    ]
    lines += [
        # What could end the element is escaped by `document`; other escapes would change the data.
        Markup('<script type="application/ld+json">{}</script>').format(
            Markup(rules.document(each))  # noqa: S704
        )
        for each in told
    ]
    return Markup("\n  ").join(lines)


def alternates(url: str) -> list[tuple[str, str]]:
    """List the languages of a page with its address in each; x-default for all others."""
    return [(each, in_language(url, each)) for each in LOCALES] + [("x-default", url)]


def in_language(url: str, locale: str) -> str:
    """Return the address of a page in a language."""
    if locale == DEFAULT_LOCALE:
        return url
    return f"{url}{'&' if '?' in url else '?'}{PARAMETER}={locale}"
