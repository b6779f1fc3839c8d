"""Logs that are kept of a run are there after the next one too."""

from __future__ import annotations

from pathlib import Path

from keeping import keep_logs


def test_logs_of_each_run_are_kept_beside_those_before(tmp_path: Path) -> None:
    logs, below = tmp_path / "logs", tmp_path / "kept" / "here"
    logs.mkdir()
    (logs / "secret_key").touch()
    for told in ("first", "second"):
        (logs / "web.log").write_text(told)
        keep_logs(logs, below, "embedded")
    keep_logs(logs, below, "grown")
    kept = {str(each.relative_to(below)): each.read_text() for each in below.rglob("*.*")}
    assert kept == {
        "embedded-1/web.log": "first", "embedded-2/web.log": "second", "grown-1/web.log": "second"
    }  # fmt: skip
