"""Segments become one, array by array. Whoosh joins posting by posting, which takes far longer."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import fields, replace
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.reading import SegmentReader

from . import seals
from .codec import Written
from .collecting import Mentions
from .postings import Numbers, Postings

GONE = -1  # the new number of a document that is deleted
TERMS = 10_000  # whose lists are joined at a time, so that a large index fits into memory
_Term = tuple[str, bytes]  # with its field


def join(writer: Any, segments: Sequence[Any]) -> Any:
    """Write a new segment with the living documents of some, in their order, and return it.

    `writer` is Whoosh's writer that commits; until then nobody sees the new segment. Raises
    SegmentBroken.
    """
    codec, storage = writer.codec, writer.storage
    for each in segments:  # else what is broken would be sealed as good
        seals.verify(Path(storage.folder), each.segment_id())
    segment = codec.new_segment(storage, writer.indexname)
    moves = _write_documents(writer, segment, segments)
    _write_terms(writer, segment, segments, moves)
    segment.set_doc_count(sum(int(np.count_nonzero(each != GONE)) for each in moves))
    return segment


def _write_documents(writer: Any, segment: Any, segments: Sequence[Any]) -> list[Numbers]:
    """Write what is kept by document; return for each segment the new numbers of its documents."""
    per_document = writer.codec.per_document_writer(writer.storage, segment)
    moves, following = [], 0
    for each in segments:
        with closing(SegmentReader(writer.storage, writer.schema, each)) as reader:
            move = _numbered(each, following)
            _copy_documents(per_document, reader, writer.schema, move)
        moves.append(move)
        following += int(np.count_nonzero(move != GONE))
    per_document.close()
    return moves


def _numbered(segment: Any, following: int) -> Numbers:
    alive = np.ones(segment.doc_count_all(), bool)
    if segment.has_deletions():
        alive[np.fromiter(segment.deleted_docs(), np.int64)] = False
    return np.where(alive, following + np.cumsum(alive) - 1, GONE).astype(np.int32)


def _copy_documents(per_document: Any, reader: Any, schema: Any, move: Numbers) -> None:
    columns = {
        name: (field.column_type, reader.column_reader(name))
        for name, field in schema.items()
        if field.column_type and reader.has_column(name)
    }
    measured = [(name, field) for name, field in schema.items() if field.scorable]
    for document, number in enumerate(move.tolist()):
        if number == GONE:
            continue
        per_document.start_doc(number)
        for name, field in measured:
            length = reader.doc_field_length(document, name)
            per_document.add_field(name, field, None, length)
        for name, (kind, values) in columns.items():
            per_document.add_column_value(name, kind, values[document])
        per_document.finish_doc()


def _write_terms(
    writer: Any, segment: Any, segments: Sequence[Any], moves: Sequence[Numbers]
) -> None:
    into = writer.codec.field_writer(writer.storage, segment)
    written = [writer.codec.written(writer.storage, each) for each in segments]
    terms = sorted(set().union(*(each.terms for each in written)))
    for field, in_field in groupby(terms, key=itemgetter(0)):
        into.start_field(field, writer.schema[field])
        while portion := list(islice(in_field, TERMS)):
            lists = _lists(written, moves, portion)
            for (_field, term), postings in zip(portion, lists, strict=True):
                if len(postings.numbers):
                    into.add_list(term, postings)
        into.finish_field()
    into.close()


def _lists(
    written: Sequence[Written], moves: Sequence[Numbers], terms: Sequence[_Term]
) -> Iterator[Postings]:
    """Yield the lists of terms that follow each other, with the new numbers of documents."""
    rank = {term: number for number, term in enumerate(terms)}
    parts = []
    for each, move in zip(written, moves, strict=True):
        first = bisect_left(each.terms, terms[0])
        last = bisect_right(each.terms, terms[-1])
        found = each.mentions(first, last, [rank[term] for term in each.terms[first:last]])
        found = replace(found, numbers=move[found.numbers])
        parts.append(found.only(found.numbers != GONE))
    names = [each.name for each in fields(Mentions)]
    joined = (np.concatenate([getattr(each, name) for each in parts]) for name in names)
    return Mentions(*joined).lists(len(terms))
