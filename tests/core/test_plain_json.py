"""JSON of strangers: what is read, and what is refused before it does harm."""

from __future__ import annotations

import json
from typing import Any

import pytest

from catalogue.core import plain_json


@pytest.mark.parametrize(
    "text", ['{"a": [1, 2.5, null, true, "ø"]}', "[" * 50 + "]" * 50, '"\\\\u0000"', "7"]
)
def test_what_can_be_kept_is_read(text: str) -> None:
    assert plain_json.parse(text) == json.loads(text)
    assert plain_json.parse(text.encode()) == json.loads(text)


@pytest.mark.parametrize(
    "content",
    [
        "", "{", "[" * 100_000, '{"a":' * 100_000, "[" * 52 + "]" * 52, "NaN", "[-Infinity]",
        '"\\ud800"', '{"\\udfff": 1}', '["a\\u0000"]', b"\xff\xfe\xfa", "1" * 5_000,
    ],
    ids=lambda each: str(each)[:12],
)  # fmt: skip
def test_what_nothing_can_keep_or_walk_through_is_no_json(content: Any) -> None:
    with pytest.raises(ValueError):
        plain_json.parse(content)
