"""Segments become one, array by array. Whoosh joins posting by posting, which takes far longer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
from whoosh.reading import SegmentReader

from .postings import Numbers, Postings, joined

GONE = -1  # the new number of a document that is deleted
_Listed = tuple[tuple[str, bytes], int, Postings]  # field and term, which segment, documents


def join(writer: Any, segments: Sequence[Any]) -> Any:
    """Write a new segment with the living documents of some, in their order, and return it.

    `writer` is Whoosh's writer that commits; until then nobody sees the new segment.
    """
    codec, storage = writer.codec, writer.storage
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
    with ExitStack() as stack:
        readers = [
            stack.enter_context(closing(writer.codec.terms_reader(writer.storage, each)))
            for each in segments
        ]
        listed = merge(*map(_lists, readers, range(len(readers))), key=itemgetter(0, 1))
        for field, in_field in groupby(listed, key=lambda each: each[0][0]):
            into.start_field(field, writer.schema[field])
            for (_field, term), lists in groupby(in_field, key=itemgetter(0)):
                postings = joined([_moved(each, moves[at]) for _term, at, each in lists])
                if len(postings.numbers):
                    into.add_list(term, postings)
            into.finish_field()
    into.close()


def _lists(reader: Any, at: int) -> Iterator[_Listed]:
    for term, postings in reader.lists():
        yield term, at, postings


def _moved(postings: Postings, move: Numbers) -> Postings:
    """Return the list with the new numbers of its documents, the deleted ones left out."""
    numbers = move[postings.numbers]
    if numbers.min() == GONE:
        postings = postings.among(postings.numbers[numbers != GONE])
        numbers = move[postings.numbers]
    return Postings(numbers, postings.weights, postings.ends, postings.places)
