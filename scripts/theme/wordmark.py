#!/usr/bin/env python3
"""Write the wordmark as SVG: our mark and the name in each language, its letters as outlines.

Run after a change of the mark or the name; needs fonttools. The ink follows the reader's scheme, so
that it can stand on light and dark pages alike; in our own pages the name is text.
"""

from pathlib import Path

from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

STATIC = Path(__file__).parents[2] / "catalogue/static"
NAMES = {"da": "Indkøbskataloget", "en": "Catalogue"}
MARK, GAP, SIZE, BASE = (
    40,
    12,
    25,
    29,
)  # pixels: side of the mark, space after it, letters, their line
INK, INK_IN_THE_DARK, TIGHTER = "#0e4d40", "#f4f8f5", -12  # the last in units of the font


def draw(name: str) -> str:
    """Return the SVG of the mark with a name."""
    font = TTFont(STATIC / "dkfds/fonts/IBMPlexSans-Bold.woff")
    glyphs, letters, units = font.getGlyphSet(), font.getBestCmap(), font["head"].unitsPerEm
    scale, x = SIZE / units, float(MARK + GAP)
    pen = SVGPathPen(glyphs, ntos=lambda value: f"{value:.1f}".rstrip("0").rstrip("."))
    for letter in name:
        glyph = glyphs[letters[ord(letter)]]
        glyph.draw(TransformPen(pen, (scale, 0, 0, -scale, x, BASE)))
        x += (glyph.width + TIGHTER) * scale
    mark = (STATIC / "mark.svg").read_text(encoding="utf-8")
    inner = mark[mark.index(">") + 1 : mark.rindex("</svg>")]
    style = f".n{{fill:{INK}}}@media (prefers-color-scheme:dark){{.n{{fill:{INK_IN_THE_DARK}}}}}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {round(x + 1)} {MARK}" role="img" '
        f'aria-label="{name}"><style>{style}</style>{inner}'
        f'<path class="n" d="{pen.getCommands()}"/></svg>\n'
    )


if __name__ == "__main__":
    for locale, name in NAMES.items():
        (STATIC / f"wordmark-{locale}.svg").write_text(draw(name), encoding="utf-8")
