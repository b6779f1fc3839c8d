"""The downloads of price lists: the enterprise's products to edit, and an empty list to fill in."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, make_response, request

from catalogue.core.errors import Missing
from catalogue.core.http import ENTERPRISES, reading, route, today, who
from catalogue.core.text import current_locale, reading_in
from catalogue.core.text import lazy as _

from . import sheet_export, sheet_file
from .screens import blueprint
from .sheet_file import Line

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
NAMES = {
    "da": {"own": "varer-{}", "empty": "prisliste-skabelon"},
    "en": {"own": "products-{}", "empty": "price-list-template"},
}


@route(blueprint, "/varer-hos-os/prisliste.<ending>", access=ENTERPRISES)
def own_list(ending: str) -> Response:
    """Hand out all products of the enterprise, to be edited and sent again."""
    with reading_in(_asked()), reading() as session:
        lines = sheet_export.list_lines(session, who().enterprise_id or 0)
        name = NAMES[current_locale()]["own"].format(today().isoformat())
        return _download(lines, _offered(ending), (name, ending))


@route(blueprint, "/varer-hos-os/skabelon.<ending>", access=ENTERPRISES)
def empty_list(ending: str) -> Response:
    """Hand out a list without products, to be filled in."""
    with reading_in(_asked()):
        lines = sheet_export.example()
        return _download(lines, _offered(ending), (NAMES[current_locale()]["empty"], ending))


def _asked() -> str:
    return request.args.get("sprog", current_locale())


def _offered(ending: str) -> list[str]:
    """Return the categories to choose from; raises Missing for a file we do not write."""
    if ending not in TYPES:
        raise Missing(_("Price lists can be had as Excel (.xlsx) and as CSV."))
    if ending == "csv":
        return []
    with reading() as session:
        return sheet_export.list_offered(session, who().enterprise_id or 0)


def _download(lines: Sequence[Line], offered: Sequence[str], name: tuple[str, str]) -> Response:
    stem, ending = name
    content = sheet_file.as_xlsx(lines, offered) if ending == "xlsx" else sheet_file.as_csv(lines)
    response = make_response(content)
    response.headers["Content-Type"] = TYPES[ending]
    response.headers["Content-Disposition"] = f'attachment; filename="{stem}.{ending}"'
    return response
