"""What webhooks, their deliveries and their deeds are called on screen, and in the audit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalogue.core.text import Text
from catalogue.core.text import lazy as _

from . import rules
from .models import DeliveryState, PauseCause

STATE_NAMES: dict[str, Text] = {
    DeliveryState.WAITING: _("Waits to be sent"),
    DeliveryState.DELIVERED: _("Delivered"),
    DeliveryState.FAILED: _("Given up"),
    DeliveryState.HELD: _("Held back"),
}
STATE_COLOURS = {
    DeliveryState.WAITING: "waiting",
    DeliveryState.DELIVERED: "completed",
    DeliveryState.FAILED: "failed",
    DeliveryState.HELD: "neutral",
}
CAUSES: dict[str, Text] = {
    PauseCause.PERSON: _("Somebody of yours has paused it."),
    PauseCause.GONE: _("The address answered that it wants nothing any more (code 410)."),
    PauseCause.FAILING: _("Nothing has gone through to the address for five days."),
}
NAMES: dict[str, Any] = {
    "state_names": STATE_NAMES,
    "state_colours": STATE_COLOURS,
    "causes": CAUSES,
    "titles": rules.TITLES,
}
ACTIONS: dict[str, Text] = {
    "webhook.created": _("Webhook made"),
    "webhook.amended": _("Webhook changed"),
    "webhook.secret_rotated": _("New secret for a webhook"),
    "webhook.paused": _("Webhook paused"),
    "webhook.resumed": _("Webhook resumed"),
    "webhook.deleted": _("Webhook deleted"),
    "webhook.tested": _("Test sent to a webhook"),
    "webhook.resent": _("Events sent to a webhook again"),
}
OBJECTS: dict[str, Text] = {"webhook": _("Webhook")}
FIELDS: dict[str, Text] = {
    "cause": _("Why"),
    "events": _("Events"),
    "host": _("Server"),
    "paused": _("Paused"),
    "since": _("Since"),
    "types": _("What it is told of"),
}
VALUES: dict[str, Mapping[str, Text]] = {"webhook.cause": CAUSES, "webhook.types": rules.TITLES}
