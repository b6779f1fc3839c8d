"""What the figures of a statement of effect are called, their units, and how to count them."""

from __future__ import annotations

from catalogue.core.text import Text
from catalogue.core.text import lazy as _

from .effect_rules import Measure

LABELS: dict[str, Text] = {
    Measure.EMPLOYED: _("Employed in all"),
    Measure.EMPLOYED_OUTSIDE: _("Of them, outside the labour market before"),
    Measure.TRAINEES: _("On a work placement or course"),
    Measure.APPRENTICES: _("Trainees and apprentices"),
    Measure.PAID_HOURS: _("Paid hours for those who were outside"),
    Measure.MOVED_ON: _("Went on to an ordinary job or education"),
    Measure.REINVESTED_PERCENT: _("Share of the surplus that is reinvested"),
    Measure.REUSED_KG: _("Materials used again"),
    Measure.CO2_KG: _("CO₂ saved"),
    "reinvested_in": _("What the surplus is used for"),
    "co2_how": _("How the CO₂ is calculated"),
    "in_words": _("In your own words"),
}
UNITS: dict[Measure, Text] = {
    Measure.EMPLOYED: _("persons"),
    Measure.EMPLOYED_OUTSIDE: _("persons"),
    Measure.TRAINEES: _("persons"),
    Measure.APPRENTICES: _("persons"),
    Measure.PAID_HOURS: _("hours"),
    Measure.MOVED_ON: _("persons"),
    Measure.REINVESTED_PERCENT: _("percent"),
    Measure.REUSED_KG: _("kg"),
    Measure.CO2_KG: _("kg"),
}
HINTS: dict[str, Text] = {
    Measure.EMPLOYED: _("On the payroll at the end of the year, part-time and flexible jobs too."),
    Measure.EMPLOYED_OUTSIDE: _(
        "Employees who were outside the labour market before you employed them. "
        "Write how many, never who."
    ),
    Measure.TRAINEES: _("Persons who were with you for a while during the year."),
    Measure.APPRENTICES: _("With a training agreement, during the year."),
    Measure.PAID_HOURS: _("Hours paid during the year to those who were outside before."),
    Measure.MOVED_ON: _("Persons who left you for it during the year."),
    Measure.REINVESTED_PERCENT: _("From 0 to 100. Leave it empty if there was no surplus."),
    Measure.REUSED_KG: _("The weight of what you used again instead of new. An estimate will do."),
    Measure.CO2_KG: _("Only if you have calculated it."),
    "reinvested_in": _("For example: a new workshop, or wages during training."),
    "co2_how": _("The method in a sentence, so that others can judge the figure."),
    "in_words": _("One or two sentences for buyers. No names, and nothing about anybody's health."),
}
# Short heads for tables, where the full names do not fit.
SHORT: dict[Measure, Text] = {
    Measure.EMPLOYED: _("Employed"),
    Measure.EMPLOYED_OUTSIDE: _("Of them, outside before"),
    Measure.TRAINEES: _("On placement"),
    Measure.APPRENTICES: _("Apprentices"),
    Measure.PAID_HOURS: _("Paid hours"),
    Measure.MOVED_ON: _("Went on"),
    Measure.REINVESTED_PERCENT: _("Reinvested, percent"),
    Measure.REUSED_KG: _("Used again, kg"),
    Measure.CO2_KG: _("CO₂ saved, kg"),
}
