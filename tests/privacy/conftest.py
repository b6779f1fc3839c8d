"""What the days whose logs are read have in common: who watches, and who is watched."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator

import pytest
from accounts.conftest import address, idp  # noqa: F401  fixtures, as are those below
from accounts.oidc_town import op  # noqa: F401
from accounts.oidc_town import town as oidc_town  # noqa: F401
from accounts.test_saml import town as saml_town  # noqa: F401
from api.conftest import town as api_town  # noqa: F401
from exchange.test_document_carriers import point  # noqa: F401
from flask import Flask
from privacy.test_erasure import town as known  # noqa: F401
from privacy.watcher import Watcher

from catalogue.core import logs


@pytest.fixture
def watcher(app: Flask) -> Iterator[Watcher]:
    """Who reads the logs of a day as `logs.set_up` has them written, and what browsers send."""
    root, ours = logging.getLogger(), logging.getLogger("catalogue")
    before = list(root.handlers), root.level, ours.level
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    logs.set_up()
    made = Watcher(app)
    root.handlers[:] = [made]
    ours.setLevel(logging.DEBUG)
    app.test_client_class = made.browser()
    yield made
    root.handlers[:], root.level, ours.level = before[0], before[1], before[2]
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
