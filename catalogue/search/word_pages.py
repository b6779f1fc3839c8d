"""The pages of procurement staff: what words mean here, and what was searched for in vain."""

from __future__ import annotations

from collections.abc import Sequence
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
    once,
    reading,
    render,
    route,
    send_list,
    state,
    transaction,
    who,
)
from catalogue.core.seen import ChangedMeanwhile, mark_of, refuse_unless_seen
from catalogue.core.text import current_locale, gettext
from catalogue.core.text import lazy as _
from catalogue.core.turns import hold

from . import asked, lists, service, words
from .lists import RELATION_NAMES
from .models import KeptSynonym
from .said import Relation
from .screens import blueprint
from .synonyms import Synonym
from .word_schema import LONGEST_WORD, read_said

MOST_IN_VAIN = 12
EMPTY: dict[str, Any] = {"word": "", "relation": Relation.SAME, "means": "", "categories": ""}


@route(blueprint, "/ord", access=STAFF, endpoint="words")
def list_words() -> Response:
    """List the words that hold in the municipality, and what was searched for in vain."""
    with reading() as session:
        entries = _entries(session)
        in_vain = asked.list_in_vain(session, _municipality_id(), MOST_IN_VAIN)
        shown = look_through(lists.WORDS, entries)
        codes = {code for each in shown["rows"] for code in each.said.categories}
        labels = agreements.category_labels(session, codes, current_locale())
    return render(
        "search/words.html", in_vain=in_vain, category_labels=labels,
        relation_names=RELATION_NAMES, **shown,
    )  # fmt: skip


@route(blueprint, "/ord.csv", access=STAFF)
def words_csv() -> Response:
    """Send the same words as a file for spreadsheets."""
    with reading() as session:
        entries = _entries(session)
    return send_list(lists.WORDS, entries, "ord")


@route(blueprint, "/ord/ny", access=STAFF)
def new_word() -> Response:
    """Show the form with what is shipped for the word in the address, or the own entry of it."""
    text = request.args.get("ord", "").strip()[:LONGEST_WORD]
    with reading() as session:
        own = words.find_own(session, _municipality_id(), text) if text else None
    if own is not None:
        return go("catalogue.search.word", synonym_id=own.id)
    shipped = words.find_shipped(_shipped(), text)
    return _draw(_values_of(shipped) if shipped else EMPTY | {"word": text})


@route(blueprint, "/ord/ny", access=STAFF, methods=["POST"])
@once
def create_word() -> Response:
    """Explain a word in place of what is shipped for it."""
    try:
        said = read_said(request.form)
        with transaction() as session:
            words.create(session, who(), said, now())
    except Invalid as error:
        return _draw(_typed(), problems=error.problems)
    return _saved(said)


@route(blueprint, "/ord/<int:synonym_id>", access=STAFF)
def word(synonym_id: int) -> Response:
    """Show the form with what the municipality says of a word."""
    own = _get_own(synonym_id)
    return _draw(_values_of(own), own=own)


@route(blueprint, "/ord/<int:synonym_id>", access=STAFF, methods=["POST"])
@once
def save_word(synonym_id: int) -> Response:
    """Change what the municipality says of a word."""
    own = _get_own(synonym_id)
    try:
        said = read_said(request.form)
        with transaction() as session:
            kept = words.get_own(session, _municipality_id(), synonym_id)
            hold(session, kept)
            refuse_unless_seen(mark_of(_values_of(kept)), request.form.get("seen"))
            words.amend(session, who(), synonym_id, said, now())
    except Invalid as error:
        return _draw(_typed(), own=own, problems=error.problems)
    except ChangedMeanwhile as error:
        flash(error.detail, "warning")
        return _draw(_typed() | {"seen": ""}, own=own)
    return _saved(said)


@route(blueprint, "/ord/<int:synonym_id>/slet", access=STAFF, methods=["POST"])
def delete_word(synonym_id: int) -> Response:
    """Take an own entry out, so that what is shipped for the word holds again."""
    with transaction() as session:
        gone = words.delete(session, who(), synonym_id, now())
    if words.find_shipped(_shipped(), gone.word):
        flash(_("“%(word)s” means again what came with the catalogue.", word=gone.word))
    else:
        flash(_("“%(word)s” is not explained any more.", word=gone.word))
    return go("catalogue.search.words")


def _municipality_id() -> int:
    return who().municipality_id or 0  # staff have one; 0 belongs to nobody


def _entries(session: Session) -> list[words.Entry]:
    return words.list_entries(
        session, _municipality_id(), service.dictionaries(state().parts).listed
    )


def _shipped() -> Sequence[Synonym]:
    return service.dictionaries(state().parts).shipped.entries


def _get_own(synonym_id: int) -> KeptSynonym:
    with reading() as session:
        return words.get_own(session, _municipality_id(), synonym_id)


def _saved(said: Synonym) -> Response:
    flash(_("“%(word)s” is saved and counts from the next search.", word=said.word))
    return go("catalogue.search.words")


def _values_of(said: Synonym | KeptSynonym) -> dict[str, Any]:
    return {
        "word": said.word,
        "relation": said.relation,
        "means": ", ".join(said.means),
        "categories": ", ".join(said.categories),
    }


def _typed() -> dict[str, Any]:
    return {name: request.form.get(name, "") for name in (*EMPTY, "seen")}


def _draw(
    values: dict[str, Any],
    *,
    own: KeptSynonym | None = None,
    problems: dict[str, list[Any]] | None = None,
) -> Response:
    return render(
        "search/word_form.html",
        422 if problems else 200,
        values=values,
        own=own,
        seen=values.get("seen") or (mark_of(_values_of(own)) if own else ""),
        shipped=words.find_shipped(_shipped(), own.word) if own else None,
        errors=problems or {},
        labels=_labels(),
        longest=LONGEST_WORD,
        relation_names=RELATION_NAMES,
    )


def _labels() -> dict[str, str]:
    return {
        "word": gettext("Word or phrase"),
        "relation": gettext("How it stands to what it means"),
        "means": gettext("What it means"),
        "categories": gettext("Categories it stands for"),
    }
