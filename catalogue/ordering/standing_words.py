"""What deeds about standing orders and frames are called in the audit."""

from __future__ import annotations

from catalogue.core.text import Text
from catalogue.core.text import lazy as _

from .standing_rules import RHYTHM_NAMES, WEEK_NAMES, WEEKDAY_NAMES

OBJECTS: dict[str, Text] = {"standing_order": _("Standing order")}
ACTIONS: dict[str, Text] = {
    "quote.called_off": _("Part of a frame called off"),
    "quote.frame_ended": _("Frame ended"),
    "standing_order.made": _("Standing order made"),
    "standing_order.changed": _("Standing order changed"),
    "standing_order.ended": _("Standing order ended"),
    "standing_order.refused": _("Standing order could not be placed"),
}
VALUES: dict[str, dict[str, Text]] = {
    "rhythm": {str(key): text for key, text in RHYTHM_NAMES.items()},
    "week": {str(key): text for key, text in WEEK_NAMES.items()},
    "weekday": {str(key): text for key, text in WEEKDAY_NAMES.items()},
}
FIELDS: dict[str, Text] = {
    "days_ahead": _("Working days from order to delivery"),
    "first_on": _("First date"),
    "frame": _("Frame"),
    "last_on": _("Last date"),
    "paused_from": _("Paused from"),
    "paused_until": _("Paused until"),
    "planned_on": _("Date by the rhythm"),
    "prices_ore": _("Accepted prices"),
    "quantities": _("Quantities"),
    "rhythm": _("Rhythm"),
    "week": _("Which one of the month?"),
    "weekday": _("On which day of the week?"),
    "rise_percent": _("Price may rise by, in percent"),
}
