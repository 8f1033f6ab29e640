"""The studies run, go on where they stopped, write down what they read of test splits, and choose by none."""

import json
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import toy

from tenor.data.example import Dataset, Example

Script = Callable[[str], ModuleType]


class Told:
    """A contestant that says the first class of everything, and remembers what it was given."""

    random = True
    decides = "told"

    def __init__(self, name: str = "told") -> None:
        self.name = name
        self.given: list[Dataset] = []

    def classes(
        self, dataset: Dataset, lots: Mapping[str, Sequence[Example]], seed: int, clock: object
    ) -> dict[str, list[int]]:
        self.given.append(dataset)
        return {name: [0] * len(lot) for name, lot in lots.items()}


@pytest.fixture
def small(script: Script, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder for everything a study writes, and two toy data sets for --quick."""
    sets, record = script("data_sets"), script("record")
    monkeypatch.setattr(record, "RUNS", tmp_path / "runs")
    quick = {name: sets.DataSet(name, partial(_about, name)) for name in ("movies", "products")}
    for name in ("everywhere", "few_labels", "across_domains", "ablation"):
        monkeypatch.setattr(script(name), "QUICK", quick)
    environments = script("peers.environments")
    monkeypatch.setattr(environments.Environment, "python", lambda self, install: None)
    return tmp_path


def _about(name: str) -> Dataset:
    """Return a toy data set whose every text names what it is about."""
    made = toy.dataset(train=40)
    splits = {
        split: tuple(replace(one, text=f"{one.text} {name}") for one in rows)
        for split, rows in made.splits.items()
    }
    return replace(made, splits=splits)


def run(script: Script, monkeypatch: pytest.MonkeyPatch, name: str, folder: Path, *arguments: str) -> Path:
    given = ["--quick", "--out", str(folder / "out"), "--runs", str(folder / "pieces"), *arguments]
    monkeypatch.setattr(sys, "argv", [f"{name}.py", *given])
    script(name).main()
    return folder / "out"


def figures(file: Path) -> Any:
    return json.loads(file.read_text("utf-8"))["figures"]


def results(script: Script, folder: Path) -> Any:
    return script("results").Results.read(folder)


def test_everywhere(
    script: Script, small: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="the same command goes on"):
        run(script, monkeypatch, "everywhere", small, "--piece", "0")
    out = run(script, monkeypatch, "everywhere", small, "--choose")
    assert not (out / "test_readings.json").exists()
    out = run(script, monkeypatch, "everywhere", small)
    readings = figures(out / "test_readings.json")
    assert Counter((one["data"], one["contestant"]) for one in readings) == dict.fromkeys(
        ((data, name) for data in ("movies", "products") for name in ("tiny", "tfidf", "nbsvm")), 1
    )
    found = figures(out / "everywhere.json")["sets"]["movies"]
    assert found["chosen"] == {"fast": "few", "balanced": "deep", "best": "deep"}
    assert set(found["models"]["tiny"]) == {"accuracy", "macro_f1", "seconds"}
    first = capsys.readouterr().out

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("trained again")

    monkeypatch.setattr("tenor.experiments.classification.fit", refuse)
    run(script, monkeypatch, "everywhere", small)
    assert figures(out / "test_readings.json") == readings
    again = capsys.readouterr().out.splitlines()
    assert again == [line for line in first.splitlines() if not line.startswith("test-")][-len(again) :]
    tables = script("study_tables").TABLES
    shown = {name: tables[name](results(script, out)) for name in ("everywhere", "everywhere-chosen")}
    assert "| **tiny** |" in shown["everywhere"]
    assert "| movies | few | deep | deep | tiny |" in shown["everywhere-chosen"]
    assert "| everywhere | movies |" in tables["test-readings"](results(script, out))
    assert "**tiny**" in tables["everywhere-validation"](results(script, out))


def test_few_labels(script: Script, small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = run(script, monkeypatch, "few_labels", small)
    found = figures(out / "few-labels.json")
    assert found["sizes"] == {"20": 20, "all": 40}
    assert [len(found["accuracy"][name]["20"]) for name in ("tiny", "tfidf", "nbsvm")] == [2, 2, 2]
    assert [len(found["accuracy"][name]["all"]) for name in ("tiny", "tfidf", "nbsvm")] == [2, 1, 1]
    assert (out / "few-labels.png").stat().st_size > 1000
    assert "20 reviews" in script("study_tables").TABLES["few-labels"](results(script, out))
    assert {one["data"] for one in figures(out / "test_readings.json")} == {"movies"}


def test_across_domains(script: Script, small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = run(script, monkeypatch, "across_domains", small)
    found = figures(out / "across-domains.json")["models"]
    pairs = {(source, target) for source in ("movies", "products") for target in ("movies", "products")}
    assert {(source, target) for source, of in found["tiny"].items() for target in of} == pairs
    taught = found["taught on the target"]
    assert {(source, target) for source, of in taught.items() for target in of} == {
        (source, target) for source, target in pairs if source != target
    }
    assert "| movies | products |" in script("study_tables").TABLES["across-domains"](results(script, out))


def test_ablation_reads_no_test_split(script: Script, small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = run(script, monkeypatch, "ablation", small)
    assert not (out / "test_readings.json").exists()
    found = figures(out / "ablation.json")["sets"]["movies"]
    assert "all" in found["slices"]
    assert "difference" not in found["slices"]["all"]["tiny"]
    assert -1 <= found["slices"]["all"]["nbsvm"]["difference"]["value"] <= 1
    assert "| **tiny** |" in script("study_tables").TABLES["ablation"](results(script, out))


def test_a_piece_is_done_once_unless_something_else_decided_it(script: Script, tmp_path: Path) -> None:
    pieces = script("pieces")
    kept = pieces.Pieces(tmp_path)
    seen: list[int] = []

    def measure() -> dict[str, Any]:
        seen.append(1)
        return {"figure": len(seen)}

    assert kept.once("a", {"seed": 0}, measure)["figure"] == 1
    assert kept.once("a", {"seed": 0}, measure)["figure"] == 1
    assert kept.once("a", {"seed": 1}, measure)["figure"] == 2
    assert kept.once("a", {"seed": 0}, measure)["figure"] == 1
    over = pieces.Pieces(tmp_path, pieces.Clock.of(0))
    assert over.once("a", {"seed": 0}, measure)["figure"] == 1
    with pytest.raises(pieces.Enough):
        over.once("b", {}, measure)


def test_a_training_that_was_cut_goes_on(
    script: Script, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contestants, pieces = script("contestants"), script("pieces")
    recipe = contestants.Recipe.of(f"{contestants._TINY} training.epochs=3 training.checkpoint_minutes=0")
    data = toy.dataset(train=40)
    lots = {"validation": data.split("validation")}
    whole = recipe.classes(data, lots, 0, pieces.Clock())

    steps = count(1)

    class Steps(pieces.Clock):  # type: ignore[misc]
        """A clock whose time is up after some steps."""

        def refuse_more(self) -> None:
            if next(steps) == 4:
                raise pieces.Enough

    with pytest.raises(pieces.Enough):
        recipe.classes(data, lots, 0, Steps())
    (cut,) = (small / "runs" / "trainings").iterdir()
    assert (cut / "checkpoint.safetensors").is_file()
    assert recipe.classes(data, lots, 0, pieces.Clock()) == whole
    assert not list((small / "runs" / "trainings").iterdir())


def test_nobody_is_given_the_test_split_and_only_its_readings_are_written_down(
    script: Script, tmp_path: Path
) -> None:
    everywhere, judging, pieces = script("everywhere"), script("judging"), script("pieces")
    data = script("data_sets").DataSet("toy", toy.dataset)
    told = Told()
    for split in ("validation", "test"):
        judge = judging.Judge("s", pieces.Pieces(tmp_path / "pieces"), split, tmp_path)
        everywhere.measured("toy", data, [told], judge, 2)
        assert (tmp_path / "test_readings.json").exists() == (split == "test")
    assert all(set(one.splits) == {"train", "validation"} for one in told.given)
    readings = figures(tmp_path / "test_readings.json")
    assert [(one["data"], one["seed"], one["accuracy"]) for one in readings] == [
        ("toy", 0, 0.5),
        ("toy", 1, 0.5),
    ]


def test_draws_of_labels_are_nested_and_stratified(script: Script) -> None:
    few = script("few_labels")
    train = toy.examples(60, "train")
    for draw in (0, 1):
        small, large = (few.drawn(train, toy.CLASSES, size, draw) for size in (10, 30))
        assert {one.id for one in small} < {one.id for one in large} <= {one.id for one in train}
        assert Counter(one.label for one in small) == {"negative": 5, "positive": 5}
    assert few.drawn(train, toy.CLASSES, 10, 0) != few.drawn(train, toy.CLASSES, 10, 1)


def test_candidates_are_chosen_on_validation_alone(script: Script, tmp_path: Path) -> None:
    few, judging, pieces = script("few_labels"), script("judging"), script("pieces")
    told = [Told(), Told()]
    told[1].decides = "other"
    curves = few.Curves("toy", toy.dataset(train=40), {"told": told}, sizes=[10], draws=2)
    judge = judging.Judge("s", pieces.Pieces(tmp_path / "pieces"), "validation", tmp_path)
    assert curves.chosen(judge) == {"told": {"10": told[0], "all": told[0]}}
    for one in (*told[0].given, *told[1].given):
        assert set(one.splits) == {"train"}
        assert len(one.split("train")) == 10
    assert not (tmp_path / "test_readings.json").exists()


def test_a_recipe_is_read_as_it_is_written(script: Script, tmp_path: Path) -> None:
    contestants = script("contestants")
    recipe = contestants.Recipe
    assert recipe.of("fast").name == "fast"
    assert "data" not in recipe.of("fast").settings
    changed = recipe.of('"my fast=fast" training.epochs=3')
    assert (changed.name, changed.config("x", 7).training.epochs) == ("my fast", 3)
    assert changed.config("x", 7).training.seed == 7
    texts = tmp_path / "texts.jsonl"
    texts.write_text('{"text": "a"}\n')
    wants = replace(recipe.of("fast text.vectors=UNLABELLED"), unlabelled=texts)
    assert wants.wants_unlabelled
    assert wants.config("x", 0).text.vectors == str(texts)
    before = wants.decides
    assert str(tmp_path) not in json.dumps(before)
    taught = contestants.Taught("taught", wants, texts)
    with_a = taught.decides
    texts.write_text('{"text": "b"}\n')
    assert wants.decides != before
    assert taught.decides != with_a


def test_texts_without_labels_are_those_of_the_target(
    script: Script, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    across, contestants = script("across_domains"), script("contestants")
    domains = {name: toy.dataset(train=10) for name in ("a", "b", "c")}
    plain, wants = (contestants.Recipe.of(f"fast {more}") for more in ("", "text.vectors=UNLABELLED"))
    ((same, lots),) = across.trainings(plain, "a", domains, "test")
    assert (same, set(lots)) == (plain, {"a", "b", "c"})
    for target, (one, lots) in zip("bc", across.trainings(wants, "a", domains, "test"), strict=True):
        assert set(lots) == {target}
        lines = one.unlabelled.read_text().splitlines()
        assert {json.loads(line)["text"] for line in lines} <= {
            e.text for e in domains[target].split("train")
        }


def test_unlabelled_texts_are_neither_of_validation_nor_of_test(script: Script) -> None:
    data = toy.dataset(train=20)
    twice = data.split("test")[0]
    data = replace(data, splits={**data.splits, "train": (*data.split("train"), twice)})
    found = [one.text for one in script("unlabelled").unlabelled("toy", data)]
    judged = {one.text for split in ("validation", "test") for one in data.split(split)}
    assert not judged & set(found)
    assert set(found) <= {one.text for one in data.split("train")}


def test_slices_by_words_and_kinds(script: Script) -> None:
    ablation = script("ablation")
    texts = ["not good", "good, but long", "fine"]
    kinds = ["negation", "turn", "plain"]
    masks = ablation.slices([Example(t, "a", columns={"kind": k}) for t, k in zip(texts, kinds, strict=True)])
    assert masks["negation or contrast"].tolist() == [True, True, False]
    assert masks["all kinds but plain"].tolist() == [True, True, False]
    assert masks["kind: plain"].tolist() == [False, False, True]
    assert "all kinds but plain" not in ablation.slices([Example(text, "a") for text in texts])


def test_what_a_part_adds_is_told_from_chance(script: Script) -> None:
    rng = np.random.default_rng(0)
    right = {
        "whole": rng.random((3, 400)) < 0.9,
        "less": rng.random((3, 400)) < 0.6,
        "same": rng.random((3, 400)) < 0.9,
    }
    found = script("ablation").compared(right, "whole", np.ones(400, bool))
    assert found["less"]["difference"]["high"] < 0
    assert found["less"]["p"] < 0.05 < found["same"]["p"]


@pytest.mark.parametrize("name", ["amazon-books", "uci", "sst2", "airline", "ag_news"])
def test_real_data_is_split_as_it_demands(name: str, script: Script) -> None:
    record = script("record")
    try:
        record.data_folder()
    except SystemExit as absent:
        pytest.skip(str(absent))
    data = script("data_sets").DATA_SETS[name].read()
    assert set(data.splits) == {"train", "validation", "test"}
    texts = {split: {one.text for one in rows} for split, rows in data.splits.items()}
    if name == "amazon-books":
        groups = {split: {one.group for one in rows} for split, rows in data.splits.items()}
        assert not groups["train"] & (groups["validation"] | groups["test"])
        assert not groups["validation"] & groups["test"]
        assert data.classes == ("negative", "positive")
    if name in {"uci", "airline"}:
        assert not texts["train"] & (texts["validation"] | texts["test"])
    if name == "airline":
        assert data.classes == ("negative", "neutral", "positive")
