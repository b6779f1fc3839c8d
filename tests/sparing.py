"""What a test process makes once instead of for each application or database of a test.

None of it is state that a test could see: compiled statements, templates and rules of addresses,
and what words of the word lists are read as and mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

import pytest
import sqlalchemy
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine
from werkzeug.routing import Rule

from catalogue.core import db
from catalogue.search.analysis import Chain, Language, nobody
from catalogue.search.meaning import Meanings
from catalogue.search.said import Said

_STATEMENTS = 4000  # more than the tests of one process ask; an engine alone keeps 500
_engines: dict[str, Engine] = {}
_new_chain, _new_meanings = Chain.__init__, Meanings.__init__
_read: dict[Any, dict[str, Any]] = {}  # by what it hangs on: the attributes that remember


@contextmanager
def sparing() -> Iterator[None]:
    """Within the block, applications and databases take what was made before them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "url_rule_class", KeptRule)
        patch.setattr(db, "create_engine", _create_engine)
        patch.setattr(Chain, "__init__", _begin_chain)
        patch.setattr(Meanings, "__init__", _begin_meanings)
        yield


def keep_statements(engine: Engine) -> None:
    """Have engines of this kind compile no statement that `engine`, which has connected, did."""
    _engines[engine.dialect.name] = engine


def _create_engine(*args: Any, **options: Any) -> Engine:
    """Make an engine that shares its compiled statements: to compile takes longer than to run."""
    made = sqlalchemy.create_engine(*args, query_cache_size=_STATEMENTS, **options)
    if one := _engines.get(made.dialect.name):
        # Statements are compiled for a dialect, which knows its server once one has connected.
        made.dialect, made._compiled_cache = one.dialect, one._compiled_cache
    return made


def _begin_chain(
    chain: Chain, language: Language, known: Callable[[str], bool] = nobody, name: str = ""
) -> None:
    """Begin a chain that remembers what one of the same language and own words has read."""
    _new_chain(chain, language, known, name)
    own = frozenset(getattr(known, "__self__", ())) if known is not nobody else frozenset()
    _share(chain, (language.code, own), ("_words", "_stems", "_pieced"))


def _begin_meanings(meanings: Meanings, chain: Chain, said: Said, *more: Any) -> None:
    """Begin meanings that remember what was found by what is shipped and such a chain."""
    _new_meanings(meanings, chain, said, *more)
    if not more:
        remembering = ("_taken", "_by_stems", "_by_means", "_known", "_onward", "_turn")
        _share(meanings, (id(said), id(chain._words)), remembering)


def _share(made: Any, key: Any, names: Sequence[str]) -> None:
    kept = _read.setdefault(key, {name: getattr(made, name) for name in names})
    vars(made).update(kept)


class KeptTemplates(BytecodeCache):
    """Templates compiled once in a test process: each application would compile them anew."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str | None, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give the compiled template, if its text is still the same."""
        if kept := self._kept.get(self._key(bucket)):
            bucket.bytecode_from_string(kept)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a compiled template."""
        self._kept[self._key(bucket)] = bucket.bytecode_to_string()

    def _key(self, bucket: Bucket) -> tuple[str | None, str]:
        return getattr(bucket.environment, "locale", None), bucket.key


class KeptRule(Rule):
    """A rule of addresses that is compiled once in a test process, not for each application."""

    _kept: ClassVar[dict[Any, Any]] = {}

    def compile(self) -> None:
        """Take what an equal rule was compiled to; none of it knows its application."""
        defaults = tuple(sorted((self.defaults or {}).items()))
        key = (
            self.rule, defaults, self.subdomain, self.host, self.merge_slashes,
            self.map.host_matching, *self.map.converters.items(),
        )  # fmt: skip
        if key not in self._kept:
            super().compile()
            builders = self._build.__func__, self._build_unknown.__func__  # type: ignore[attr-defined]
            self._kept[key] = (
                self._parts, self._trace, self._converters, frozenset(self.arguments), builders
            )  # fmt: skip
        self._parts, self._trace, self._converters, arguments, builders = self._kept[key]
        self.arguments |= arguments
        self._build, self._build_unknown = (each.__get__(self, None) for each in builders)
