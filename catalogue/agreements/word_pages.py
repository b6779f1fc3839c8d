"""The views of categories given in words: answer what a list means, see and forget answers."""

from __future__ import annotations

from flask import Response, request

from catalogue.core.http import (
    STAFF,
    Page,
    flash,
    go,
    now,
    reading,
    render,
    route,
    state,
    transaction,
    who,
)
from catalogue.core.ids import whole
from catalogue.core.text import current_locale, fold, ngettext
from catalogue.core.text import lazy as _

from . import category_words, queries, sent_lists, word_form
from .screens import blueprint, municipality_id
from .word_form import Posted, Question

QUESTIONS_PER_PAGE = 15


@route(blueprint, "/aftaler/import/<token>/kategorier", access=STAFF)
def list_words(token: str) -> Response:
    """Ask what the texts of a kept list mean; those without an answer stand first."""
    name, rows = sent_lists.kept(state().settings, municipality_id(), token)
    with reading() as session:
        labels = category_words.list_labels(session)
        answers = category_words.find_answers(session, municipality_id())
    words = word_form.list_words(rows, answers)
    page = Page(request.args.get("page", 1, type=whole), len(words), QUESTIONS_PER_PAGE)
    shown = words[page.slice]
    questions = word_form.ask(shown, answers, labels, current_locale())
    return _draw(token, name, questions, page=page)


@route(blueprint, "/aftaler/import/<token>/kategorier", access=STAFF, methods=["POST"])
def answer_words(token: str) -> Response:
    """Remember the answers; ask on while there are texts without one, else show the preview."""
    name, rows = sent_lists.kept(state().settings, municipality_id(), token)
    with reading() as session:
        labels = category_words.list_labels(session)
        answers = category_words.find_answers(session, municipality_id())
    questions = word_form.read(_posted(), answers, labels, current_locale())
    if any(each.problems or each.looked_up for each in questions):
        status = 422 if any(each.problems for each in questions) else 200
        return _draw(token, name, questions, status=status)
    given = word_form.answers_of(questions)
    with transaction() as session:
        category_words.remember(session, who(), given, now())
    if given:
        flash(
            ngettext("%(num)s answer is remembered.", "%(num)s answers are remembered.", len(given))
        )
    known = set(answers) | {fold(text) for text in given}
    is_open = any(fold(word) not in known for row in rows for word in row.words)
    door = "list_words" if given and is_open else "import_preview"
    return go(f"catalogue.agreements.{door}", token=token)


@route(blueprint, "/aftaler/import/kategorier", access=STAFF)
def remembered_words() -> Response:
    """List what is remembered about categories in words."""
    with reading() as session:
        found = category_words.list_remembered(session, municipality_id())
        codes = {code for each in found for code in each.codes}
        labels = queries.category_labels(session, codes, current_locale())
    return render("agreements/remembered_words.html", remembered=found, labels=labels)


@route(blueprint, "/aftaler/import/kategorier/<int:word_id>/glem", access=STAFF, methods=["POST"])
def forget_word(word_id: int) -> Response:
    """Forget an answer, so that the text is asked about again."""
    with transaction() as session:
        text = category_words.forget(session, who(), word_id, now())
    flash(_("The answer about “%(text)s” is forgotten; the next list asks again.", text=text))
    return go("catalogue.agreements.remembered_words")


def _posted() -> list[Posted]:
    form = request.form
    return [
        Posted(
            text,
            form.get(f"rows-{place}", 0, type=whole),
            tuple(form.getlist(f"codes-{place}")),
            form.get(f"more-{place}", ""),
        )
        for place, text in enumerate(form.getlist("text"))
    ]


def _draw(
    token: str,
    name: str,
    questions: list[Question],
    *,
    page: Page | None = None,
    status: int = 200,
) -> Response:
    return render(
        "agreements/list_words.html",
        status,
        token=token,
        name=name,
        questions=questions,
        page=page,
        no_category=word_form.NONE,
    )
