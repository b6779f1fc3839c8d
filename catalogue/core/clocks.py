"""Watching the clock of the machine: it may be set, and then times in rows lie in the future."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from datetime import datetime

NOTICED_SECONDS = 2.0  # less than that is time servers at their usual work


class Hands:
    """The hands of a clock, held against a watch that nobody sets."""

    def __init__(
        self, clock: Callable[[], datetime], watch: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock, self._watch = clock, watch
        self._ahead = math.inf  # nobody knows what was before: as if it had been set back just now

    def were_set_back(self) -> bool:
        """Tell whether the clock was set back since it was asked last, or before it ever was."""
        ahead = self._clock().timestamp() - self._watch()
        was, self._ahead = self._ahead, ahead
        return ahead < was - NOTICED_SECONDS
