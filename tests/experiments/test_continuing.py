"""A classifier goes on with more data: what stays, what is replayed, what must not leak, what is shown."""

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sources
import toy

from tenor.config.load import merge, parse, to_values
from tenor.data.duplicates import digest
from tenor.data.example import Dataset, Example
from tenor.errors import DataError, ModelError, OutputError
from tenor.experiments.classification import SilentWatcher, train
from tenor.experiments.continuing import continue_training, starting
from tenor.experiments.old_data import OldData
from tenor.experiments.preparing import prepare
from tenor.experiments.settling import adopted
from tenor.model import Model

FAST = {"encoder": "mingru", "pooling": "mean", "mingru": {"hidden_size": 6, "layers": 1}}
RATIOS = {**FAST, "ratios": {"use": True, "min_count": 1}}


class Warned(SilentWatcher):
    def __init__(self) -> None:
        self.said: list[str] = []

    def warning(self, text: str) -> None:
        self.said.append(text)


def write(path: Path, count: int, seed: int, words: Sequence[str] = "abcdefgh") -> Path:
    generator = random.Random(seed)
    lines = []
    for number in range(count):
        label = toy.CLASSES[number % 2]
        told = {"negative": "bad", "positive": "good"}[label]
        lines.append({"text": " ".join([*generator.choices(words, k=6), told]), "label": label})
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return path


def config(source: Path, **sections: dict[str, Any]) -> Any:
    network = sections.pop("network", RATIOS)
    training = {"learning_rate": 0.05, "epochs": 2, **sections.pop("training", {})}
    return toy.config(
        data={"source": str(source), "validation_fraction": 0.2, "test_fraction": 0.2},
        network=network,
        training=training,
        **sections,
    )


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("old")
    train(config(write(folder / "old.jsonl", 120, 1)), out=folder / "run")
    return folder


def going_on(model: Path, source: Path, **changes: Any) -> Any:
    values = to_values(starting(str(model)))
    return parse(adopted(merge(values, {"data": {"source": str(source)}}, changes)))


def test_old_and_new_are_compared_on_both_tests(old: Path, tmp_path: Path) -> None:
    before = {file.name: file.read_bytes() for file in (old / "run" / "model").iterdir()}
    more = write(tmp_path / "more.jsonl", 60, 2, "ijklmnop")
    out = tmp_path / "second"
    found = continue_training(going_on(old / "run", more), out=out)
    assert found.missing is None
    assert {name: side.rows for name, side in found.sides.items()} == {"new": 12, "old": 24}
    model = Model.load(out)
    start = Model.load(old / "run")
    # New words stand behind the old ones.
    size = len(start.pipeline.vocabulary)
    assert model.pipeline.vocabulary.tokens[:size] == start.pipeline.vocabulary.tokens
    assert "i" in model.pipeline.vocabulary
    assert model.ratios is not None
    assert np.any(model.ratios.words[size:] != 0)
    report = json.loads((out / "report.json").read_text())
    assert report["continued"] == found.to_json()
    page = (out / "report.html").read_text()
    assert "Before and after" in page
    assert "12 test texts of the new data" in page
    assert {file.name: file.read_bytes() for file in (old / "run" / "model").iterdir()} == before
    # Going on from what went on knows all three.
    third = write(tmp_path / "third.jsonl", 40, 3)
    past = OldData.of(model)
    assert {name: len(rows) for name, rows in past.dataset.splits.items()} == (
        {"train": 77 + 38, "validation": 19 + 10, "test": 24 + 12}
    )
    again = continue_training(going_on(out, third), out=tmp_path / "third")
    assert again.sides["old"].rows == 36


def test_without_an_epoch_to_speak_of_it_is_the_same_model(old: Path, tmp_path: Path) -> None:
    """Word vectors, encoder, pooling and head start as they were; at next to no rate they stay."""
    more = write(tmp_path / "more.jsonl", 40, 2)
    still = {"training": {"learning_rate": 1e-12, "weight_decay": 0.0, "epochs": 1}}
    found = continue_training(going_on(old / "run", more, transfer={"replay": 0.0}, **still))
    start = Model.load(old / "run")
    for name, array in start.arrays.items():
        assert np.allclose(found.run.model.arrays[name][: len(array)], array, atol=1e-6), name
    # Nothing of the old texts is trained on again: their ratios stay.
    assert start.ratios is not None
    assert found.run.model.ratios is not None
    assert np.array_equal(found.run.model.ratios.words[: len(start.ratios.words)], start.ratios.words)
    for side in found.sides.values():
        assert side.difference.value == 0
        assert side.p == 1


def test_no_text_leaks_between_trainings_and_tests(old: Path, tmp_path: Path) -> None:
    model = Model.load(old / "run")
    past = OldData.of(model)
    splits = {name: [row.text for row in rows] for name, rows in past.dataset.splits.items()}
    taken = [*splits["train"][:20], *splits["test"][:8], *splits["validation"][:8]]
    new = Dataset(
        "new",
        toy.CLASSES,
        {
            "train": tuple(Example(text.upper(), "positive") for text in taken[::2]),
            "validation": (),
            "test": tuple(Example(text, "positive") for text in [*taken[1::2], "something new"]),
        },
    )
    joined = past.joined(new, 1.0, 0)
    seen = {digest(text) for text in splits["train"]}
    tests = {digest(row.text) for row in joined.split("test")}
    assert not tests & seen
    assert not tests & {digest(row.text) for row in joined.split("train")}
    assert {digest(text) for text in splits["test"]} <= tests
    assert digest("something new") in tests
    assert len(tests) == len(joined.split("test"))
    # A text that is labelled anew counts with its new label.
    label = {digest(row.text): row.label for row in joined.split("train")}
    assert {label[digest(text)] for text in splits["train"][:20]} == {"positive"}
    assert len(label) == len({digest(row.text) for row in past.dataset.split("train")})
    assert any("which the old model was trained on, went to training" in note for note in joined.notes)


def test_a_part_is_replayed(old: Path) -> None:
    past = OldData.of(Model.load(old / "run"))
    new = Dataset("new", toy.CLASSES, {"train": (Example("x good", "positive"),)})
    for share, rows in ((0.0, 1), (0.5, 39), (1.0, 78)):
        assert len(past.joined(new, share, 0).split("train")) == rows


def test_old_data_that_has_changed_is_not_taken_and_that_is_said(tmp_path: Path) -> None:
    source = write(tmp_path / "old.jsonl", 60, 1)
    train(config(source, network=FAST), out=tmp_path / "run")
    for change, reason in ((lambda: write(source, 60, 9), "not what it was"), (source.unlink, "old.jsonl")):
        change()
        with pytest.raises(DataError, match=reason):
            OldData.of(Model.load(tmp_path / "run"))
    watcher = Warned()
    more = write(tmp_path / "more.jsonl", 40, 2)
    out = tmp_path / "second"
    found = continue_training(going_on(tmp_path / "run", more), out=out, watcher=watcher)
    assert "is not at hand" in watcher.said[0]
    assert list(found.sides) == ["new"]
    assert found.run.config.transfer.replay == 0
    assert "The old data is not at hand" in (out / "report.html").read_text()


def test_a_vocabulary_that_is_full_gets_room(tmp_path: Path) -> None:
    source = write(tmp_path / "old.jsonl", 60, 1)
    train(config(source, network=FAST, text={"max_size": 8}), out=tmp_path / "run")
    start = starting(str(tmp_path / "run"))
    assert start.text.max_size == 9
    found = going_on(tmp_path / "run", write(tmp_path / "more.jsonl", 40, 2))
    prepared = prepare(OldData.of(Model.load(tmp_path / "run")).dataset, found.text, found.transfer)
    assert len(prepared.pipeline.vocabulary) == 9


def test_what_cannot_be_gone_on_from_is_refused(old: Path, tmp_path: Path) -> None:
    more = write(tmp_path / "more.jsonl", 40, 2)
    with pytest.raises(ModelError, match="has no classes to go on with"):
        starting(str(sources.write(tmp_path / "lm")))
    found = going_on(old / "run", more)
    for out in (old / "run", old / "run" / "model" / "inner", old):
        with pytest.raises(OutputError, match="where the old model is"):
            continue_training(found, out=out, force=True)
    same = replace(found, data=replace(found.data, source=str(old / "old.jsonl")))
    with pytest.raises(DataError, match="is what the model was trained on"):
        continue_training(same)
    other = tmp_path / "other.csv"
    other.write_text("text,label\n" + "".join(f"text {n},class {n % 3}\n" for n in range(30)))
    with pytest.raises(DataError, match="are not classes of the model"):
        continue_training(replace(found, data=replace(found.data, source=str(other))))
