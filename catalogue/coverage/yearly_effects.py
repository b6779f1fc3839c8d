"""What the enterprises of a yearly report state of their effect themselves, and their sums."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from catalogue.core.text import gettext, today_in_copenhagen
from catalogue.enterprises import effect_rules, effect_words
from catalogue.enterprises.effect_models import EffectStatement
from catalogue.enterprises.effect_rules import Measure, Sum

from .overview_file import Cell


@dataclass(frozen=True)
class Stated:
    """The statements of a year by enterprise, of those ordered from, and the sums of them."""

    year: int
    rows: Mapping[int, EffectStatement]
    of: int  # how many enterprises were ordered from
    sums: Mapping[Measure, Sum]

    def told(self, measures: Sequence[Measure]) -> list[Measure]:
        """List those of the measures that somebody stated, in their order."""
        return [measure for measure in measures if self.sums[measure].stated]


def year_of(year: int, *, is_over: bool) -> int:
    """Return the year whose statements a report shows: while its own runs, the one before."""
    return year if is_over else year - 1


def sum_up(rows: Mapping[int, EffectStatement], year: int, of: int) -> Stated:
    """Return statements of a year, by enterprise, with their sums; `of`: so many might state."""
    return Stated(year, rows, of, effect_rules.sums(rows.values(), of))


def table(found: Stated, names: Mapping[int, tuple[str, str]]) -> Iterator[list[Cell]]:
    """Yield the heads and one row per enterprise; `names`: CVR number and name, in their order.

    A cell is empty where nothing is stated; sums are left to the reader of the file.
    """
    yield [
        gettext("CVR number"), gettext("Enterprise"), gettext("Year"),
        *(f"{effect_words.LABELS[each]} ({effect_words.UNITS[each]})" for each in Measure),
        *(str(effect_words.LABELS[name]) for name in effect_rules.WORDS),
        gettext("Stated by the enterprise itself on"),
    ]  # fmt: skip
    for enterprise_id, (cvr, name) in names.items():
        row = found.rows.get(enterprise_id)
        stated_on = today_in_copenhagen(row.stated_at) if row else None
        said = [getattr(row, field) if row else None for field in effect_rules.FIELDS]
        yield [cvr, name, found.year, *said, stated_on]
