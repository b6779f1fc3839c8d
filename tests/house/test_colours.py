"""The colours of the theme where they meet; axe looks at pages, and not at all four palettes."""

from __future__ import annotations

import importlib.util
from pathlib import Path

PLACE = Path(__file__).parents[2] / "scripts/theme/contrast.py"


def test_no_pair_of_colours_is_too_weak_in_any_palette() -> None:
    spec = importlib.util.spec_from_file_location("contrast", PLACE)
    assert spec is not None
    assert spec.loader is not None
    contrast = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(contrast)
    assert contrast.ratio("#000000", "#ffffff") == 21
    assert contrast.weak() == []
