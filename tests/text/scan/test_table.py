from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenor.text.scan import hashing
from tenor.text.scan.characters import letters
from tenor.text.scan.table import Table
from tenor.text.vocabulary import Vocabulary


def counted(tokens: list[str], table: Table) -> Table:
    bounds = np.cumsum([0, *map(len, tokens)])
    table.add(letters("".join(tokens)), bounds[:-1], bounds[1:], np.ones(len(tokens), dtype=np.int64))
    return table


tokens = st.lists(st.text(st.sampled_from("abé日😀\ud800"), min_size=1, max_size=3))


@settings(deadline=None)  # the first example may compile
@given(tokens, st.integers(0, 3), st.integers(0, 3))
def test_it_counts_from_any_size(found: list[str], room: int, size: int) -> None:
    table = counted(found, Table(room, size))
    assert table.counts() == Counter(found)
    assert len(table) == len(set(found))


def test_it_grows_as_far_as_it_must() -> None:
    many = [str(i % 70_000) for i in range(100_000)]
    assert counted(many, Table(1, 1)).counts() == Counter(many)


@settings(deadline=None)
@given(tokens, tokens)
def test_an_update_adds_counts(one: list[str], other: list[str]) -> None:
    table = counted(one, Table(1, 1))
    table.update(counted(other, Table(1, 1)))
    assert table.counts() == Counter(one + other)


def test_tokens_of_one_hash_stay_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_slot", "add", "look_up"):
        monkeypatch.setattr(hashing, name, getattr(hashing, name).py_func)
    monkeypatch.setattr(hashing, "_hash", lambda *_: 7 << 40)
    found = ["a", "ab", "b", "ba", "a", "abc", "ab", "b", "a"]
    assert counted(found, Table(1, 1)).counts() == Counter(found)
    vocabulary = Vocabulary(("a", "<pad>", "b", "<unk>", "ab"), pad=1, unknown=3)
    ids, offsets = Table.of(vocabulary).look_up(
        letters("abaabb"),
        *map(np.array, ([0, 1, 0, 2, 4], [1, 2, 2, 3, 6], [0, 5])),
        limit=9,
        front=9,
        unknown=3,
    )
    assert ids.tolist() == [0, 2, 4, 0, 3]
    assert offsets.tolist() == [0, 5]


@pytest.mark.parametrize(("pad", "unknown"), [(0, 1), (2, 0)])
def test_no_special_is_found_by_its_spelling(pad: int, unknown: int) -> None:
    vocabulary = Vocabulary(("x", "y", "z"), pad, unknown)
    ids, _ = Table.of(vocabulary).look_up(
        letters("xyz"), np.arange(3), np.arange(1, 4), np.array([0, 3]), limit=9, front=9, unknown=unknown
    )
    assert ids.tolist() == vocabulary.ids("xyz")
