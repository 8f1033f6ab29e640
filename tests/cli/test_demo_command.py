import json
from pathlib import Path

import pytest
from shell import tenor

from tenor.cli import demo
from tenor.config.load import merge, parse, read

QUICK = {
    "network": {"embedding_size": 4, "recurrent": {"hidden_size": 4}},
    "training": {"epochs": 1, "batch_size": 256, "threads": 1},
    "evaluation": {"resamples": 100},
}


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo as it is, but one epoch of a tiny network: what it learns is the benchmarks' subject."""
    monkeypatch.setattr(demo, "read", lambda recipe: merge(read(recipe), QUICK))


def test_it_shows_figures_kinds_and_five_reviews(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = tenor("demo")
    assert result.status == 0, result.err
    for expected in ("test accuracy", "By kind", "double negation", "Five reviews it never saw"):
        assert expected in result.out
    assert result.out.count(" %\n") + result.out.count(" % (unsure)\n") == 5
    assert list(tmp_path.iterdir()) == []


def test_json_and_a_folder_to_keep(tmp_path: Path) -> None:
    run = tmp_path / "demo"
    found = json.loads(tenor("demo", "--json", "--out", run).out)
    assert len(found["predictions"]) == 5
    for one in found["predictions"]:
        assert sum(one["probabilities"].values()) == pytest.approx(1)
    said = tenor("predict", run, *(one["text"] for one in found["predictions"]), "--json").out
    labels = [json.loads(line)["label"] for line in said.splitlines()]
    assert labels == [one["label"] for one in found["predictions"]]
    assert "--force" in tenor("demo", "--out", run).error


def test_the_reviews_are_none_of_the_corpus() -> None:
    from tenor.data.load import load

    dataset = load(parse(read("demo")).data)
    texts = {example.text for examples in dataset.splits.values() for example in examples}
    assert texts.isdisjoint(demo.REVIEWS)
