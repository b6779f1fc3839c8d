"""Where the marks of the charts stand: pure geometry in units of the SVG; templates draw it.

Colours are classes and come with patterns, and every chart has its table beside it, so that
nothing is told by colour alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

WIDTH = 960
TOP_SERIES = 5  # more than this many colours are not told apart; what is left is one series
NARROW, NARROW_HEIGHT = 320, 12  # a bar on the phone, about as many pixels
MOST_LYING = 12
LONGEST_LABEL = 46  # signs that fit beside a bar
_LEFT, _RIGHT, _TOP, _BOTTOM, _HEIGHT = 96, 36, 12, 36, 340
_LABEL, _TEXT, _ROW, _BAR = 350, 190, 34, 18
_AXIS = 34  # above the rows of a timeline
_STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True)
class Bar:
    """A rectangle; `series` says which colour and pattern, from 1."""

    x: float
    y: float
    width: float
    height: float
    series: int = 1


@dataclass(frozen=True)
class Tick:
    """A place on an axis and the value that stands there."""

    at: float
    value: int


@dataclass(frozen=True)
class Stack:
    """Columns of stacked bars over an axis of amounts; `columns` are their middles."""

    height: int
    left: int
    right: int
    base: float
    bars: Sequence[Bar]
    ticks: Sequence[Tick]
    columns: Sequence[float]


@dataclass(frozen=True)
class NarrowColumn:
    """A column as the phone shows it, lying: which one it is, and what it adds up to."""

    column: int
    total: int
    bars: Sequence[Bar]


@dataclass(frozen=True)
class Measure:
    """How much of a whole, with the words for it. More than the whole fills the bar."""

    label: str
    part: int
    whole: int
    text: str


@dataclass(frozen=True)
class MeterRow:
    """A measure as it is drawn: its track and the filled part of it."""

    name: str
    label: str  # the name, shortened to fit beside a bar
    text: str
    middle: float
    track: Bar
    filled: Bar


@dataclass(frozen=True)
class Meters:
    """Bars below each other, each of its own whole."""

    height: int
    rows: Sequence[MeterRow]
    text_at: int


@dataclass(frozen=True)
class Expiry:
    """Something that ends on a day."""

    label: str
    ends_on: date


@dataclass(frozen=True)
class TimelineRow:
    """What ends, as it is drawn: a line until its last day."""

    name: str
    label: str  # the name, shortened to fit beside the line
    ends_on: date
    middle: float
    start: float
    end: float


@dataclass(frozen=True)
class Timeline:
    """Lines from a day on until each last day, over an axis of half years."""

    height: int
    rows: Sequence[TimelineRow]
    ticks: Sequence[tuple[float, date]]
    right: float  # where the last day of the axis stands


def top_series(totals: Mapping[str, int]) -> list[str]:
    """Return the keys with the largest totals, the largest first; at most `TOP_SERIES`."""
    order = sorted(totals, key=lambda key: (-totals[key], key))
    return [key for key in order if totals[key] > 0][:TOP_SERIES]


def stack(columns: Sequence[Sequence[int]]) -> Stack:
    """Draw columns of amounts in øre, each with one amount per series, from the base upwards.

    A negative amount has no height; the table tells it.
    """
    most = max((sum(max(0, each) for each in column) for column in columns), default=0)
    step = tick_step(most)
    top = max(step, -(-most // step) * step)
    base = _HEIGHT - _BOTTOM
    room, each = base - _TOP, (WIDTH - _LEFT - _RIGHT) / max(1, len(columns))
    bars = []
    for place, column in enumerate(columns):
        y = float(base)
        for series, amount in enumerate(column, 1):
            height = max(0, amount) / top * room
            y -= height
            if height:
                x = _LEFT + each * (place + 0.14)
                bars.append(Bar(_at(x), _at(y), _at(each * 0.72), _at(height), series))
    ticks = [Tick(_at(base - value / top * room), value) for value in range(0, top + 1, step)]
    middles = [_at(_LEFT + each * (place + 0.5)) for place in range(len(columns))]
    return Stack(_HEIGHT, _LEFT, WIDTH - _RIGHT, base, bars, ticks, middles)


def lying(columns: Sequence[Sequence[int]]) -> list[NarrowColumn]:
    """Draw the latest columns that have something as bars below each other, the latest first."""
    longest = [sum(max(0, each) for each in column) for column in columns]
    shown = [place for place, length in enumerate(longest) if length][-MOST_LYING:]
    scale = NARROW / max((longest[place] for place in shown), default=1)
    return [
        NarrowColumn(place, sum(columns[place]), _segments(columns[place], scale))
        for place in reversed(shown)
    ]


def tick_step(most: int) -> int:
    """Return a round distance in øre with at most five ticks above zero, a kroner at least."""
    size = 100
    while size * 50 < most:
        size *= 10
    return next(int(size * step) for step in _STEPS if size * step * 5 >= most)


def meters(measures: Sequence[Measure]) -> Meters:
    """Draw measures below each other."""
    room = WIDTH - _LABEL - _TEXT
    rows = []
    for place, one in enumerate(measures):
        y = place * _ROW + (_ROW - _BAR) / 2
        share = min(1.0, max(0.0, one.part / one.whole)) if one.whole > 0 else 0.0
        rows.append(
            MeterRow(
                name=one.label,
                label=shortened(one.label),
                text=one.text,
                middle=y + _BAR / 2,
                track=Bar(_LABEL, y, room, _BAR),
                filled=Bar(_LABEL, y, _at(room * share), _BAR, 1),
            )
        )
    return Meters(_ROW * max(1, len(measures)), rows, WIDTH - _TEXT + 12)


def timeline(expiries: Sequence[Expiry], first: date, last: date) -> Timeline:
    """Draw what ends from `first` to `last`, in the order given."""
    room, days = WIDTH - _LABEL - 120, max(1, (last - first).days)

    def at(day: date) -> float:
        return _at(_LABEL + room * (day - first).days / days)

    rows = [
        TimelineRow(one.label, shortened(one.label), one.ends_on, _AXIS + (place + 0.5) * _ROW,
                    at(first), at(one.ends_on))
        for place, one in enumerate(expiries)
    ]  # fmt: skip
    ticks = [(at(day), day) for day in _half_years(first, last)]
    return Timeline(_AXIS + _ROW * max(1, len(rows)), rows, ticks, at(last))


def _segments(values: Sequence[int], scale: float) -> list[Bar]:
    bars: list[Bar] = []
    at = 0.0
    for series, value in enumerate(values, start=1):
        if value > 0:
            bars.append(Bar(_at(at), 0, _at(value * scale), NARROW_HEIGHT, series))
            at += value * scale
    return bars


def shortened(label: str) -> str:
    """Return a label that fits beside a bar, cut between words; the table has the whole of it."""
    if len(label) <= LONGEST_LABEL:
        return label
    kept = label[:LONGEST_LABEL]
    return (kept.rsplit(" ", 1)[0] if " " in kept else kept[:-1]).rstrip(" ,;:-(") + "…"


def _half_years(first: date, last: date) -> list[date]:
    """List the first days of half years from `first` to `last`; names of quarters would touch."""
    days = (date(year, month, 1) for year in range(first.year, last.year + 1) for month in (1, 7))
    return [day for day in days if first <= day <= last]


def _at(value: float) -> float:
    return round(value, 1)
