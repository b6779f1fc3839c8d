"""Documents of the world's products: PDF files of one page, written without any library."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from catalogue.media.store import Store
from catalogue.products import attached
from catalogue.products.attached import Attachment


def keep(store: Store, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]] | None:
    """Store the documents of a product and return them as its row keeps them."""
    made = []
    for row in rows:
        content = draw(row["title"], row["lines"])
        sha256 = hashlib.sha256(content).hexdigest()
        store.keep_attachment(sha256, content)
        made.append(Attachment(sha256, row["kind"], row["title"], len(content)))
    return attached.stored(made)


def draw(title: str, lines: Sequence[str]) -> bytes:
    """Return a page of A4 with a title and lines, in a font that every reader has."""
    shown = [f"BT /F1 20 Tf 60 760 Td ({_escaped(title)}) Tj ET"]
    shown += [
        f"BT /F1 12 Tf 60 {720 - 22 * place} Td ({_escaped(line)}) Tj ET"
        for place, line in enumerate(lines)
    ]
    page = "\n".join(shown).encode("cp1252")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Lang (da) >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page), page),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    written, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return written + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\n"
        b"startxref\n%d\n%%%%EOF\n" % (size, table, size, len(written))
    )


def _escaped(text: str) -> str:
    return "".join(f"\\{sign}" if sign in "()\\" else sign for sign in text)
