"""The engine of arrays equals plain Whoosh: same hits, same order, scores within rounding."""

from __future__ import annotations

import random
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from whoosh.index import open_dir
from whoosh.query import And, Or, Phrase, Term
from whoosh.scoring import BM25F
from whoosh.writing import OPTIMIZE

from catalogue.search import indexing
from catalogue.search.analysis import DANISH, Chain
from catalogue.search.engine import merging
from catalogue.search.engine.codec import ArrayCodec
from catalogue.search.engine.columns import Facts, pack
from catalogue.search.engine.generation import Generation, Segments
from catalogue.search.engine.postings import (
    K1,
    Found,
    idf,
    in_sequence,
    intersection,
    saturated,
    total,
)
from catalogue.search.terms import LISTS
from catalogue.search.weighing import weigh

WORDS = (
    "legehus", "gave", "have", "bænk", "kaffe", "kurv", "rengøring", "vindue", "fejekost", "krus",
    "honning", "lys",
)  # fmt: skip


def written(folder: Path, chance: random.Random) -> None:
    """Write a random catalogue in several commits, with products deleted and written again."""
    chain = Chain(DANISH)
    indexing.create(folder)
    for _commit in range(chance.randrange(1, 5)):
        ids = sorted(chance.sample(range(1, 80), chance.randrange(1, 40)))
        with indexing.writing(folder, ids) as writer:
            for product_id in ids[::2]:
                writer.add_document(**drawn(chain, product_id, chance))


def drawn(chain: Chain, product_id: int, chance: random.Random) -> indexing.Document:
    """Return a random product as writers want it."""
    texts = {
        "title": " ".join(chance.choices(WORDS, k=chance.randrange(1, 4))),
        "description": " ".join(chance.choices(WORDS, k=chance.randrange(30))),
    }
    facts = Facts(product_id, 1, None, "goods", None, None, everywhere=True)
    areas = chance.sample(range(5), chance.randrange(3))
    return indexing.document(product_id, weigh(chain, texts), areas, pack(facts))


def by_whoosh(index: Any, query: Any) -> dict[int, float]:
    """Return scores by document number as plain Whoosh has them."""
    with index.searcher(weighting=BM25F(B=0.0, K1=K1)) as searcher:
        hits = searcher.search(query, limit=None)
        return {hits.docnum(place): hits.score(place) for place in range(len(hits))}


def by_arrays(generation: Generation, words: list[str]) -> list[Found]:
    """Return what the arrays find of each word, scored as Whoosh scores."""
    lists = []
    for word in words:
        postings = generation.postings(("words", word))
        telling = idf(generation.size, len(postings.numbers))
        found = Found(postings.numbers, saturated(postings.weights)).weighed(telling)
        lists.append(found.only(generation.columns.live[found.numbers]))
    return lists


def assert_same(found: Found, expected: dict[int, float]) -> None:
    assert found.numbers.tolist() == sorted(expected)
    scores = [expected[number] for number in found.numbers.tolist()]
    assert np.allclose(found.scores, scores, rtol=1e-4)
    by_score = sorted(expected, key=lambda number: (-round(expected[number], 3), number))
    own = found.numbers[np.lexsort((found.numbers, -np.round(found.scores, 3)))]
    assert own.tolist() == by_score


@pytest.mark.parametrize("seed", range(25))
def test_arrays_equal_plain_whoosh_on_random_catalogues(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    folder = tmp_path / "index"
    written(folder, chance)
    index = open_dir(str(folder))
    table = indexing.table_of(folder, indexing.latest_generation(folder))
    generation = Generation(("", 0), table, Segments(folder))
    chain = Chain(DANISH)
    for _query in range(12):
        words = [chain.stem(word) for word in chance.sample(WORDS, chance.randrange(1, 4))]
        terms = [Term("words", word) for word in words]
        lists = by_arrays(generation, words)
        every = intersection(lists)
        summed = np.sum([each.scores for each in every], axis=0)
        assert_same(Found(every[0].numbers, summed), by_whoosh(index, And(terms)))
        assert_same(total(lists), by_whoosh(index, Or(terms)))
    generation.close()
    index.close()


@pytest.mark.parametrize("seed", range(10))
def test_phrases_equal_plain_whoosh_on_random_catalogues(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    folder = tmp_path / "index"
    written(folder, chance)
    index = open_dir(str(folder))
    table = indexing.table_of(folder, indexing.latest_generation(folder))
    generation = Generation(("", 0), table, Segments(folder))
    chain = Chain(DANISH)
    for _query in range(12):
        words = [chain.stem(word) for word in chance.choices(WORDS, k=chance.randrange(2, 4))]
        spots = [generation.postings(("words", word)).spots() for word in words]
        numbers = in_sequence(spots)
        live = numbers[generation.columns.live[numbers]]
        assert live.tolist() == sorted(by_whoosh(index, Phrase("words", words)))
    generation.close()
    index.close()


def contents(folder: Path) -> dict[Any, Any]:
    """Return all that a reader can read: documents with their facts and lengths, and all lists."""
    index = open_dir(str(folder))
    with index.reader() as reader:
        facts = reader.column_reader("facts")
        seen: dict[Any, Any] = {
            number: (facts[number], [reader.doc_field_length(number, name) for name in LISTS])
            for number in reader.all_doc_ids()
        }
        for field, term in reader.all_terms():
            matcher = reader.postings(field, term)
            seen[field, term] = []
            while matcher.is_active():
                seen[field, term].append((matcher.id(), matcher.weight(), matcher.value()))
                matcher.next()
    index.close()
    return seen


@pytest.mark.parametrize("seed", range(10))
def test_joining_arrays_equals_joining_by_whoosh(tmp_path: Path, seed: int) -> None:
    written(tmp_path / "ours", random.Random(seed))
    shutil.copytree(tmp_path / "ours", tmp_path / "theirs")
    with indexing.writing(tmp_path / "ours", merge=merging.merge_all):
        pass
    with indexing.writing(tmp_path / "theirs", merge=OPTIMIZE):
        pass
    assert contents(tmp_path / "ours") == contents(tmp_path / "theirs")


@pytest.mark.parametrize("seed", range(10))
def test_collecting_arrays_equals_adding_documents_to_whoosh(tmp_path: Path, seed: int) -> None:
    chance, chain = random.Random(seed), Chain(DANISH)
    portions = [[drawn(chain, 100 * n + id_, chance) for id_ in range(1, chance.randrange(2, 40))]
                for n in range(2)]  # fmt: skip
    for name in ("ours", "theirs"):
        indexing.create(tmp_path / name)
    for products in portions:
        index = open_dir(str(tmp_path / "theirs"))
        writer = index.writer(codec=ArrayCodec(), compound=False)
        with indexing.writing(tmp_path / "ours") as filling:
            for each in products:
                filling.add_document(**each)
                writer.add_document(**each)
        writer.commit(merge=False)
        index.close()
    assert contents(tmp_path / "ours") == contents(tmp_path / "theirs")
