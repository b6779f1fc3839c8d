"""Signs in a text that nobody sees: pasted along from documents, or put there to deceive. Pure.

Who turns the line round behind her name has the amount that we write there read from its end; a
name of such signs alone is a link without words; and digits parted by them pass as no number.
"""

from __future__ import annotations

import re

# Controls but for tab and line end, marks of direction, what has no width, and what is no sign.
# Joiners and soft hyphens stay: emoji, Persian and long Danish words need them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
_LINE_ENDS = re.compile("[\x0b\x0c\x85\u2028\u2029]")  # of Word and of web pages


def without(text: str) -> str:
    """Return a text without what is not seen in it; "" when nothing is left to be seen."""
    if text.isprintable():  # nearly always; æ, ø and å are
        return text
    kept = _UNSEEN.sub("", _LINE_ENDS.sub("\n", text))
    return kept if any(sign.isprintable() and sign != " " for sign in kept) else ""
