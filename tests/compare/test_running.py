"""A whole comparison: on equal terms, gone on with, with failures, and what is made of it."""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml
from shell import write_reviews

from tenor.compare import comparison_folder, pool, running, work
from tenor.compare.cell_result import BEHAVIOUR, PROBABILITIES, RESULT, CellResult
from tenor.compare.cells import Cell, cells_of
from tenor.compare.worker import CellFailed
from tenor.config.augmentation import AugmentConfig
from tenor.config.comparison import ComparisonConfig
from tenor.config.load import merge, parse
from tenor.errors import ConfigError, DataError, Interrupted, OutputError
from tenor.evaluation.wording import COLUMN

COMPARISON = ComparisonConfig(
    models=("gru-max", "bag-mean"), baselines=("majority", "tfidf"), seeds=2, jobs=1, costs=False
)


@pytest.fixture
def base(tmp_path):
    return configured(write_reviews(tmp_path / "reviews.csv", 60))


def configured(source, **sections):
    return parse(
        merge(
            {
                "data": {"source": str(source), "validation_fraction": 0.2, "test_fraction": 0.3},
                "text": {"tokenizer": "words", "min_count": 1},
                "network": {"embedding_size": 6, "recurrent": {"hidden_size": 6}},
                "training": {"epochs": 6, "learning_rate": 0.05, "batch_size": 8, "patience": None},
                "evaluation": {"resamples": 100, "texts": 3},
            },
            sections,
        )
    )


@pytest.fixture
def in_this_process(monkeypatch):
    """Cells without processes of their own, which take seconds to start; returns what was done."""
    done = []

    class Here:
        def __init__(self, log):
            pass

        def run(self, task, cell, folder, share):
            done.append((task, cell.model, cell.seed))
            try:
                work.TASKS[task](cell, folder, work.Data(cell.config.data), share)
            except Exception as error:
                raise CellFailed(str(error)) from error

        def close(self):
            pass

    monkeypatch.setattr(pool, "Worker", Here)
    return done


def test_in_processes_of_their_own(base, tmp_path):
    """The real thing, with costs; the other tests stay in one process."""
    seen = []

    class Watcher(running.Silent):
        def finish(self, cell, work, result, failure):
            seen.append((work, cell.model, failure))

    given = replace(COMPARISON, seeds=1, costs=True, models=("gru-max",))
    made = running.compare(base, given, tmp_path / "out", watcher=Watcher())
    assert sorted(seen) == [
        ("baseline", "majority", None), ("baseline", "tfidf", None),
        ("costs", "gru-max", None), ("train", "gru-max", None),
    ]  # fmt: skip
    for model in made.models:
        assert model.costs is not None
        assert 0 < model.costs.p50_ms <= model.costs.p99_ms
        assert model.costs.texts_per_second > 0
        assert model.costs.peak_memory_mib > 10
    assert not (tmp_path / "out" / comparison_folder.LOGS).exists()
    for name in (
        comparison_folder.RESULT,
        comparison_folder.TABLE,
        comparison_folder.PAGE,
        comparison_folder.SETTINGS,
    ):
        assert (tmp_path / "out" / name).stat().st_size > 100


def test_what_a_comparison_says(base, tmp_path, in_this_process):
    values = running.compare(base, COMPARISON, tmp_path / "out").to_json()
    assert json.loads((tmp_path / "out" / comparison_folder.RESULT).read_text("utf-8")) == values
    models = {model["name"]: model for model in values["models"]}
    assert list(models) == ["majority", "tfidf", "gru-max", "bag-mean"]
    assert [models[name]["seeds"] for name in models] == [1, 1, 2, 2]
    assert models["majority"]["accuracy"]["value"] == pytest.approx(0.5, abs=0.1)
    assert models["gru-max"]["accuracy"]["value"] > 0.9
    assert len(values["differences"]) == 6
    held = {frozenset((d["a"], d["b"])) for d in values["differences"] if d["holds"]}
    assert frozenset(("majority", "gru-max")) in held
    rows = values["data"]["rows"]["test"]
    for model in values["models"]:
        for column in ("place", COLUMN, "length in tokens"):
            assert sum(one["rows"] for one in model["slices"][column]) == rows
    assert len(values["texts"]) == 3
    assert set(values["texts"][0]["predictions"]) == set(models)
    suite = values["behaviour"]
    assert suite["cases"] == sum(test["cases"] for test in suite["tests"]) >= 2000
    assert [models[name]["behaviour"]["trainings"] for name in models] == [1, 1, 2, 2]
    assert models["majority"]["behaviour"]["overall"]["value"] > 0.2


def test_cells_of_before_are_asked_the_behaviour_tests_of_today(base, tmp_path, in_this_process):
    small = replace(COMPARISON, models=("gru-max",), baselines=("majority", "tfidf"), seeds=1)
    before = running.compare(base, small, tmp_path / "out").to_json()
    cells = tmp_path / "out" / comparison_folder.CELLS
    (cells / "gru-max-seed-0" / BEHAVIOUR).unlink()
    (cells / "majority-seed-0" / BEHAVIOUR).unlink()
    other = cells / "tfidf-seed-0" / BEHAVIOUR
    other.write_text(json.dumps({**json.loads(other.read_text()), "suite": "another"}))
    in_this_process.clear()
    again = running.compare(base, small, tmp_path / "out", resume=True).to_json()
    assert sorted(in_this_process) == [("behaviour", name, 0) for name in ("gru-max", "majority", "tfidf")]
    assert again["models"] == before["models"]
    in_this_process.clear()
    running.compare(base, small, tmp_path / "out", resume=True)
    assert in_this_process == []


def test_cells_that_cannot_be_checked_are_shown_without_behaviour(
    base, tmp_path, in_this_process, monkeypatch
):
    small = replace(COMPARISON, models=("gru-max",), baselines=("majority",), seeds=1)
    running.compare(base, small, tmp_path / "out")
    (tmp_path / "out" / comparison_folder.CELLS / "gru-max-seed-0" / BEHAVIOUR).unlink()

    def broken(cell, folder, data, share):
        raise MemoryError("none left")

    monkeypatch.setitem(work.TASKS, work.CHECK, broken)
    again = running.compare(base, small, tmp_path / "out", resume=True)
    assert [(one["model"], one["work"]) for one in again.failures] == [("gru-max", "behaviour")]
    assert [model.failed for model in again.models] == [None, None]
    assert [model.behaviour is None for model in again.models] == [False, True]
    assert "not run" in (tmp_path / "out" / comparison_folder.PAGE).read_text("utf-8")


def test_models_of_other_classes_are_not_checked(base, tmp_path, in_this_process):
    small = replace(COMPARISON, models=(), baselines=("majority",), seeds=1)
    config = replace(base, data=replace(base.data, label_names=("spam", "ham")))
    made = running.compare(config, small, tmp_path / "out")
    assert made.behaviour is None
    assert made.models[0].behaviour is None


def test_figures_are_those_of_the_stored_predictions(base, tmp_path, in_this_process):
    made = running.compare(base, COMPARISON, tmp_path / "out")
    data = work.Data(base.data)
    labels = np.array([data.dataset.classes.index(e.label) for e in data.dataset.split("test")])
    for cell in cells_of(base, COMPARISON):
        stored = CellResult.load(
            tmp_path / "out" / comparison_folder.CELLS / cell.name,
            work.result_fingerprint(cell, data.fingerprint),
        )
        model = next(one for one in made.models if one.name == cell.model)
        assert float((stored.test.argmax(1) == labels).mean()) == model.accuracy.seeds[cell.seed]


def test_finished_cells_are_not_run_again_and_more_may_be_asked(base, tmp_path, in_this_process):
    first = running.compare(base, replace(COMPARISON, seeds=1, models=("gru-max",)), tmp_path / "out")
    before = in_this_process.copy()
    more = running.compare(base, COMPARISON, tmp_path / "out", resume=True)
    assert in_this_process[len(before) :] == [
        ("train", "bag-mean", 0), ("train", "gru-max", 1), ("train", "bag-mean", 1),
    ]  # fmt: skip
    one, two = (next(m for m in made.models if m.name == "gru-max") for made in (first, more))
    assert one.accuracy.seeds[0] == two.accuracy.seeds[0]


def test_a_damaged_cell_is_run_again(base, tmp_path, in_this_process):
    running.compare(base, COMPARISON, tmp_path / "out")
    cells = tmp_path / "out" / comparison_folder.CELLS
    (cells / "gru-max-seed-0" / PROBABILITIES).write_bytes(b"no tensors")
    (cells / "bag-mean-seed-1" / RESULT).write_text("{")
    in_this_process.clear()
    running.compare(base, COMPARISON, tmp_path / "out", resume=True)
    assert in_this_process == [("train", "gru-max", 0), ("train", "bag-mean", 1)]


def test_jobs_change_no_figure(base, tmp_path, request):
    """Two processes at once, and then one cell after the other in this one."""
    given = replace(COMPARISON, seeds=1, baselines=())
    running.compare(base, replace(given, jobs=2), tmp_path / "two")
    request.getfixturevalue("in_this_process")
    running.compare(base, given, tmp_path / "one")
    two, one = (
        [file.read_bytes() for file in sorted((tmp_path / name).rglob(PROBABILITIES))]
        for name in ("two", "one")
    )
    assert two == one
    assert len(one) == 2


def test_a_model_that_fails_is_reported_and_the_rest_goes_on(base, tmp_path, in_this_process):
    given = replace(COMPARISON, models=("transformer", "gru-max"), seeds=1, baselines=())
    given = replace(given, sweep="network.transformer.heads", values=("2", "5"))
    config = replace(base, network=replace(base.network, embedding_size=6))
    made = running.compare(config, given, tmp_path / "out")
    assert [failure["model"] for failure in made.failures] == ["transformer heads=5"]
    failed = next(model for model in made.models if model.name == "transformer heads=5")
    assert "heads" in failed.failed
    assert failed.accuracy is None
    assert all(model.accuracy for model in made.models if model is not failed)
    assert failed.to_json()["accuracy"] is None


def test_a_budget_that_is_too_small_is_a_reason(base, tmp_path, in_this_process):
    given = replace(COMPARISON, budget_seconds=1e-6, seeds=1, models=("gru-max",))
    made = running.compare(base, given, tmp_path / "out")
    reason = made.failures[0]["reason"]
    assert re.search(r"of the first epoch; give \d", reason)
    assert [model.name for model in made.models if model.accuracy] == ["majority", "tfidf"]


def test_learning_rates_are_chosen_by_validation(base, tmp_path, in_this_process):
    given = replace(COMPARISON, models=("gru-max",), baselines=(), rates=(1e-9, 0.05))
    made = running.compare(base, given, tmp_path / "out")
    assert made.models[0].learning_rate == 0.05
    assert made.models[0].accuracy.value > 0.8
    assert [seed for _, _, seed in in_this_process] == [0, 0, 1]  # both rates, then the other seed
    folders = sorted(folder.name for folder in (tmp_path / "out" / comparison_folder.CELLS).iterdir())
    assert folders == ["gru-max-rate-0.05-seed-0", "gru-max-rate-0.05-seed-1", "gru-max-rate-1e-09-seed-0"]
    in_this_process.clear()
    again = running.compare(base, given, tmp_path / "out", resume=True)
    assert in_this_process == []
    assert again.to_json()["models"] == made.to_json()["models"]


def test_interrupted_in_the_middle(base, tmp_path, in_this_process, monkeypatch):
    trained = work.TASKS["train"]

    def until_interrupted(cell, folder, data, share):
        if cell.seed == 1:
            raise KeyboardInterrupt
        trained(cell, folder, data, share)

    with monkeypatch.context() as patch:
        patch.setitem(work.TASKS, "train", until_interrupted)
        with pytest.raises(Interrupted, match="4 of 6 trainings are finished and kept"):
            running.compare(base, COMPARISON, tmp_path / "out")
    in_this_process.clear()
    running.compare(base, COMPARISON, tmp_path / "out", resume=True)
    assert in_this_process == [("train", "gru-max", 1), ("train", "bag-mean", 1)]


def test_a_checkpoint_is_gone_on_with(base, tmp_path):
    """Stopped and gone on with gives the very same predictions as never stopped."""
    config = replace(base, training=replace(base.training, checkpoint_minutes=0.0))
    cell = next(one for one in cells_of(config, COMPARISON) if one.model == "gru-max")
    data = work.Data(config.data)
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    work.train_cell(cell, whole, data, lambda done: None)

    class StoppedError(Exception):
        pass

    shares = []

    def stop(done):
        shares.append(done)
        if done > 0.5:
            raise StoppedError

    with pytest.raises(StoppedError):
        work.train_cell(cell, parts, data, stop)
    shares.clear()
    work.train_cell(cell, parts, data, shares.append)
    assert shares[0] > 0.3
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert (whole / PROBABILITIES).read_bytes() == (parts / PROBABILITIES).read_bytes()
    assert not list(parts.glob("checkpoint*"))


def test_a_budget_is_gone_on_with_by_the_same_number_of_jobs(base, tmp_path, in_this_process):
    timed = replace(COMPARISON, budget_seconds=60.0, jobs=None, models=(), seeds=1)
    running.compare(base, timed, tmp_path / "out")
    with pytest.raises(ConfigError, match=r"other terms \(comparison\)"):
        running.compare(base, replace(timed, jobs=2), tmp_path / "out", resume=True)
    running.compare(base, replace(timed, baselines=("majority",)), tmp_path / "out", resume=True)


def test_costs_that_cannot_be_measured_are_no_failed_training(base, tmp_path, in_this_process, monkeypatch):
    def broken(cell, folder, data, share):
        raise MemoryError("none left")

    monkeypatch.setitem(work.TASKS, work.COSTS, broken)
    given = replace(COMPARISON, models=("gru-max",), baselines=(), seeds=1, costs=True)
    made = running.compare(base, given, tmp_path / "out")
    assert [(one["model"], one["work"]) for one in made.failures] == [("gru-max", "costs")]
    assert made.models[0].failed is None
    assert made.models[0].accuracy is not None
    assert made.models[0].costs is None


def test_a_result_of_another_version_is_run_again(base, tmp_path, in_this_process):
    small = replace(COMPARISON, models=(), baselines=("majority",), seeds=1)
    running.compare(base, small, tmp_path / "out")
    file = tmp_path / "out" / comparison_folder.CELLS / "majority-seed-0" / RESULT
    file.write_text(json.dumps({**json.loads(file.read_text()), "another": 1}))
    in_this_process.clear()
    running.compare(base, small, tmp_path / "out", resume=True)
    assert in_this_process == [("baseline", "majority", 0)]


def test_slices_are_means_over_the_trainings(base, tmp_path, in_this_process):
    made = running.compare(base, COMPARISON, tmp_path / "out")
    for model in made.models:
        for found in model.slices.values():
            hits = sum(one.accuracy.value * one.rows for one in found)
            assert hits / sum(one.rows for one in found) == pytest.approx(model.accuracy.value)


def test_refuses_folders_that_hold_something_else(base, tmp_path, in_this_process):
    out = tmp_path / "out"
    with pytest.raises(OutputError, match="holds no comparison to go on with"):
        running.compare(base, COMPARISON, out, resume=True)
    small = replace(COMPARISON, models=(), seeds=1)
    running.compare(base, small, out)
    with pytest.raises(OutputError, match="exists already"):
        running.compare(base, small, out)
    other = replace(base, training=replace(base.training, epochs=9))
    with pytest.raises(ConfigError, match=r"other terms \(training\)"):
        running.compare(other, small, out, resume=True)
    running.compare(other, small, out, force=True)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(OutputError, match="will not replace"):
        running.compare(base, small, tmp_path / "mine", force=True)
    assert (tmp_path / "mine" / "letter.txt").exists()


def test_a_comparison_that_is_older_than_a_setting_is_gone_on_with(base, tmp_path, in_this_process):
    small = replace(COMPARISON, models=(), seeds=1)
    running.compare(base, small, tmp_path / "out")
    file = tmp_path / "out" / comparison_folder.SETTINGS
    values = yaml.safe_load(file.read_text())
    del values["data"]["augment"]
    file.write_text(yaml.safe_dump(values))
    in_this_process.clear()
    running.compare(base, small, tmp_path / "out", resume=True)
    assert in_this_process == []
    other = replace(base, data=replace(base.data, augment=AugmentConfig(share=0.3)))
    with pytest.raises(ConfigError, match=r"other terms \(data\)"):
        running.compare(other, small, tmp_path / "out", resume=True)


def test_other_data_is_another_comparison(base, tmp_path, in_this_process):
    small = replace(COMPARISON, models=(), seeds=1)
    running.compare(base, small, tmp_path / "out")
    write_reviews(Path(base.data.source), 60, seed=1)
    with pytest.raises(DataError, match="the data has changed"):
        running.compare(base, small, tmp_path / "out", resume=True)


def test_needs_a_test_split(base, tmp_path, in_this_process):
    config = replace(base, data=replace(base.data, test_fraction=0.0))
    with pytest.raises(DataError, match="no test split"):
        running.compare(config, COMPARISON, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_learning_rates_need_a_validation_split(base, tmp_path, in_this_process):
    config = replace(base, data=replace(base.data, validation_fraction=0.0))
    with pytest.raises(DataError, match="no validation split to choose learning rates by"):
        running.compare(config, replace(COMPARISON, rates=(0.1, 0.2)), tmp_path / "out")
    assert in_this_process == []


def test_a_stored_result_of_another_cell_is_not_taken(tmp_path):
    result = CellResult("a", 1.0, 2, 3, ({"epoch": 1.0},), 1, 0.5, np.ones((2, 2), np.float32))
    result.save(tmp_path)
    assert CellResult.load(tmp_path, "b") is None
    same = CellResult.load(tmp_path, "a")
    assert (same.history, same.seconds) == (result.history, result.seconds)
    assert (same.test == result.test).all()
    assert CellResult.load(tmp_path / "nowhere", "a") is None


def test_cells_are_named_for_folders():
    cell = Cell("lstm max_length=1/2", "network", 0, parse({}))
    assert "/" not in cell.name
