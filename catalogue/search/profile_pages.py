"""The public profile of an enterprise: its story, with pictures of what it offers."""

from __future__ import annotations

from flask import Response

from catalogue.core.errors import Missing
from catalogue.core.http import EVERYONE, go, reading, render, route, state, today, who
from catalogue.core.text import Text
from catalogue.core.text import lazy as _
from catalogue.core.text import slug as slug_of
from catalogue.enterprises import effect_words, effects, words
from catalogue.enterprises import queries as enterprises
from catalogue.enterprises.effect_rules import Measure
from catalogue.enterprises.models import Enterprise, EnterpriseState

from . import queries
from .public import heads, telling
from .public import queries as public
from .public import rules as machines
from .screens import blueprint

SHOWN = 9


@route(blueprint, "/virksomheder/<int:enterprise_id>", access=EVERYONE)
@route(blueprint, "/virksomheder/<int:enterprise_id>/<slug>", access=EVERYONE)
def profile(enterprise_id: int, slug: str = "") -> Response:
    """Tell the enterprise's story to everybody; before it is verified to itself alone."""
    with reading() as session:
        dossier = enterprises.get_dossier(session, enterprise_id, who().municipality_id)
        logo = enterprises.find_logo(session, dossier.enterprise)
        stated = effects.find_latest(session, enterprise_id)
        offered = queries.list_offered(session, enterprise_id, SHOWN)
        is_open = public.is_open(session, enterprise_id)
    found = dossier.enterprise
    if not found.is_verified_on(today()) and who().enterprise_id != enterprise_id:
        raise Missing(_not_shown(found))
    if slug != slug_of(found.name):  # an old name in the address, or none
        return go("catalogue.search.profile", enterprise_id=enterprise_id, slug=slug_of(found.name))
    told = machines.organization(telling.organization_of(state().settings.address, found, logo))
    return render(
        "search/profile.html",
        head=heads.draw(told["url"], told),
        is_open=is_open,
        dossier=dossier,
        logo=logo,
        offered=offered,
        stated=stated,
        measures=list(Measure),
        effect_labels=effect_words.LABELS,
        effect_units=effect_words.UNITS,
        criteria=words.CRITERIA,
        states=words.STATES,
        register_words=words.REGISTER,
    )


def _not_shown(found: Enterprise) -> Text:
    """Tell why a profile is not shown: orders and quotes lead to one that is no longer."""
    if found.state == EnterpriseState.SUSPENDED and who().may_search:
        return _(
            "%(name)s is suspended. Until that is lifted, its profile is not shown.",
            name=found.name,
        )
    if found.state != EnterpriseState.VERIFIED:
        return _("The enterprise does not exist.")
    return _(
        "The verification of %(name)s has lapsed. Until it is renewed, its profile is not shown.",
        name=found.name,
    )
