"""Parts of the training rows: nested, with every class by its share, groups together."""

import itertools
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import toy

from tenor.config.data import DataConfig
from tenor.config.subset import SubsetConfig
from tenor.data.example import Example
from tenor.data.growing import growing_order
from tenor.data.load import Trained, load
from tenor.data.subset import subset
from tenor.errors import DataError

LABELS = ["a"] * 60 + ["b"] * 30 + ["c"] * 10


def ids(examples: Iterable[Example]) -> set[str]:
    return {one.id for one in examples}


def test_every_beginning_has_the_classes_by_their_shares() -> None:
    order = growing_order(LABELS, seed=3)
    assert sorted(order.tolist()) == list(range(100))
    for size in (10, 20, 37, 50, 90):
        found = Counter(LABELS[place] for place in order[:size])
        for label, share in (("a", 0.6), ("b", 0.3), ("c", 0.1)):
            assert abs(found[label] - share * size) <= 1
    assert order.tolist() == growing_order(LABELS, seed=3).tolist() != growing_order(LABELS, seed=4).tolist()


def test_groups_come_whole_and_keep_the_classes() -> None:
    generator = np.random.default_rng(0)
    groups = [str(number) for number in generator.integers(0, 25, 100)]
    order = growing_order(LABELS, seed=0, groups=groups)
    assert sorted(order.tolist()) == list(range(100))
    met = [groups[place] for place in order]
    assert len([1 for one, before in zip(met, ["", *met], strict=False) if one != before]) == len(set(groups))
    found = Counter(LABELS[place] for place in order[:50])
    assert abs(found["a"] - 30) <= 5
    alone = growing_order(["x"] * 9, seed=0, groups=[None] * 9)
    assert sorted(alone.tolist()) == list(range(9))


def test_smaller_parts_lie_within_larger_ones() -> None:
    data = toy.dataset(train=40)
    sizes = (4, 10, 40)
    parts = [subset(data, SubsetConfig(rows=rows, seed=1)).split("train") for rows in sizes]
    for small, large in itertools.pairwise(parts):
        assert ids(small) <= ids(large)
    assert [len(part) for part in parts] == list(sizes)
    assert parts[-1] == data.split("train")
    assert subset(data, SubsetConfig()) is data
    assert subset(data, SubsetConfig(rows=4)).split("test") == data.split("test")


def test_too_many_or_too_few_are_refused() -> None:
    data = toy.dataset(train=40)
    with pytest.raises(DataError, match="has 40 training rows, fewer than 41"):
        subset(data, SubsetConfig(rows=41))
    with pytest.raises(DataError, match="1 of 40 training rows have none of class"):
        subset(data, SubsetConfig(rows=1))


def test_loading_draws_training_rows_alone() -> None:
    whole = load(DataConfig(source="movies"))
    part = load(replace(DataConfig(source="movies"), subset=SubsetConfig(rows=50)))
    assert part.split("test") == whole.split("test")
    assert part.split("validation") == whole.split("validation")
    assert len(part.split("train")) == 50
    assert ids(part.split("train")) <= ids(whole.split("train"))
    assert part.provenance["rows"]["train"] == 50  # type: ignore[index]


def test_data_for_a_trained_model_is_read_by_its_classes_and_columns(tmp_path: Path) -> None:
    path = tmp_path / "more.csv"
    path.write_text("what,mood,why\n" + "".join(f"text {n},1,{n % 2}\n" for n in range(20)))
    trained = Trained(("negative", "positive"), "what", "mood")
    found = load(DataConfig(source=str(path)), trained)
    assert found.classes == ("negative", "positive")
    assert {one.label for one in found.split("train")} == {"positive"}
    with pytest.raises(DataError, match="are not classes of the model"):
        load(DataConfig(source=str(path)), Trained(("a", "b"), "what", "mood"))
