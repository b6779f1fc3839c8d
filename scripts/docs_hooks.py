"""Hooks of MkDocs: no page fetches anything from another site, and guides are marked as Danish.

Readers sit behind the walls of municipalities, and who reads what is nobody else's business.
Programs that read aloud must know the language of what they read.
"""

import re
from pathlib import Path
from typing import Any

from mkdocs.exceptions import PluginError

FETCHED = re.compile(
    r"<(?:script|img|iframe|source)\b[^>]*\bsrc(?:set)?=[\"']?((?:https?:)?//[^\s\"'>]+)"
    r"|<link\b(?=[^>]*\brel=[\"']?(?:stylesheet|icon|preconnect|preload))[^>]*"
    r"\bhref=[\"']?((?:https?:)?//[^\s\"'>]+)",
    re.IGNORECASE,
)
FETCHED_BY_STYLE = re.compile(r"(?:@import\s+|url\()[\"']?((?:https?:)?//[^\"')\s]+)")

OUT_OF_DOCS = re.compile(r"\[([^\]]+)\]\(\.\./[^)]+\)")


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Leave the words alone of a link to a file beside docs/: on the site it leads nowhere."""
    if "/" in page.file.src_uri:
        return markdown
    return OUT_OF_DOCS.sub(r"\1", markdown)


def on_post_page(output: str, page: Any, **_: Any) -> str:
    """Look at a finished page, and say of a guide that it is in Danish."""
    _refuse(page.file.src_uri, FETCHED.findall(output))
    if page.file.src_uri.startswith("vejledning/"):
        return output.replace("<article class=", '<article lang="da" class=')
    return output


def on_post_build(config: Any, **_: Any) -> None:
    """Look at the finished styles."""
    for path in Path(config["site_dir"]).rglob("*.css"):
        _refuse(path.name, FETCHED_BY_STYLE.findall(path.read_text(encoding="utf-8")))


def _refuse(where: str, found: list[Any]) -> None:
    if found:
        raise PluginError(f"{where} fetches from another site: {found[0]}; keep the file in docs/")
