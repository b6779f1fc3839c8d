"""Products into one new segment, array by array: Whoosh sorts each mention of a word by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from . import summing
from .collecting import Lists
from .summing import Sums


class Filling:
    """Products collected for one segment, as Whoosh's writer wants them.

    Only in fields of terms with weight and places (`weighed`), of plain terms, of one name
    (`unique`), and of one column.
    """

    def __init__(
        self, weighed: Sequence[str], plain: Sequence[str], unique: str, column: str
    ) -> None:
        self._weighed, self._plain, self._unique, self._column = weighed, plain, unique, column
        self._lists = {name: Lists() for name in sorted((*weighed, *plain, unique))}
        self._lengths: list[list[int]] = []
        self._values: list[bytes] = []

    def add_document(self, **fields: Any) -> None:
        """Add a product."""
        number, lists = len(self._values), self._lists
        lists[self._unique].add(fields[self._unique], number)
        for name in self._plain:
            for term in fields[name]:
                lists[name].add(term, number)
        self._lengths.append([lists[name].add_all(fields[name], number) for name in self._weighed])
        self._values.append(fields[self._column])

    def sums(self) -> Sums:
        """Return what all that is written of each product comes to, in their order; the end of it:
        nothing can be added any more.
        """
        size = len(self._values)
        found = summing.of_records(b"".join(self._values), len(self._values[0]) if size else 1)
        for name, collected in self._lists.items():
            terms, mentions = collected.mentions()
            own = summing.keys((name, term.encode()) for term in terms)
            found += summing.of_mentions(mentions, own, size)
        return found

    def beside(self, writer: Any, segments: Sequence[Any]) -> list[Any]:
        """Write the products as a segment beside those there are; Whoosh's `mergetype`."""
        if not self._values:
            return list(segments)
        segment = writer.codec.new_segment(writer.storage, writer.indexname)
        self._write_documents(writer, segment)
        self._write_terms(writer, segment)
        segment.set_doc_count(len(self._values))
        return [*segments, segment]

    def _write_documents(self, writer: Any, segment: Any) -> None:
        kind = writer.schema[self._column].column_type
        fields = [(name, writer.schema[name]) for name in self._weighed]
        per_document = writer.codec.per_document_writer(writer.storage, segment)
        for number, (value, lengths) in enumerate(zip(self._values, self._lengths, strict=True)):
            per_document.start_doc(number)
            for (name, field), length in zip(fields, lengths, strict=True):
                per_document.add_field(name, field, None, length)
            per_document.add_column_value(self._column, kind, value)
            per_document.finish_doc()
        per_document.close()

    def _write_terms(self, writer: Any, segment: Any) -> None:
        into = writer.codec.field_writer(writer.storage, segment)
        for name, collected in self._lists.items():
            into.start_field(name, writer.schema[name])
            for term, postings in collected.lists():
                into.add_list(term.encode(), postings)
            into.finish_field()
        into.close()
