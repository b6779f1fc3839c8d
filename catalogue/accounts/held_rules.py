"""Which forms are held for whoever was signed out meanwhile, and what she is shown of one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import unquote_plus

from catalogue.core.personal import has_cpr_number

HELD_FOR = timedelta(days=3)  # over a weekend
MOST_SIGNS, MOST_FIELDS = 500_000, 5_000
LONGEST_PATH = 2_000
LONGEST_SHOWN = 300  # signs of a value: enough to know it again
OURS = "csrf_token"  # drawn anew
# A form with one of these asks who she is, and asks anew.
_SECRET = re.compile(r".*password.*|.*secret.*|(?:new_)?code|recovery")
# What tells programs which thing is meant, and nobody typed.
_UNTYPED = re.compile(r"(?:.*_)?(?:key|token|version|id|do|next|seen|back)(?:_\d+)?")

Pairs = Sequence[tuple[str, str]]


def may_be_held(path: str, pairs: Pairs) -> bool:
    """Tell whether a form is kept: not with secrets or a CPR number, nor one beyond all measure.

    A CPR number would be refused where the form was sent to, and must not lie here meanwhile.
    """
    if len(path) > LONGEST_PATH or len(pairs) > MOST_FIELDS:
        return False
    if sum(len(name) + len(value) for name, value in pairs) > MOST_SIGNS:
        return False
    if any(is_secret(name) for name, _value in pairs):
        return False
    return not any(map(has_cpr_number, (unquote_plus(path), *(value for _name, value in pairs))))


def is_secret(name: str) -> bool:
    """Tell whether a field of that name holds what nobody may keep."""
    return _SECRET.fullmatch(name) is not None


def shown(pairs: Pairs) -> list[str]:
    """Return what somebody typed or chose, so that she knows the form again."""
    typed = (value.strip() for name, value in pairs if not _UNTYPED.fullmatch(name))
    return [value[:LONGEST_SHOWN] for value in typed if value]
