"""Hand a received file out: as a download only, for strangers made it."""

from __future__ import annotations

from pathlib import Path

from flask import Response, send_file

from catalogue.core.errors import Missing
from catalogue.core.receiving import TYPES
from catalogue.core.text import lazy as _

# Nothing in the file may run or load, should a browser show it all the same.
DOWNLOAD_POLICY = "default-src 'none'; sandbox"


def hand_out(path: Path, file_type: str, name: str) -> Response:
    """Answer with a file for its readers alone: nobody on the way may keep it; raises Missing."""
    if not path.exists():
        raise Missing(_("There is no such file."))
    response = send_file(
        path.resolve(), mimetype=TYPES[file_type], as_attachment=True, download_name=name, max_age=0
    )
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Security-Policy"] = DOWNLOAD_POLICY
    return response
