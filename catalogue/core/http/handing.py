"""Hand a received file out: as a download only, for strangers made it."""

from __future__ import annotations

import io

from flask import Response, send_file

from catalogue.core import kept_files
from catalogue.core.receiving import TYPES
from catalogue.core.shelves import open_shelf

from .state import state

# Nothing in the file may run or load, should a browser show it all the same.
DOWNLOAD_POLICY = "default-src 'none'; sandbox"


def hand_out(shelf: str, sha256: str, file_type: str, name: str) -> Response:
    """Answer with a file for its readers alone: nobody on the way may keep it; raises Missing."""
    content = kept_files.read(open_shelf(state().settings, shelf), sha256)
    response = send_file(
        io.BytesIO(content), mimetype=TYPES[file_type], as_attachment=True,
        download_name=name, max_age=0,
    )  # fmt: skip
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Security-Policy"] = DOWNLOAD_POLICY
    return response
