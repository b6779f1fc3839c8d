"""The ledger of Slagelse: what the municipality is said to have bought in this year and the last.

All of it is invented. Purchases at social enterprises grow, for their agreements are young.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy.orm import Session

from catalogue.core.text import today_in_copenhagen
from catalogue.core.who import Role, Who
from catalogue.coverage import ledger, ledger_writing
from catalogue.coverage.demand_rules import first_month
from catalogue.coverage.ledger_cells import Posting, mark
from catalogue.coverage.ledger_rules import Occurrences
from catalogue.coverage.ledger_store import Kept
from catalogue.coverage.models import ImportState

if TYPE_CHECKING:
    from .load import World

SLAGELSE = "0330"
# Account -> category. 4999, Diverse, has none: somebody must say what is bought on it.
ACCOUNTS: dict[str, str | None] = {
    "4110": "30190000", "4120": "30200000", "4210": "37535200", "4220": "90910000",
    "4225": "55520000", "4230": "77310000", "4240": "39100000", "4245": "39500000",
    "4250": "15800000", "4260": "18530000", "4310": "09310000", "4320": "79620000",
}  # fmt: skip
OTHERS = {
    "Kontorleverandøren A/S": "99000017", "It-huset A/S": "99000025",
    "Fødevaregrossisten A/S": "99000033", "Møbelaftalen A/S": "99000041",
    "Energiselskabet A/S": "99000068", "Rengøringskompagniet A/S": "99000076",
    "Vikarbureauet ApS": "99000084", "Legepladsfirmaet A/S": "99000092",
    "Anlægsgartneren ApS": "99000106", "Cateringselskabet A/S": "99000114",
    "Vinhandleren ApS": "99000122",
}  # fmt: skip


class Habit(NamedTuple):
    """What is bought again and again: where, on which account, by whom, so many kroner a time.

    `times`: so often in two years; `grows`: the last purchase is so much larger than the first.
    """

    supplier: str  # the key of an enterprise, or a name of OTHERS
    account: str
    department: str
    kroner: int
    times: int
    grows: float = 1.0


SCHOOLS, CARE, PARKS = "Børn og Unge", "Sundhed og Ældre", "Teknik og Miljø"
CULTURE, TOWN_HALL = "Kultur og Fritid", "Rådhuset"
HABITS = (
    Habit("legehytten", "4210", SCHOOLS, 24_000, 14, 1.8),
    Habit("legehytten", "4999", SCHOOLS, 3_500, 5),
    Habit("bevar", "4245", CARE, 9_000, 18, 1.5),
    Habit("bevar", "4260", TOWN_HALL, 2_800, 14, 1.6),
    Habit("sumak", "4225", TOWN_HALL, 6_500, 40, 2.2),
    Habit("sumak", "4225", CULTURE, 4_200, 20, 1.6),
    Habit("sumak", "4260", TOWN_HALL, 1_900, 12),
    Habit("veteranhaven", "4230", PARKS, 18_000, 26, 1.9),
    Habit("veteranhaven", "4260", CARE, 1_400, 10),
    Habit("sterk", "4220", CULTURE, 11_000, 12, 1.3),  # it has no agreement with Slagelse
    Habit("blindes-arbejde", "4999", CARE, 2_200, 8),
    Habit("Kontorleverandøren A/S", "4110", TOWN_HALL, 14_000, 46),
    Habit("Kontorleverandøren A/S", "4110", SCHOOLS, 21_000, 46),
    Habit("It-huset A/S", "4120", SCHOOLS, 95_000, 24),
    Habit("It-huset A/S", "4120", TOWN_HALL, 60_000, 20),
    Habit("Fødevaregrossisten A/S", "4250", CARE, 52_000, 92),
    Habit("Fødevaregrossisten A/S", "4250", SCHOOLS, 31_000, 70),
    Habit("Møbelaftalen A/S", "4240", SCHOOLS, 70_000, 14),
    Habit("Energiselskabet A/S", "4310", PARKS, 130_000, 24, 1.1),
    Habit("Energiselskabet A/S", "4310", "", 45_000, 24),
    Habit("Rengøringskompagniet A/S", "4220", CARE, 58_000, 24),
    Habit("Vikarbureauet ApS", "4320", CARE, 40_000, 48, 0.8),
    Habit("Legepladsfirmaet A/S", "4210", SCHOOLS, 85_000, 8, 0.7),
    Habit("Anlægsgartneren ApS", "4230", PARKS, 66_000, 20, 0.8),
    Habit("Cateringselskabet A/S", "4225", TOWN_HALL, 8_000, 22, 0.7),
    Habit("Energiselskabet A/S", "4310", CULTURE, 36_000, 24),
    Habit("Rengøringskompagniet A/S", "4220", CULTURE, 27_000, 24, 0.9),
    Habit("Vinhandleren ApS", "4260", TOWN_HALL, 3_200, 26, 0.5),
    Habit("Vinhandleren ApS", "4260", SCHOOLS, 1_900, 18, 0.6),
    Habit("", "4999", CULTURE, 1_200, 12),  # private persons: no CVR number, no name
)


def keep(session: Session, world: World) -> None:
    """Write the ledger by its own means, one file for each year, and map the accounts."""
    home, today = world.municipalities[SLAGELSE], today_in_copenhagen(world.now)
    who = Who(role=Role.STAFF, municipality_id=home.id)
    ledger.map_accounts(session, who, ACCOUNTS, world.now)
    bought = sorted(_postings(world, today))
    for year in (today.year - 1, today.year):
        rows = [each for each in bought if each.booked_on.year == year]
        name = f"Regnskab {year} (demonstration).csv"
        made = ledger.receive(session, who, Kept(name, "", ""), world.now)
        ledger_writing.write(
            session, made, rows, Occurrences().fingerprints([each.mark for each in rows])
        )
        made.state, made.done_percent = ImportState.TAKEN, 100
        made.rows_read = made.rows_new = len(rows)
    session.flush()


def _postings(world: World, today: date) -> Iterator[Posting]:
    """Yield the purchases from January of last year until today; one in forty is credited."""
    chance = random.Random(330)  # noqa: S311 - the same world each time
    first = first_month(today, 12 + today.month)
    days = (today - first).days
    for habit in HABITS:
        cvr, name = _supplier(world, habit.supplier)
        for number in range(habit.times):
            part = (number + chance.random()) / habit.times
            day = first + timedelta(days=int(part * days))
            kroner = habit.kroner * (1 + (habit.grows - 1) * part) * chance.uniform(0.7, 1.3)
            ore = round(kroner) * 100 * (-1 if chance.random() < 1 / 40 else 1)
            told = f"{day} {cvr} {ore} {habit.account} {habit.department}"
            yield Posting(day, cvr, name, ore, habit.account, habit.department, mark(told))


def _supplier(world: World, key: str) -> tuple[str, str]:
    if key in world.enterprises:
        return world.enterprises[key].cvr, world.enterprises[key].name
    return OTHERS.get(key, ""), f"{key} (demonstration)" if key else ""
