"""Procurement staff bring in the ledger: send a file, see what it would do, take its rows."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from sqlalchemy.orm import Session

from catalogue.agreements import queries as agreements
from catalogue.core.errors import Invalid
from catalogue.core.http import (
    STAFF,
    flash,
    go,
    look_through,
    now,
    reading,
    render,
    route,
    send_list,
    state,
    transaction,
    who,
)
from catalogue.core.text import Text, current_locale, ngettext
from catalogue.core.text import lazy as _

from . import (
    account_form,
    ledger,
    ledger_file,
    ledger_queries,
    ledger_store,
    ledger_sums,
    ledger_work,
    survey,
)
from .account_form import ACCOUNTS, Line
from .ledger_pages import municipality_id
from .models import ImportState
from .screens import blueprint

IMPORT = "catalogue.coverage.ledger_import"
NAMES: dict[str, Any] = {
    "state_names": {
        ImportState.CHECKING: _("Being checked"),
        ImportState.CHECKED: _("Checked, not read in"),
        ImportState.READING: _("Being read in"),
        ImportState.TAKEN: _("Read in"),
        ImportState.FAILED: _("Cannot be read"),
        ImportState.REMOVED: _("Deleted"),
    },
    "state_colours": {
        ImportState.CHECKING: "waiting",
        ImportState.CHECKED: "approval",
        ImportState.READING: "waiting",
        ImportState.TAKEN: "completed",
        ImportState.FAILED: "failed",
        ImportState.REMOVED: "withdrawn",
    },
    "field_names": {
        "ledger": _("Ledger"),
        "booked_on": _("Date"),
        "amount": _("Amount"),
        "account": _("Account"),
        "department": _("Department"),
    },
}


@route(blueprint, "/regnskab/indlaes", access=STAFF)
def ledger_imports() -> Response:
    """Show how to send a ledger, and what was sent before."""
    return _draw_imports({}, 200)


@route(blueprint, "/regnskab/indlaes", access=STAFF, methods=["POST"])
def send_ledger() -> Response:
    """Store a sent ledger and check it: at once when it is small, else in the background."""
    here, file = state(), request.files.get("ledger")
    if file is None or not file.filename:
        return _draw_imports({"ledger": [_("Choose the file of the ledger")]}, 422)
    ledger_store.forget_old(here.settings, now())
    kept = ledger_store.keep(here.settings, file.stream, file.filename)
    try:
        with ledger_store.opened(here.settings, kept.token) as path:
            ledger_file.look(path)
    except Invalid as error:
        ledger_store.forget(here.settings, kept.token)
        return _draw_imports(error.problems, 422)
    small = ledger_work.is_small(here.settings, kept.token)
    with transaction() as session:
        made = ledger.receive(session, who(), kept, now())
        ledger.put(session, made, ledger.CHECK, now(), wait=small)
    if small:
        ledger_work.run(here.database, here.settings, ledger.CHECK, made.id, here.clock)
    return go(IMPORT, import_id=made.id)


@route(blueprint, "/regnskab/indlaesninger/<int:import_id>", access=STAFF)
def ledger_import(import_id: int) -> Response:
    """Show what a file would do, how far it is read, or what it did."""
    with reading() as session:
        found = ledger.get_own(session, municipality_id(), import_id)
        mapped = ledger_queries.list_mapped(session, municipality_id())
    accounts = found.facts.get("accounts", {})
    return render(
        "coverage/ledger_import.html", found=found, facts=found.facts,
        period=survey.period(found.facts), faults=survey.faults(found.facts),
        most=survey.MOST_FAULTS,
        unmapped=[name for name in accounts if name and name not in mapped], **NAMES,
    )  # fmt: skip


@route(blueprint, "/regnskab/indlaesninger/<int:import_id>/laes-ind", access=STAFF,
       methods=["POST"])  # fmt: skip
def take_ledger(import_id: int) -> Response:
    """Take the rows of a checked file."""
    here = state()
    with reading() as session:
        checked = ledger.get_own(session, municipality_id(), import_id)
    small = ledger_work.is_taken_at_once(here.settings, checked)
    with transaction() as session:
        found = ledger.begin(session, who(), import_id, now())
        ledger.put(session, found, ledger.TAKE, now(), wait=small)
    if small:
        ledger_work.run(here.database, here.settings, ledger.TAKE, import_id, here.clock)
    return go(IMPORT, import_id=import_id)


@route(blueprint, "/regnskab/indlaesninger/<int:import_id>/slet", access=STAFF, methods=["POST"])
def remove_ledger(import_id: int) -> Response:
    """Delete the rows that came by a file, or give it up."""
    with transaction() as session:
        own = ledger.get_own(session, who().municipality_id or 0, import_id)
        lessened = ledger.list_lessened(session, own)
        found = ledger.remove(session, who(), import_id, now())
    if found.token:  # the books of the demonstration came by no file
        ledger_store.forget(state().settings, found.token)
    flash(_("The rows of %(name)s are deleted.", name=found.file_name))
    if lessened:
        flash(
            _("Rows that %(names)s had too went along. Send those files again, and they are back.",
              names=", ".join(dict.fromkeys(lessened)))
        )  # fmt: skip
    return go("catalogue.coverage.ledger_imports")


@route(blueprint, "/regnskab/konti", access=STAFF)
def accounts() -> Response:
    """Show the accounts with what is bought on them, those without category first."""
    with reading() as session:
        lines = _lines(session)
    return _draw_accounts(lines)


@route(blueprint, "/regnskab/konti.csv", access=STAFF)
def accounts_csv() -> Response:
    """Send the same accounts, all of them, as a file for spreadsheets."""
    with reading() as session:
        lines = _lines(session)
    return send_list(ACCOUNTS, lines, "konti")


@route(blueprint, "/regnskab/konti", access=STAFF, methods=["POST"])
def map_accounts() -> Response:
    """Remember the categories that were typed; of several that match, show which."""
    with reading() as session:
        lines = _lines(session)
        read = account_form.read(session, lines, request.form, current_locale())
    if read.categories:
        with transaction() as session:
            ledger.map_accounts(session, who(), read.categories, now())
    done = len(read.categories)
    if done or not read.errors:
        flash(ngettext("%(num)s account was changed.", "%(num)s accounts were changed.", done))
    if read.errors:
        return _draw_accounts(lines, 422, errors=read.errors, rows=read.lines)
    return go("catalogue.coverage.accounts", **request.args.to_dict())


def _draw_imports(errors: dict[str, list[Text | str]], status: int) -> Response:
    with reading() as session:
        imports = ledger_queries.list_imports(session, municipality_id())
    return render("coverage/ledger_imports.html", status, imports=imports, errors=errors, **NAMES)


def _draw_accounts(lines: list[Line], status: int = 200, **refused: Any) -> Response:
    """Draw a page of the accounts; `refused`: `rows` as they were typed, and their `errors`."""
    listed = look_through(ACCOUNTS, lines, account_form.MOST_LINES)
    values = {"errors": {}, "import_id": request.args.get("indlaesning"), **listed, **refused}
    return render("coverage/accounts.html", status, **values)


def _lines(session: Session) -> list[Line]:
    """Return the accounts of one import, else of the whole ledger."""
    number = request.args.get("indlaesning", "")
    if number.isascii() and number.isdecimal() and len(number) < 18:
        found = ledger.get_own(session, municipality_id(), int(number))
        sums = {name: ledger_sums.Sum(*each) for name, each in
                found.facts.get("accounts", {}).items()}  # fmt: skip
    else:
        sums = ledger_sums.by_account(session, municipality_id())
    mapped = ledger_queries.list_mapped(session, municipality_id())
    codes = {mapped[name] for name in sums if name in mapped}
    labels = agreements.category_labels(session, codes, current_locale())
    return account_form.lines(sums, mapped, labels)
