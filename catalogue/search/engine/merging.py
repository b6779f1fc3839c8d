"""When segments are joined: often enough that readers open few, seldom enough for quick commits.

Whoosh's own policy joins by a Fibonacci row and now and then rewrites most of the index inside one
commit; a merge of 2,000 products takes about as long as buyers may wait for a change.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .joining import join

MOST_ALIKE = 6
MOST_MERGED = 2_000
# From here on the whole index is worth building anew beside this one.
MOST_SEGMENTS = 40
MOST_DELETED = 0.4


def merge_alike(writer: Any, segments: Sequence[Any]) -> list[Any]:
    """Join the small segments of one order of magnitude when there are many; Whoosh's `mergetype`.

    Segments without a living product are dropped.
    """
    kept = [each for each in segments if each.doc_count() > 0]
    alike: dict[int, list[Any]] = {}
    for segment in kept:
        alike.setdefault(len(str(segment.doc_count_all())), []).append(segment)
    for group in alike.values():
        if len(group) >= MOST_ALIKE and sum(each.doc_count() for each in group) <= MOST_MERGED:
            return [*(each for each in kept if each not in group), join(writer, group)]
    return kept


def merge_all(writer: Any, segments: Sequence[Any]) -> list[Any]:
    """Join all segments, and what is in the writer stays beside them; Whoosh's `mergetype`."""
    kept = [each for each in segments if each.doc_count() > 0]
    return [join(writer, kept)] if len(kept) > 1 else kept


def worn(sizes: Sequence[int], live: int) -> bool:
    """Tell whether an index has so many segments or dead products that it is due to be rebuilt."""
    total = sum(sizes)
    return len(sizes) > MOST_SEGMENTS or (total > MOST_MERGED and live < total * (1 - MOST_DELETED))
