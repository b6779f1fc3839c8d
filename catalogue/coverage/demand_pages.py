"""The demand desk of procurement staff: what is looked for in vain, and who could make it."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from babel import dates
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
    today,
    transaction,
    who,
)
from catalogue.core.text import current_locale, gettext
from catalogue.core.text import lazy as _
from catalogue.products.rules import STATE_NAMES
from catalogue.search import inquiries
from catalogue.search.inquiry_schema import read_chosen, read_text
from catalogue.search.rules import OUTCOME_NAMES, Inquired

from . import demand_queries as queries
from . import demand_rules as rules
from . import demand_schema as schema
from . import lists
from .demand_queries import Desk
from .demand_rules import Closeness, Group
from .screens import blueprint

LABELS: dict[str, Any] = {
    "enterprises": _("Enterprises"),
    "text": _("What you ask"),
    "category_code": _("Category"),
}


@route(blueprint, "/daekning/efterspoergsel", access=STAFF)
def demand() -> Response:
    """List what was looked for in vain, most often first."""
    view = schema.read_desk_view(request.args)
    with reading() as session:
        desk = _read(session, view.months)
        counts = Counter(each.category_code for each in desk.groups)
        codes = {code for code in (*counts, view.wish.category) if code}
        labels = agreements.category_labels(session, codes, current_locale())
    found = rules.wished(desk.groups, view.wish)
    categories = _category_choices(counts, labels, view.wish.category)
    shown = look_through(lists.DEMAND, found)
    return render(
        "coverage/demand.html", view=view, desk=desk, labels=labels, periods=schema.PERIODS,
        lines=[(each, _near(desk, each)) for each in shown["rows"]],
        reasons=schema.REASON_CHOICES, categories=categories, outcome_names=OUTCOME_NAMES, **shown,
    )  # fmt: skip


@route(blueprint, "/daekning/efterspoergsel.csv", access=STAFF)
def demand_csv() -> Response:
    """Send the same lines as a file for spreadsheets."""
    view = schema.read_desk_view(request.args)
    with reading() as session:
        desk = _read(session, view.months)
    return send_list(lists.DEMAND, rules.wished(desk.groups, view.wish), "efterspoergsel")


@route(blueprint, "/daekning/efterspoergsel/<name>", access=STAFF)
def demand_group(name: str) -> Response:
    """Show all that stands behind one line, and the form that asks enterprises."""
    return _draw_group(name, {})


@route(blueprint, "/daekning/efterspoergsel/<name>/spoerg", access=STAFF, methods=["POST"])
@once
def ask_enterprises(name: str) -> Response:
    """Ask the chosen enterprises whether they can make it."""
    try:
        text, chosen = read_text(request.form), read_chosen(request.form.getlist("enterprises"))
        with transaction() as session:
            inquiries.take_turn_asking(session, who())
            group = _read(session, max(schema.PERIODS)).get(name)
            known = next(iter(_label(session, group)), None)
            inquired = Inquired(group.words, text, chosen, known)
            schema.refuse_asked(group, inquired.enterprise_ids)
            inquiries.ask(session, who(), inquired, now())
    except Invalid as error:
        return _draw_group(name, error.problems)
    flash(_("The enterprises are asked. Their answers stand here."))
    return go("catalogue.coverage.demand_group", name=group.slug)


def _draw_group(name: str, errors: dict[str, list[Any]]) -> Response:
    months = max(schema.PERIODS)
    if not errors:
        months = schema.read_desk_view(request.args).months
    with reading() as session:
        desk = _read(session, months)
        group = desk.get(name)
        labels = _label(session, group)
    values = {"text": request.form.get("text", _question(group))}
    return render(
        "coverage/demand_group.html", 422 if errors else 200, group=group, desk=desk,
        months=months, category=labels.get(group.category_code or "", ""), errors=errors,
        values=values, ticked=request.form.getlist("enterprises"), choices=_choices(desk, group),
        closeness_names=rules.CLOSENESS_NAMES, labels=LABELS, outcome_names=OUTCOME_NAMES,
        state_names=STATE_NAMES, month=_month,
    )  # fmt: skip


def _read(session: Session, months: int) -> Desk:
    return queries.read(session, state().parts, who().municipality_id or 0, today(), months)


def _label(session: Session, group: Group) -> dict[str, str]:
    """Return the name of the group's category by its code; empty without one."""
    codes = [group.category_code] if group.category_code else []
    return agreements.category_labels(session, codes, current_locale())


def _near(desk: Desk, group: Group) -> int:
    """Count the enterprises with products in or near the category."""
    found = (rules.closeness(each, group.category_code) for each in desk.shops)
    return sum(each != Closeness.ANYWHERE for each in found)


def _choices(desk: Desk, group: Group) -> dict[Closeness, list[tuple[str, str]]]:
    """List (id, name) of those who were not asked yet, by closeness."""
    asked = {each.enterprise_id for each in group.sent}
    found: dict[Closeness, list[tuple[str, str]]] = {each: [] for each in Closeness}
    for shop in desk.shops:
        if shop.id not in asked:
            found[rules.closeness(shop, group.category_code)].append((str(shop.id), shop.name))
    return found


def _category_choices(
    counts: Counter[str | None], labels: dict[str, str], chosen: str | None
) -> list[tuple[str, str]]:
    """List the categories to choose; a chosen one without things of its own has some below it."""
    named = [(code, f"{labels.get(code, code)} ({counts[code]})") for code in counts if code]
    if chosen and chosen not in counts:
        named.append((chosen, labels.get(chosen, chosen)))
    named.sort(key=lambda each: each[1].casefold())
    without = (
        [(schema.WITHOUT, f"{gettext('No category')} ({counts[None]})")] if counts[None] else []
    )
    return named + without


def _question(group: Group) -> str:
    return gettext(
        "Our buyers look for “%(words)s” and do not find it among what they may order."
        " Can you make it, or something like it? If you can, make a draft with a description and"
        " a price. This is a question and no order.",
        words=group.words,
    )


def _month(first_day: date) -> str:
    return dates.format_date(first_day, "MMMM y", locale=current_locale())
