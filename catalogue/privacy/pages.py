"""What is kept of people: the notice, one's own data, taking a person out, rules and reports."""

from __future__ import annotations

from flask import Blueprint, Response, request

from catalogue.accounts.models import Person
from catalogue.core.errors import Invalid
from catalogue.core.http import (
    ADMINISTRATORS,
    EVERYONE,
    SIGNED_IN,
    STAFF,
    draw_text,
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
from catalogue.core.text import Text, current_locale, ngettext
from catalogue.core.text import lazy as _
from catalogue.core.who import Role

from . import contacts, erasing, exporting, retention, sweeping
from .data_map import ENTRIES
from .exporting import Part
from .retention_rules import RULES

blueprint = Blueprint("privacy", __name__)
DESK = ADMINISTRATORS | STAFF


@route(blueprint, "/privatliv", access=EVERYONE)
def notice() -> Response:
    """Tell everybody what is kept of people, why, how long, and what rights they have."""
    with reading() as session:
        contact = contacts.find(session, state().settings, who())
    rules = {each.code: each for each in RULES}
    return render(
        "privacy/notice.html", entries=ENTRIES, rules=rules, settings=state().settings,
        contact=contact,
    )  # fmt: skip


@route(blueprint, "/was", access=EVERYONE)
def accessibility() -> Response:
    """Show the accessibility statement."""
    with reading() as session:
        contact = contacts.find(session, state().settings, who())
    return render("privacy/accessibility.html", contact=contact)


@route(blueprint, "/mine-oplysninger", access=SIGNED_IN)
def own() -> Response:
    """Show what is kept of oneself."""
    with reading() as session:
        person = session.get_one(Person, who().person_id)
        counted = exporting.count(session, person)
        return render("privacy/own.html", counted=counted, person=person)


@route(blueprint, "/mine-oplysninger", access=SIGNED_IN, methods=["POST"])
def fetch_own() -> Response:
    """Hand out what is kept of oneself, as a ZIP."""
    with transaction() as session:
        person = session.get_one(Person, who().person_id)
        return _answer(exporting.hand_out(session, who(), person, now()), person)


@route(blueprint, "/personer/<int:person_id>/oplysninger", access=DESK)
def of_person(person_id: int) -> Response:
    """Show what is kept of a person who asks for it, and what taking her out means."""
    return _draw(person_id, {})


@route(blueprint, "/personer/<int:person_id>/oplysninger", access=DESK, methods=["POST"])
def fetch(person_id: int) -> Response:
    """Hand out what is kept of a person on her request, as a ZIP."""
    with transaction() as session:
        person = erasing.get_person(session, who(), person_id)
        return _answer(exporting.hand_out(session, who(), person, now()), person)


@route(blueprint, "/personer/<int:person_id>/slet", access=DESK, methods=["POST"])
def erase(person_id: int) -> Response:
    """Take a person out; what is typed must be her address, so that it is nobody else."""
    try:
        with transaction() as session:
            person = erasing.get_person(session, who(), person_id)
            if request.form.get("email", "").strip().casefold() != person.email_folded:
                text = _("Write the e-mail address of %(name)s", name=person.name)
                raise Invalid({"email": [text]})
            done = erasing.erase(session, who(), person_id, now())
    except Invalid as error:
        return _draw(person_id, error.problems)
    flash(
        ngettext(
            "Taken out. Texts were changed in one row.",
            "Taken out. Texts were changed in %(num)s rows.",
            done.changed,
        )
    )
    if done.kept:
        flash(_("Her name still stands where it is kept: %(places)s.", places=_places(done.kept)))
    administrator = who().role == Role.ADMINISTRATOR
    return go("catalogue.accounts.persons" if administrator else "catalogue.colleagues.people")


@route(blueprint, "/opbevaring", access=ADMINISTRATORS)
def reports() -> Response:
    """Show the rules of retention, what is due by each, and what the last nights took out."""
    with reading() as session:
        due = retention.due(session, state().settings, now())
        runs = retention.list_runs(session)
    return render(
        "privacy/retention.html", rules=RULES, settings=state().settings, due=due, runs=runs
    )


def _draw(person_id: int, errors: dict[str, list[Text | str]]) -> Response:
    with reading() as session:
        person = erasing.get_person(session, who(), person_id)
        counted = exporting.count(session, person)
        kept = sweeping.count_kept(session, erasing.marks_of(session, person))
        return render(
            "privacy/person.html", 422 if errors else 200, person=person, counted=counted,
            kept={sweeping.KEPT[name] for name in kept}, errors=errors, values=request.form,
        )  # fmt: skip


def _places(kept: dict[str, int]) -> str:
    return " ".join(dict.fromkeys(str(sweeping.KEPT[name]) for name in kept))


def _answer(parts: list[Part], person: Person) -> Response:
    page = draw_text(
        state().templates, "privacy/handed_out.html", parts=parts, person=person,
        locale=current_locale(), at=now(),
    )  # fmt: skip
    told = {"person": person.id, "name": person.name, "email": person.email,
            "at": now().isoformat()}  # fmt: skip
    response = Response(exporting.packed(parts, page, told), mimetype="application/zip")
    name = f"data-{person.id}.zip"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
