"""A learning curve: nested parts, the same validation texts, no test text, nothing trained twice."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import toy

from tenor.compare import curve as module
from tenor.compare.curve import RESULT, curve
from tenor.compare.pool import Task
from tenor.compare.work import TASKS, Data, train_point
from tenor.config.curve import CurveConfig, parse_curve
from tenor.config.load import parse
from tenor.data.load import load
from tenor.errors import ConfigError, DataError, OutputError, TrainingError

SMALL = CurveConfig(sizes=(8, 16, 32, 64), seeds=2, jobs=1)


def write(path: Path, count: int = 120) -> Path:
    lines = [{"text": one.text, "label": one.label} for one in toy.examples(count, "curve")]
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return path


def config(source: Path, **sections: dict[str, Any]) -> Any:
    data = {"source": str(source), "validation_fraction": 0.3, "test_fraction": 0.1}
    return toy.config(data=data, training={"epochs": 1}, **sections)


def here(tasks: list[Task], jobs: int, logs: Path, share: Any, finish: Any) -> None:
    """Do all tasks in this process, as a worker would."""
    for task in tasks:
        TASKS[task.name](task.cell, task.folder, Data(task.cell.config.data), lambda _: None)
        finish(task, None)


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "run", here)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("data") / "curve.jsonl")


def test_every_size_is_trained_and_kept(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "curve"
    found = curve(config(source), SMALL, out)
    assert [one.name for one in found.curves] == ["bilstm-mean-max", "tfidf"]
    for one in found.curves:
        assert one.sizes == SMALL.sizes
        assert [len(points) for points in one.points] == [2] * 4
        assert {point.reads.shape for points in one.points for point in points} == {(32,)}
    stored = json.loads((out / RESULT).read_text())
    assert stored == json.loads(json.dumps(found.to_json()))
    page = (out / "report.html").read_text()
    assert "More labels" in page or "more labels" in page
    assert (out / "curve.png").stat().st_size > 1000
    trained: list[str] = []

    def note(tasks: list[Task], *given: Any) -> None:
        trained.extend(task.cell.name for task in tasks)
        here(tasks, *given)

    monkeypatch.setattr(module, "run", note)
    with pytest.raises(OutputError, match="exists already"):
        curve(config(source), SMALL, out)
    again = curve(config(source), SMALL, out, resume=True)
    assert trained == []
    assert again.to_json()["curves"] == found.to_json()["curves"]
    shutil.rmtree(out / "cells" / "bilstm-mean-max-16-rows-seed-1")
    curve(config(source), replace(SMALL, sizes=(*SMALL.sizes, 70)), out, resume=True)
    assert len(trained) == 1 + 4
    assert "bilstm-mean-max-16-rows-seed-1" in trained


def test_no_test_text_is_read_and_parts_are_nested(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[tuple[int, int], set[str]] = {}
    real = load(config(source).data)
    from tenor.compare import work

    def watched(dataset: Any, given: Any, **rest: Any) -> Any:
        assert list(dataset.splits) == ["train", "validation"]
        assert dataset.split("validation") == real.split("validation")
        part = given.data.subset
        assert given.training.epochs == {8: 4, 16: 3}[part.rows]  # of 76 rows: 1 epoch
        seen[part.seed, part.rows] = {row.text for row in dataset.split("train")}
        return fit(dataset, given, **rest)

    fit = work.fit
    monkeypatch.setattr(work, "fit", watched)
    curve(config(source), replace(SMALL, sizes=(8, 16)), tmp_path / "curve")
    assert set(seen) == {(seed, rows) for seed in (0, 1) for rows in (8, 16)}
    for seed in (0, 1):
        assert seen[seed, 8] < seen[seed, 16]
    assert seen[0, 16] != seen[1, 16]


def test_a_training_that_fails_is_left_out_and_said(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(tasks: list[Task], jobs: int, logs: Path, share: Any, finish: Any) -> None:
        bad = [task for task in tasks if task.cell.name == "bilstm-mean-max-8-rows-seed-0"]
        here([task for task in tasks if task not in bad], jobs, logs, share, finish)
        for task in bad:
            finish(task, "out of memory")

    monkeypatch.setattr(module, "run", failing)
    found = curve(config(source), replace(SMALL, sizes=(8, 16)), tmp_path / "curve")
    assert [len(points) for points in found.curves[0].points] == [1, 2]
    assert "failed: out of memory" in (tmp_path / "curve" / "report.html").read_text()

    def all_failing(tasks: list[Task], jobs: int, logs: Path, share: Any, finish: Any) -> None:
        for task in tasks:
            finish(task, "out of memory")

    monkeypatch.setattr(module, "run", all_failing)
    with pytest.raises(TrainingError, match="the first one failed: out of memory"):
        curve(config(source), replace(SMALL, sizes=(8, 16)), tmp_path / "none")


def test_sizes_are_halves_of_what_there_is(source: Path) -> None:
    data = load(config(source).data)
    assert len(data.split("train")) == 76
    assert module._sizes(data, CurveConfig()) == (38, 76)
    assert module._sizes(data, CurveConfig(sizes=(9, 3, 9))) == (3, 9)


def test_what_cannot_be_drawn_is_refused_before_anything_is_written(source: Path, tmp_path: Path) -> None:
    base, out = config(source), tmp_path / "curve"
    with pytest.raises(DataError, match="fewer than 999"):
        curve(base, CurveConfig(sizes=(999,)), out)
    with pytest.raises(DataError, match="none of class"):
        curve(base, CurveConfig(sizes=(1,)), out)
    with pytest.raises(ConfigError, match=r"leave out data\.subset\.rows"):
        curve(replace(base, data=replace(base.data, subset=module.SubsetConfig(rows=9))), SMALL, out)
    with pytest.raises(DataError, match="no validation split"):
        curve(replace(base, data=replace(base.data, validation_fraction=0.0)), SMALL, out)
    with pytest.raises(OutputError, match="holds no learning curve to go on with"):
        curve(base, SMALL, out, resume=True)
    with pytest.raises(ConfigError, match="seeds is 0"):
        parse_curve({"seeds": 0})
    assert not out.exists()
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    with pytest.raises(OutputError, match="will not replace it"):
        curve(base, SMALL, out, force=True)
    assert (out / "mine.txt").exists()


def test_a_worker_reads_the_data_of_each_part(tmp_path: Path) -> None:
    assert TASKS["point"] is train_point
    assert parse({"data": {"subset": {"rows": 5}}}).data.subset.rows == 5
