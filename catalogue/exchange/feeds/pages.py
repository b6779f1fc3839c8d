"""The pages on which staff define catalogue files: columns, first rows, download, and the runs."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request, send_file

from catalogue.accounts.models import Municipality
from catalogue.core.errors import Invalid
from catalogue.core.http import (
    STAFF,
    flash,
    go,
    now,
    once,
    reading,
    render,
    route,
    state,
    today,
    transaction,
    who,
)
from catalogue.core.http.operations import PREFIX
from catalogue.core.seen import ChangedMeanwhile, mark_of, refuse_unless_seen
from catalogue.core.text import lazy as _
from catalogue.core.turns import hold

from . import rules, schema, service, store, words, writing
from .models import CatalogueFile
from .rules import FileKind

blueprint = Blueprint("feeds", __name__)
MORE_LINES = 5
BOXES = ("agreement_ids", "enterprise_ids")


@route(blueprint, "/katalogfiler", access=STAFF)
def files() -> Response:
    """List the municipality's catalogue files."""
    with reading() as session:
        listed = service.list_own(session, who())
    return render("exchange/catalogue_files.html", listed=listed, kinds=words.KIND_NAMES)


@route(blueprint, "/katalogfiler/ny", access=STAFF)
def new() -> Response:
    """Show the form of a new file, with usual columns."""
    usual = service.usual()
    return _draw_form(None, schema.typed(usual.name, usual.layout), {}, {})


@route(blueprint, "/katalogfiler/ny", access=STAFF, methods=["POST"])
@once
def create() -> Response:
    """Define a file, or give the form more lines."""
    if "more" in request.form:
        return _with_more_lines(None)
    try:
        terms = schema.read_terms(request.form, _boxes())
        with transaction() as session:
            file_id = service.create(session, who(), terms, now())
    except Invalid as error:
        return _draw_form(None, request.form.to_dict(), _boxes(), error.problems)
    return go("catalogue.feeds.file", file_id=file_id)


@route(blueprint, "/katalogfiler/<int:file_id>", access=STAFF)
def file(file_id: int) -> Response:
    """Show a file: its first rows, where it is fetched, and when it was written."""
    settings = state().settings
    with reading() as session:
        shown = service.show(session, who(), file_id)
        layout, lines = service.preview(session, shown.file, settings.address, today())
    return render(
        "exchange/catalogue_file.html", shown=shown, one=shown.file, layout=layout, lines=lines,
        address=settings.address(PREFIX.strip("/"), "catalogue-files", str(file_id)),
        most=service.SHOWN_ROWS, kinds=words.KIND_NAMES, delimiters=words.DELIMITER_NAMES,
        encodings=words.ENCODING_NAMES, marks=words.MARK_NAMES,
    )  # fmt: skip


@route(blueprint, "/katalogfiler/<int:file_id>/hent", access=STAFF)
def download(file_id: int) -> Response:
    """Send a file as it would be written now."""
    settings = state().settings
    with reading() as session:
        found = service.get_own(session, who(), file_id)
        layout = service.layout_of(found)
        rows = service.stream(session, found, settings.address, today())
        opened = store.hold(lambda file: writing.write(file, layout, rows))
    name = store.name_of(file_id, layout.kind)
    mime_type = writing.MIME_TYPES[layout.kind]
    response = send_file(opened, mimetype=mime_type, as_attachment=True, download_name=name)
    response.content_type = service.content_type(found)
    return response


@route(blueprint, "/katalogfiler/<int:file_id>/ret", access=STAFF)
def edit(file_id: int) -> Response:
    """Show the form of a file."""
    with reading() as session:
        found = service.get_own(session, who(), file_id)
    chosen = {name: [str(each) for each in getattr(found, name)] for name in BOXES}
    return _draw_form(found, schema.typed(found.name, service.layout_of(found)), chosen, {})


@route(blueprint, "/katalogfiler/<int:file_id>/ret", access=STAFF, methods=["POST"])
@once
def amend(file_id: int) -> Response:
    """Change a file, or give the form more lines."""
    with reading() as session:
        found = service.get_own(session, who(), file_id)
    if "more" in request.form:
        return _with_more_lines(found)
    try:
        terms = schema.read_terms(request.form, _boxes())
        with transaction() as session:
            kept = service.get_own(session, who(), file_id)
            hold(session, kept)
            refuse_unless_seen(_mark_of(kept), request.form.get("seen"))
            service.amend(session, who(), file_id, terms, now())
    except Invalid as error:
        return _draw_form(found, request.form.to_dict(), _boxes(), error.problems)
    except ChangedMeanwhile as error:
        flash(error.detail, "warning")
        return _draw_form(found, request.form.to_dict() | {"seen": ""}, _boxes(), {})
    flash(_("The catalogue file is changed. It is written anew in a moment."))
    return go("catalogue.feeds.file", file_id=file_id)


@route(blueprint, "/katalogfiler/<int:file_id>/kopier", access=STAFF, methods=["POST"])
@once
def copy(file_id: int) -> Response:
    """Make another file like this one, and lead to its form."""
    with transaction() as session:
        made = service.copy(session, who(), file_id, now())
    flash(_("The catalogue file is copied. Change the copy here."))
    return go("catalogue.feeds.edit", file_id=made)


@route(blueprint, "/katalogfiler/<int:file_id>/slet", access=STAFF, methods=["POST"])
def delete(file_id: int) -> Response:
    """Delete a file, and what was written of it."""
    with transaction() as session:
        found = service.get_own(session, who(), file_id)
        code = session.get_one(Municipality, found.municipality_id).code
        service.remove(session, who(), file_id, now())
    store.forget(state().settings, code, file_id)
    flash(_("The catalogue file is deleted. Whoever fetched it gets nothing any more."))
    return go("catalogue.feeds.files")


def _boxes() -> dict[str, list[str]]:
    return {name: request.form.getlist(name) for name in BOXES}


def _with_more_lines(found: CatalogueFile | None) -> Response:
    lines = min(schema.count_lines(request.form) + MORE_LINES, rules.MOST_COLUMNS)
    return _draw_form(found, request.form.to_dict() | {"lines": lines}, _boxes(), {})


def _mark_of(found: CatalogueFile) -> str:
    return mark_of(vars(service.terms_of(found)))


def _draw_form(
    found: CatalogueFile | None, values: dict[str, Any], chosen: dict[str, list[str]],
    errors: dict[str, list[Any]],
) -> Response:  # fmt: skip
    with reading() as session:
        choices = service.list_choices(session, who(), today())
    labels = {name: str(text) for name, text in words.LABELS.items()}
    lines = range(schema.count_lines(values))
    for number in lines:
        for part in ("heading", "source", "constant", "form", "length", "place"):
            line = str(_("Column %(number)s", number=number + 1))
            labels[f"{part}_{number}"] = f"{line}, {labels[part]}"
    return render(
        "exchange/catalogue_file_form.html", 422 if errors else 200, one=found, values=values,
        seen=values.get("seen") or (_mark_of(found) if found else ""),
        chosen=chosen, errors=errors, labels=labels, lines=lines, choices=choices,
        kinds=[(each.value, str(words.KIND_NAMES[each])) for each in FileKind],
        delimiters=[(word, words.DELIMITER_NAMES[mark]) for word, mark in
                    schema.DELIMITERS.items()],
        encodings=[(each.value, words.ENCODING_NAMES[each]) for each in rules.Encoding],
        marks=list(words.MARK_NAMES.items()), sources=words.SOURCE_NAMES,
        forms=[(each.value, words.FORM_NAMES[each]) for each in rules.Form],
    )  # fmt: skip
