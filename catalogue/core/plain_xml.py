"""What is the same for all XML that crosses the wall: parsed without harm, written as XML allows.

What a kind of document refuses besides (its size, a document type, entities) stands with that kind.
"""

from __future__ import annotations

import re

from lxml import etree

_REFERENCE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);|#)")  # to an entity, in what we write
# What XML 1.0 cannot hold, however it is written.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class EntityFound(etree.XMLSyntaxError):  # type: ignore[misc]  # lxml's errors have no types
    """A document refers to an entity."""


def parse(content: bytes) -> etree._Element:
    """Parse without entities, network, DTD, comments and instructions, within limits of depth.

    A reference to an entity, which a document type allows, is refused: it is no element and has no
    name, and libxml2 ends the process when it writes one canonically. Raises etree.XMLSyntaxError.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    root = etree.fromstring(content, parser)
    typed = root.getroottree().docinfo.internalDTD is not None
    if typed and _REFERENCE.search(etree.tostring(root, encoding="unicode")):
        raise EntityFound("a reference to an entity", 26, 1, 1)
    return root


def writable(value: str) -> str:
    """Return a text without what XML cannot hold."""
    return _NOT_XML.sub("", value)
