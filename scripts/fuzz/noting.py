"""Send a piece through a target and note a fault: neither value nor refusal, or too slow."""

from __future__ import annotations

import json
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path

from targets import ROOT, Target

from catalogue.core.errors import CatalogueError

SLOWEST = 5.0  # seconds of the processor: others may use the machine


@dataclass
class Watch:
    """What became of the pieces; each kind of fault is kept with its shortest piece."""

    target: Target
    read: int = 0
    refused: int = 0
    slowest: float = 0.0
    faults: dict[str, bytes] = field(default_factory=dict)

    def send(self, content: bytes) -> None:
        """Send a piece through the target."""
        began = time.process_time()
        try:
            self.target.read(content)
            self.read += 1
        except CatalogueError as error:
            str(error)  # the words must be there
            self.refused += 1
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # what we look for; a panic of Rust is no Exception
            self._note(f"{type(error).__name__} {_place(error)}: {str(error)[:160]}", content)
        took = time.process_time() - began
        self.slowest = max(self.slowest, took)
        if took > SLOWEST:
            self._note("took more than five seconds", content)

    def write(self, path: Path) -> None:
        """Write what was noted, for whoever started this process."""
        told = {
            "title": self.target.title, "read": self.read,
            "refused": self.refused, "slowest": self.slowest,
            "faults": {kind: each.hex() for kind, each in self.faults.items()},
        }  # fmt: skip
        path.write_text(json.dumps(told, indent=1))

    def _note(self, kind: str, content: bytes) -> None:
        place = kind.partition(": ")[0]
        same = next((each for each in self.faults if each.partition(": ")[0] == place), None)
        if same is None:
            self.faults[kind] = content
        elif len(content) < len(self.faults[same]):
            self.faults[same] = content


def _place(error: BaseException) -> str:
    """Return the last line of ours that an error passed, else its last line."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [each for each in frames if f"{ROOT}/catalogue" in each.filename]
    last = (ours or frames)[-1]
    name = last.filename.removeprefix(f"{ROOT}/")
    return f"{name}:{last.lineno}"
