"""What values of PunchOut are called on screen, for pages and for the audit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalogue.core.text import Text
from catalogue.core.text import lazy as _

from .punchout_models import Encoding, Kind, Operation, SessionState

KIND_NAMES: dict[str, Text] = {Kind.OCI: _("OCI 4/5 (SAP)"), Kind.CXML: _("cXML 1.2")}
ENCODING_NAMES: dict[str, Text] = {
    Encoding.URLENCODED: _("As the format has it (cXML: cXML-urlencoded)"),
    Encoding.BASE64: _("cXML-base64"),
    Encoding.PEPPOL: _("Peppol Punch Out (BIS 18, T77)"),
}
STATE_NAMES: dict[str, Text] = {
    SessionState.WAITING: _("Set up"),
    SessionState.OPEN: _("Open"),
    SessionState.RETURNED: _("Basket sent back"),
    SessionState.CANCELLED: _("Cancelled"),
}
STATE_COLOURS = {
    SessionState.WAITING: "waiting",
    SessionState.OPEN: "active",
    SessionState.RETURNED: "completed",
    SessionState.CANCELLED: "cancelled",
}
OPERATION_NAMES: dict[str, Text] = {
    Operation.CREATE: _("Buy"),
    Operation.EDIT: _("Change a basket"),
    Operation.INSPECT: _("Look"),
}
NAMES: dict[str, Any] = {
    "kind_names": KIND_NAMES,
    "encoding_names": ENCODING_NAMES,
    "state_names": STATE_NAMES,
    "state_colours": STATE_COLOURS,
    "operation_names": OPERATION_NAMES,
}
ACTIONS: dict[str, Text] = {
    "punchout.created": _("Purchasing system connected"),
    "punchout.amended": _("Connection to a purchasing system changed"),
    "punchout.secret_rotated": _("New key for a purchasing system"),
    "punchout.old_secrets_dropped": _("Old keys of a purchasing system ended"),
    "punchout.closed": _("Connection to a purchasing system closed"),
    "punchout.begun": _("PunchOut session set up"),
    "punchout.opened": _("PunchOut session opened"),
    "punchout.returned": _("Basket sent back to a purchasing system"),
    "punchout.cancelled": _("PunchOut session cancelled"),
    "punchout.order_taken": _("Order of a purchasing system taken"),
}
OBJECTS: dict[str, Text] = {
    "punchout_connection": _("Purchasing system"),
    "punchout_session": _("PunchOut session"),
}
FIELDS: dict[str, Text] = {
    "encoding": _("How the basket is packed"),
    "frame_origins": _("Sites that may show the catalogue in a frame"),
    "identity": _("User name or identity"),
    "news_url": _("Address that takes confirmations of orders"),
    "operation": _("What the session is for"),
    "orders": _("Orders"),
    "return_hosts": _("Where the basket may go back to"),
    "secret_until": _("The old key holds until"),
    "secrets": _("Keys"),
}
VALUES: dict[str, Mapping[str, Text]] = {
    "punchout_connection.kind": KIND_NAMES,
    "punchout_session.operation": OPERATION_NAMES,
    "punchout_session.state": STATE_NAMES,
}
