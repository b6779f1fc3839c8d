"""What a PDF must tell a screen reader (PDF/UA, ISO 14289-1), asked of the file itself."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader


def faults(pdf: bytes, title: str, *, tables: int | None = None) -> list[str]:
    """List what a reader by ear would miss of a paper in Danish whose title holds `title`.

    `tables`: how many it is to have.
    """
    reader = PdfReader(io.BytesIO(pdf))
    root: Any = reader.trailer["/Root"]
    elements = list(_elements(root["/StructTreeRoot"]))
    kinds = [each["/S"] for each in elements]
    said = {
        "not marked as tagged": root["/MarkInfo"]["/Marked"],
        "no language": root["/Lang"] == "da",
        "no title": reader.metadata is not None and title in (reader.metadata.title or ""),
        "title not shown": root["/ViewerPreferences"]["/DisplayDocTitle"],
        "not told to be PDF/UA": b"pdfuaid" in root["/Metadata"].get_object().get_data(),
        "a page without its tags": all("/StructParents" in each for each in reader.pages),
        "no heading": "/H1" in kinds,
        "tables": tables is None or kinds.count("/Table") == tables,
        "a table without heads": kinds.count("/Table") == 0 or "/TH" in kinds,
        "a picture without words": all(
            each.get("/Alt") for each in elements if each["/S"] in ("/Figure", "/Formula")
        ),
    }
    return [fault for fault, is_well in said.items() if not is_well]


def _elements(of: Any) -> Iterator[Any]:
    """Yield the elements of the tree of tags; numbers in it are marks on the page."""
    children = of.get("/K", [])
    for each in children if isinstance(children, list) else [children]:
        found = each.get_object()
        if isinstance(found, dict) and "/S" in found:
            yield found
            yield from _elements(found)
