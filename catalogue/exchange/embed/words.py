"""What is done with shelves on web sites is called this on screen and in the audit."""

from __future__ import annotations

from catalogue.core.text import Text
from catalogue.core.text import lazy as _

LABELS: dict[str, Text] = {
    "enterprise_id": _("Enterprise"),
    "origins": _("Web sites that may show the shelf"),
}
ACTIONS: dict[str, Text] = {
    "shelf_frame.created": _("Shelf let onto web sites"),
    "shelf_frame.amended": _("Web sites of a shelf changed"),
    "shelf_frame.deleted": _("Shelf taken off web sites"),
    "enterprise.shelf_opened": _("Shelf opened to everybody"),
    "enterprise.shelf_closed": _("Shelf closed to visitors"),
}
OBJECTS: dict[str, Text] = {"shelf_frame": _("Shelf on web sites")}
FIELDS: dict[str, Text] = {
    "origins": LABELS["origins"],
    "shelf": _("Products and list prices"),
}
SHELF_STATES: dict[str, Text] = {
    "open": _("shown to everybody"),
    "closed": _("shown to signed-in buyers only"),
}
