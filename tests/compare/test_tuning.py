"""A search: the best by validation alone, kept whatever stops it, and the same as if nothing had."""

import csv
import json
import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import toy

from tenor.compare import tuning
from tenor.compare.study import Trial
from tenor.compare.tuning import SilentTuningWatcher, tune
from tenor.compare.tuning_folder import Plan, Tuned
from tenor.config.classification import ClassificationConfig
from tenor.config.load import parse, read, to_values
from tenor.config.tuning import TuningConfig
from tenor.data.example import Dataset, Example
from tenor.errors import ConfigError, DataError, Interrupted, OutputError, StorageError, TrainingError
from tenor.experiments.classification import fit
from tenor.training.checkpoint import Progress

SEARCH = {
    "training.learning_rate": [1e-4, 0.1, "log"],
    "network.recurrent.hidden_size": [2, 6, "linear"],
    "network.pooling": ["mean", "max"],
}


def plan(
    trials: int | None = 4,
    search: Mapping[str, Any] = SEARCH,
    budget: float | None = None,
    **training: object,
) -> Plan:
    values = {"epochs": 2, "batch_size": 16, "learning_rate": 0.01, **training}
    config = toy.config(training=values)
    return Plan(
        config, search, TuningConfig(trials, budget, random_trials=3, pruning_trials=2, pruning_epochs=1)
    )


class Watches(SilentTuningWatcher):
    """Notes what it is shown, and presses Ctrl-C in a trial."""

    def __init__(self, stops: int = 0) -> None:
        self.stops = stops
        self.shown: list[Dataset] = []
        self.begun: list[Mapping[str, Any]] = []
        self.ended: list[tuple[Trial, bool]] = []

    def data(self, dataset: Dataset, report: object, vectors: object) -> None:
        self.shown.append(dataset)

    def trial(self, number: int, settings: Mapping[str, Any], *, trials: int | None) -> None:
        assert number == len(self.ended) + 1 or self.stops == 0
        self.begun.append(settings)

    def step(self, progress: Progress) -> None:
        if len(self.begun) == self.stops and progress.step == 3:
            raise KeyboardInterrupt

    def tried(self, trial: Trial, *, best: bool) -> None:
        self.ended.append((trial, best))


def untimed(tuned: Tuned) -> list[Trial]:
    return [replace(trial, seconds=0.0) for trial in tuned.trials]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Tuned:
    """A search that nothing stopped."""
    return tune(plan(10), out=tmp_path_factory.mktemp("whole") / "tuned", dataset=toy.dataset())


def test_the_best_recipe_gives_the_figure_it_was_chosen_for(whole: Tuned) -> None:
    complete = [trial for trial in whole.trials if trial.state == "complete"]
    assert whole.best.figure == min(trial.figure for trial in complete if trial.figure is not None)
    recipe = parse(read(str(whole.path / "best.yaml")))
    assert recipe == whole.config
    history = fit(toy.dataset(), recipe).history
    assert history.rows[history.best_epoch - 1]["validation_loss"] == whole.best.figure
    assert f"{whole.best.figure:.4f}" in recipe.description


def test_the_first_trial_has_the_settings_as_they_are(whole: Tuned) -> None:
    assert whole.trials[0].settings == {
        "training.learning_rate": 0.01,
        "network.recurrent.hidden_size": 5,
        # mean-max is no choice here, so one was drawn
        "network.pooling": whole.trials[0].settings["network.pooling"],
    }
    assert len({json.dumps(dict(trial.settings)) for trial in whole.trials}) > 5


def test_every_file_of_the_folder(whole: Tuned) -> None:
    names = {
        "config.yaml",
        "search.yaml",
        "tuning.json",
        "study.db",
        "trials.csv",
        "trials.json",
        "best.yaml",
    }
    assert {file.name for file in whole.path.iterdir()} == {*names, "history.png", "report.html"}
    with (whole.path / "trials.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["number"]) for row in rows] == list(range(1, 11))
    assert [float(row["figure"]) for row in rows] == [trial.figure for trial in whole.trials]
    stored = json.loads((whole.path / "trials.json").read_text())
    assert stored["best"]["number"] == whole.best.number
    assert stored["importance"] == {}  # of so few trials nothing can be said
    assert read(str(whole.path / "search.yaml")) == SEARCH
    assert (whole.path / "history.png").read_bytes().startswith(b"\x89PNG")


def test_what_mattered_is_said_where_enough_trials_were_run(tmp_path: Path) -> None:
    given = plan(8, epochs=1)
    given = replace(given, tuning=replace(given.tuning, pruning_trials=8))
    tuned = tune(given, out=tmp_path / "tuned", dataset=toy.dataset())
    assert set(tuned.importance) == set(SEARCH)
    assert sum(tuned.importance.values()) == pytest.approx(1)
    assert list(tuned.importance.values()) == sorted(tuned.importance.values(), reverse=True)
    assert (tuned.path / "importance.png").read_bytes().startswith(b"\x89PNG")


def test_some_trials_are_given_up_early(whole: Tuned) -> None:
    pruned = [trial for trial in whole.trials if trial.state == "pruned"]
    assert pruned
    assert all("worse than half" in trial.reason and trial.epochs < 2 for trial in pruned)
    assert whole.best not in pruned


@pytest.mark.parametrize("stops", [1, 6])
def test_interrupted_and_resumed_is_never_stopped(tmp_path: Path, whole: Tuned, stops: int) -> None:
    out = tmp_path / "tuned"
    with pytest.raises(Interrupted, match=f"go on with: tenor tune --out {out} --resume"):
        tune(plan(10), out=out, dataset=toy.dataset(), watcher=Watches(stops))
    watcher = Watches()
    resumed = tune(Plan.stored(out), out=out, dataset=toy.dataset(), resume=True, watcher=watcher)
    assert len(watcher.ended) == 10 - (stops - 1)  # none is run again
    assert untimed(resumed) == untimed(whole)
    assert resumed.config == whole.config


def test_a_killed_trial_does_not_count(tmp_path: Path, whole: Tuned, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed: nothing could be written after the trial began."""
    out = tmp_path / "tuned"
    with monkeypatch.context() as patch:
        patch.setattr(tuning.Study, "tell", lambda *arguments: None)
        with pytest.raises(Interrupted):
            tune(plan(2), out=out, dataset=toy.dataset(), watcher=Watches(1))
    with sqlite3.connect(out / "study.db") as database:
        assert database.execute("select state from trials").fetchall() == [("RUNNING",)]
    database.close()
    resumed = tune(plan(2), out=out, dataset=toy.dataset(), resume=True)
    assert untimed(resumed) == untimed(whole)[:2]


def test_settings_that_are_killed_twice_have_failed(
    tmp_path: Path, whole: Tuned, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise a trial that takes more memory than there is would be begun for ever."""
    out = tmp_path / "tuned"
    for resume in (False, True):
        with monkeypatch.context() as patch:
            patch.setattr(tuning.Study, "tell", lambda *arguments: None)
            with pytest.raises(Interrupted):
                tune(plan(2), out=out, dataset=toy.dataset(), watcher=Watches(1), resume=resume)
    resumed = tune(plan(3), out=out, dataset=toy.dataset(), resume=True)
    assert resumed.trials[0].state == "failed"
    assert "killed twice" in resumed.trials[0].reason
    assert len(resumed.trials) == 3


def test_a_resumed_search_can_be_given_more_trials(tmp_path: Path, whole: Tuned) -> None:
    out = tmp_path / "tuned"
    tune(plan(2), out=out, dataset=toy.dataset())
    assert (
        tune(plan(2), out=out, dataset=toy.dataset(), resume=True).best.number <= 2
    )  # nothing is left to do
    more = tune(plan(5), out=out, dataset=toy.dataset(), resume=True)
    assert untimed(more) == untimed(whole)[:5]
    assert Plan.stored(out).tuning.trials == 5


def test_the_test_split_is_never_seen(tmp_path: Path) -> None:
    watcher = Watches()
    given = toy.dataset()
    tuned = tune(plan(2), out=tmp_path / "with", dataset=given, watcher=watcher)
    (shown,) = watcher.shown  # the data is shown once
    assert set(shown.splits) == {"train", "validation"}
    other = (Example("something else altogether", "positive"),) * 7
    changed = replace(given, splits={**given.splits, "test": other})
    assert untimed(tune(plan(2), out=tmp_path / "other", dataset=changed)) == untimed(tuned)


def test_accuracy_is_to_be_high(tmp_path: Path) -> None:
    tuned = tune(plan(4, monitor="accuracy"), out=tmp_path / "tuned", dataset=toy.dataset())
    figures = [
        trial.figure for trial in tuned.trials if trial.state == "complete" and trial.figure is not None
    ]
    assert tuned.measure == "validation accuracy"
    assert tuned.best.figure == max(figures)


def test_a_failing_trial_is_recorded_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def sometimes(*arguments: Any, **options: Any) -> Any:
        calls.append(arguments)
        if len(calls) == 2:
            raise RuntimeError("not enough\nmemory")
        return fit(*arguments, **options)

    monkeypatch.setattr(tuning, "fit", sometimes)
    tuned = tune(plan(3), out=tmp_path / "tuned", dataset=toy.dataset())
    assert [trial.state for trial in tuned.trials] == ["complete", "failed", "complete"]
    assert tuned.trials[1].reason == "RuntimeError: not enough memory"


def test_a_search_in_which_all_fails_ends_soon(tmp_path: Path) -> None:
    bad = replace(plan(50), config=parse({**to_values(plan().config), "network": {"encoder": "other"}}))
    with pytest.raises(TrainingError, match=r"none of 5 trials came to an end; the last: ConfigError.*other"):
        tune(bad, out=tmp_path / "tuned", dataset=toy.dataset())
    assert (tmp_path / "tuned" / "trials.csv").is_file()


def test_a_budget_ends_the_search_but_not_the_first_trial(tmp_path: Path) -> None:
    tuned = tune(plan(None, budget=1e-6), out=tmp_path / "tuned", dataset=toy.dataset())
    assert [trial.state for trial in tuned.trials] == ["complete"]


def test_a_trial_is_given_up_when_the_budget_is_spent(tmp_path: Path) -> None:
    out = tmp_path / "tuned"
    first = tune(plan(1), out=out, dataset=toy.dataset())
    budget = first.trials[0].seconds + 1e-6
    tuned = tune(plan(9, budget=budget), out=out, dataset=toy.dataset(), resume=True)
    assert [(trial.state, trial.reason) for trial in tuned.trials[1:]] == [("pruned", "the budget was spent")]


def test_settings_of_the_text_can_be_searched(tmp_path: Path) -> None:
    search = {"text.max_length": [1, 3, None], "text.min_count": [1, 3, "linear"]}
    tuned = tune(plan(3, search), out=tmp_path / "tuned", dataset=toy.dataset())
    assert isinstance(tuned.config, ClassificationConfig)
    assert tuned.config.text.max_length == tuned.best.settings["text.max_length"]


def test_settings_that_are_lists(tmp_path: Path) -> None:
    search = {"training.class_weights": [[1.0, 2.0], [2.0, 1.0]]}
    tuned = tune(plan(2, search), out=tmp_path / "tuned", dataset=toy.dataset())
    assert tuned.config.training.class_weights in {(1.0, 2.0), (2.0, 1.0)}


def test_data_without_validation_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no validation split"):
        tune(plan(), out=tmp_path / "tuned", dataset=toy.dataset(validation=0))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_not_overwritten_unasked(tmp_path: Path) -> None:
    out = tmp_path / "tuned"
    tune(plan(1), out=out, dataset=toy.dataset())
    with pytest.raises(OutputError, match=r"exists already.*--resume.*--force"):
        tune(plan(1), out=out, dataset=toy.dataset())
    assert len(tune(plan(2), out=out, dataset=toy.dataset(), force=True).trials) == 2
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("mine")
    with pytest.raises(OutputError, match="holds no search"):
        tune(plan(1), out=tmp_path / "mine", dataset=toy.dataset(), force=True)
    with pytest.raises(OutputError, match="holds no search to resume"):
        tune(plan(1), out=tmp_path / "mine", dataset=toy.dataset(), resume=True)


def test_a_search_is_not_resumed_as_another(tmp_path: Path) -> None:
    out = tmp_path / "tuned"
    tune(plan(1), out=out, dataset=toy.dataset())
    with pytest.raises(ConfigError, match="other settings"):
        tune(plan(1, epochs=3), out=out, dataset=toy.dataset(), resume=True)
    with pytest.raises(ConfigError, match="search space"):
        tune(plan(1, {"network.pooling": ["max"]}), out=out, dataset=toy.dataset(), resume=True)
    with pytest.raises(TrainingError, match="other data"):
        tune(plan(1), out=out, dataset=toy.dataset(train=60), resume=True)


def test_a_damaged_study_is_said_in_one_line(tmp_path: Path) -> None:
    out = tmp_path / "tuned"
    tune(plan(1), out=out, dataset=toy.dataset())
    (out / "study.db").write_bytes(b"no database at all, but long enough to look like one " * 100)
    with pytest.raises(StorageError, match=r"study\.db cannot be read or written.*--force"):
        tune(plan(2), out=out, dataset=toy.dataset(), resume=True)
