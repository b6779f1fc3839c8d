"""Read a list of a municipality's people, XLSX or CSV, into rows of text; judges nothing."""

from __future__ import annotations

from dataclasses import dataclass

from catalogue.core import book_errors, sheets
from catalogue.core.errors import Invalid
from catalogue.core.text import Text, fold
from catalogue.core.text import lazy as _

# Folded header -> field. Both languages are accepted, mixed too.
HEADERS: dict[str, str] = {
    fold(header): name
    for name, headers in {
        "number": "medarbejdernummer, medarbejdernr, medarbejder-id, lønnummer, tjenestenummer,"
        " employee number, employee id",
        "user_name": "brugernavn, bruger-id, initialer, user name, username",
        "email": "e-mail, email, mail, e-mailadresse, mailadresse, e-mail address",
        "name": "navn, fulde navn, name, full name",
        "given_name": "fornavn, fornavne, given name, first name",
        "family_name": "efternavn, family name, last name, surname",
        "roles": "roller, rolle, roles, role",
        "active": "aktiv, ansat, active, employed",
    }.items()
    for header in headers.split(",")
}
NAMES: dict[str, Text] = {
    "number": _("Employee number"),
    "user_name": _("User name"),
    "email": _("E-mail"),
    "name": _("Name"),
    "given_name": _("Given name"),
    "family_name": _("Family name"),
    "roles": _("Roles"),
    "active": _("Active"),
}


class UnreadablePeople(Invalid):
    """The file cannot be read as a list of people; the detail says why and what would help."""

    title = _("The list of people cannot be read")

    def __init__(self, detail: Text | str) -> None:
        super().__init__({"list": [detail]}, detail)


@dataclass(frozen=True)
class Row:
    """A row with what stands in it by field, blanks left out; `line` as the spreadsheet shows."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True)
class People:
    """The rows of a list, and in which column each field stands, as spreadsheets call columns."""

    rows: list[Row]
    columns: dict[str, str]

    def cell(self, row: Row, name: str) -> str:
        """Return what a spreadsheet calls the cell of a field, such as C7."""
        return f"{self.columns.get(name, '')}{row.line}"


def read(content: bytes, filename: str) -> People:
    """Read the rows below the header, blank ones left out; raises UnreadablePeople."""
    try:
        found = sheets.best(sheets.tables(content, filename), HEADERS, {"email", "roles"})
    except sheets.Unreadable as error:
        raise UnreadablePeople(error.detail) from None
    if found is None:
        raise UnreadablePeople(
            _(
                "No row has the headings E-mail and Roller (or e-mail and roles). Write them above"
                " the columns and send it again."
            )
        )
    table, header = found
    names = sheets.fields(table[header], HEADERS)
    below = enumerate(table[header + 1 :], start=header + 2)
    rows = [each for line, cells in below if (each := _row(line, names, cells)).cells]
    if not rows:
        # An export that failed must not close everybody.
        raise UnreadablePeople(_("There are no people below the headings."))
    if len(rows) > sheets.MOST_ROWS or sheets.is_cut(table):
        # Who stands behind the last row that is read would have left.
        raise UnreadablePeople(
            _(
                "More than %(limit)s rows, and a list that is split closes the people of its other"
                " parts. Let your directory keep the people instead (SCIM).",
                limit=sheets.MOST_ROWS,
            )
        )
    columns = {name: sheets.letters(place) for place, name in enumerate(names) if name}
    return People(rows, columns)


def _row(line: int, names: list[str], cells: list[str]) -> Row:
    told = {
        name: text
        for name, cell in zip(names, cells, strict=False)
        if name and (text := sheets.plain(cell, lines=name == "roles")) != book_errors.MARK and text
    }
    return Row(line, told)
