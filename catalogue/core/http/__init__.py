"""The border to the web. Everything hangs on the `State` in `app.extensions["catalogue"]`.

The API has modules of its own: operations, entering, contract, answering, refusing.
"""

from __future__ import annotations

from . import framing
from .access import (
    ADMINISTRATORS,
    APPROVERS,
    BUYERS,
    COOKIELESS,
    DRAFTERS,
    ENTERPRISES,
    EVERYONE,
    FINDERS,
    SIGNED_IN,
    STAFF,
    check_csrf,
    exempt_from_host,
    forget_visitor,
    may_enter,
    route,
    undeclared,
)
from .addresses import STATIC, address_start, public_address, static_url
from .border import guard
from .drawing import (
    PACKAGE,
    Page,
    draw_text,
    environment,
    flash,
    go,
    go_to,
    here_with,
    path_here,
    render,
)
from .handing import DOWNLOAD_POLICY, hand_out
from .listing import file_url, look_through, send_csv, send_list
from .once import once
from .packing import pack_file
from .problems import answer_problems
from .state import MenuEntry, State, now, read_anew, reading, state, today, transaction, who

__all__ = [
    "ADMINISTRATORS",
    "APPROVERS",
    "BUYERS",
    "COOKIELESS",
    "DOWNLOAD_POLICY",
    "DRAFTERS",
    "ENTERPRISES",
    "EVERYONE",
    "FINDERS",
    "PACKAGE",
    "SIGNED_IN",
    "STAFF",
    "STATIC",
    "MenuEntry",
    "Page",
    "State",
    "address_start",
    "answer_problems",
    "check_csrf",
    "draw_text",
    "environment",
    "exempt_from_host",
    "file_url",
    "flash",
    "forget_visitor",
    "framing",
    "go",
    "go_to",
    "guard",
    "hand_out",
    "here_with",
    "look_through",
    "may_enter",
    "now",
    "once",
    "pack_file",
    "path_here",
    "public_address",
    "read_anew",
    "reading",
    "render",
    "route",
    "send_csv",
    "send_list",
    "state",
    "static_url",
    "today",
    "transaction",
    "undeclared",
    "who",
]
