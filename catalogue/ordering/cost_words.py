"""What deeds about codings, budgets and orders in free text are called in the audit."""

from __future__ import annotations

from catalogue.core.text import Text
from catalogue.core.text import lazy as _

OBJECTS: dict[str, Text] = {"account_coding": _("Account coding"), "budget": _("Budget")}
ACTIONS: dict[str, Text] = {
    "account_coding.kept": _("Account coding kept"),
    "account_coding.changed": _("Account coding changed"),
    "account_coding.removed": _("Account coding taken out"),
    "agreement.free_text_allowed": _("Orders in free text allowed"),
    "agreement.free_text_ended": _("Orders in free text allowed no more"),
    "budget.entered": _("Budget entered"),
    "budget.changed": _("Budget changed"),
    "budget.removed": _("Budget taken out"),
    "order.coded": _("Account coding of an order changed"),
}
FIELDS: dict[str, Text] = {
    "amount_ore": _("Amount excl. VAT"),
    "blocks": _("Refuses orders that pass it"),
    "free_text_ore": _("At most for one order in free text"),
    "is_default": _("Default"),
    "line_codings": _("Account codings of lines"),
}
