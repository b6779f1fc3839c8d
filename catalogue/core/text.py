"""Text for people: message catalogues (Danish, English), local forms, and folding for look-ups."""

from __future__ import annotations

import gettext as gettext_module
import io
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import dates, numbers
from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from markupsafe import escape

LOCALES = ("da", "en")
DEFAULT_LOCALE = "da"
COPENHAGEN = ZoneInfo("Europe/Copenhagen")
_TRANSLATIONS = Path(__file__).parent.parent / "translations"
_locale: ContextVar[str] = ContextVar("catalogue_locale", default=DEFAULT_LOCALE)


class Text:
    """A message that is translated when shown, in the reader's language of that moment."""

    __slots__ = ("message", "values")

    def __init__(self, message: str, values: dict[str, Any] | None = None) -> None:
        self.message = message
        self.values = values or {}

    def __str__(self) -> str:
        return gettext(self.message, **self.values)

    def __html__(self) -> str:
        return str(escape(str(self)))

    def __repr__(self) -> str:
        return f"Text({self.message!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and (self.message, self.values) == (
            other.message,
            other.values,
        )

    def __hash__(self) -> int:
        return hash(self.message)


class Counted(Text):
    """The name of what is counted, as `hour`: `of(3)` is `3 hours`, `many` what fields count in."""

    __slots__ = ("many",)

    def __init__(self, one: Text, many: Text) -> None:
        super().__init__(one.message)
        self.many = many

    def by(self, quantity: Decimal | int | float) -> Text:
        """Return the name as it stands behind that quantity."""
        return self if quantity == 1 else self.many

    def of(self, quantity: Decimal | int | float) -> str:
        """Return the quantity in local form with the name."""
        return f"{number(quantity)} {self.by(quantity)}"


def lazy(message: str, **values: Any) -> Text:
    """Return `message` to be translated when it is shown; `%(name)s` takes `values`."""
    return Text(message, values)


def gettext(message: str, **values: Any) -> str:
    """Translate `message` into the current locale and fill in `values`."""
    translated = _catalogue(_locale.get()).gettext(message)
    return translated % values if values else translated


def ngettext(singular: str, plural: str, num: int, **values: Any) -> str:
    """Translate the form of the message that goes with `num`, which is also a value."""
    translated = _catalogue(_locale.get()).ngettext(singular, plural, num)
    return translated % {"num": num, **values}


def current_locale() -> str:
    """Return the reader's language: "da" or "en"."""
    return _locale.get()


@contextmanager
def reading_in(locale: str) -> Iterator[None]:
    """Show texts in `locale` within the block; an unknown locale means Danish."""
    token = _locale.set(locale if locale in LOCALES else DEFAULT_LOCALE)
    try:
        yield
    finally:
        _locale.reset(token)


def set_locale(locale: str) -> None:
    """Show texts in `locale` from here on in this context (a web request)."""
    _locale.set(locale if locale in LOCALES else DEFAULT_LOCALE)


def money(ore: int, currency: str = "DKK") -> str:
    """Show whole øre as an amount in local form: 123450 is `1.234,50 kr.` in Danish."""
    return _money(ore, currency, _babel_locale())


def number(value: Decimal | int | float) -> str:
    """Show a number in local form, without trailing zeros."""
    if isinstance(value, Decimal) and value == value.to_integral():
        value = int(value)
    return _number(value, _babel_locale())


def typed_number(value: Decimal | None) -> str:
    """Return a number as a Dane types it: `2,5`, in every language of the page; "" for None.

    Fields read `2.125` as two thousand, so none must be filled in with a point.
    """
    if value is None:
        return ""
    whole, _point, part = str(value).partition(".")
    part = part.rstrip("0")
    return f"{whole},{part}" if part else whole


def typed_kroner(ore: int | None) -> str:
    """Return whole øre as a Dane types kroner: `1250,50`; "" for None. See `typed_number`."""
    return "" if ore is None else f"{Decimal(ore).scaleb(-2):.2f}".replace(".", ",")


def day(value: date | None) -> str:
    """Show a date in local form: `24. nov. 2026`; nothing for None."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(COPENHAGEN).date()
    form = "d. MMM y" if _locale.get() == "da" else "d MMM y"
    return _day(value, form, _babel_locale())


def moment(value: datetime | None) -> str:
    """Show a UTC time as date and time in Copenhagen; nothing for None."""
    if value is None:
        return ""
    local = value.astimezone(COPENHAGEN)
    clock = "HH.mm" if _locale.get() == "da" else "HH:mm"
    return f"{day(local.date())} {dates.format_time(local, clock, locale=_babel_locale())}"


def today_in_copenhagen(now: datetime) -> date:
    """Return the date in Copenhagen at `now`: the "today" of agreements."""
    return now.astimezone(COPENHAGEN).date()


def fold(text: str) -> str:
    """Fold for comparing names: case, &/og, aa/å, ae/æ, oe/ø, accents and blanks.

    Source: spellings of one enterprise vary in the report's annex (DOMAIN.md section 6, item 27).
    """
    folded = unicodedata.normalize("NFC", text).casefold()
    for written, same in (("&", " og "), ("å", "aa"), ("æ", "ae"), ("ø", "oe")):
        folded = folded.replace(written, same)
    plain = unicodedata.normalize("NFKD", folded).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", " ", plain).strip()


def slug(text: str) -> str:
    """Return `text` as a part of an address: lower case ASCII words joined by hyphens."""
    return fold(text).replace(" ", "-")[:80] or "x"


# A page of hits shows a hundred numbers, the same ones for most readers: to write them anew took a
# tenth of its time.
@lru_cache(maxsize=10_000)
def _money(ore: int, currency: str, locale: str) -> str:
    return numbers.format_currency(Decimal(ore).scaleb(-2), currency, locale=locale)


@lru_cache(maxsize=10_000, typed=True)
def _number(value: Decimal | int | float, locale: str) -> str:
    return numbers.format_decimal(value, locale=locale)


@lru_cache(maxsize=10_000)
def _day(value: date, form: str, locale: str) -> str:
    return dates.format_date(value, form, locale=locale)


def _babel_locale() -> str:
    return {"da": "da_DK", "en": "en_GB"}[_locale.get()]


@lru_cache(maxsize=len(LOCALES))
def _catalogue(locale: str) -> gettext_module.NullTranslations:
    """Merge the features' message files of one language; English is the source text itself."""
    merged = Catalog(locale=locale, charset="utf-8")
    for path in sorted((_TRANSLATIONS / locale).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=locale):
                if message.id:
                    merged.add(message.id, message.string)
    compiled = io.BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return gettext_module.GNUTranslations(compiled)
