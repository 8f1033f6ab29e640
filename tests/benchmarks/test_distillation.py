"""The benchmark of distillation runs, goes on where it stopped, and chooses without test texts."""

import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tenor.data.example import Dataset

Script = Callable[[str], ModuleType]


def test_quick_runs_and_runs_again_without_training(
    script: Script, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    distillation = script("distillation")
    texts, teachers = script("unlabelled"), script("teachers")
    small = texts.load(texts.DataConfig(source="movies"))
    parts = {name: examples[::12] for name, examples in small.splits.items()}
    monkeypatch.setattr(texts, "load", lambda config: replace(small, splits=parts))
    arguments = ["--quick", "--out", str(tmp_path / "out"), "--runs", str(tmp_path / "runs")]
    monkeypatch.setattr(sys, "argv", ["distillation.py", *arguments, "--piece", "0"])
    with pytest.raises(SystemExit, match="the same command goes on"):
        distillation.main()
    fit = distillation.fit
    judged: list[bool] = []

    def watched(dataset: Dataset, *given: Any, **named: Any) -> Any:
        judged.append(bool(dataset.split("test")))
        return fit(dataset, *given, **named)

    monkeypatch.setattr(distillation, "fit", watched)
    monkeypatch.setattr(sys, "argv", ["distillation.py", *arguments])
    distillation.main()
    first = capsys.readouterr().out
    # Two ways for each kind of teaching, without the test texts, then one student of each kind.
    assert judged == [False] * 4 + [True] * 3
    assert "validation-teacher-unlabelled-text-temperature-1-labels-0" in first

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("trained again")

    monkeypatch.setattr(distillation, "fit", refuse)
    monkeypatch.setattr(teachers, "train", refuse)
    models = tmp_path / "runs" / "distillation-quick"
    answers = sorted(path.name for path in models.glob("answers-*"))
    shutil.rmtree(models)  # what was measured stands without them
    distillation.main()
    again = capsys.readouterr().out.splitlines()
    assert again[-5:] == first.splitlines()[-5:]
    assert len(again) == 7  # that, the teacher's validation, and what was chosen: no piece was made
    found = json.loads((tmp_path / "out" / "distillation.json").read_text())["figures"]
    assert list(found["students"]) == list(distillation.KINDS)
    assert found["rows"] == len(parts["test"])
    for kind, lost in found["student_minus_teacher"].items():
        (student,), (teacher,) = found["students"][kind], found["teachers"]
        apart = student["accuracy"]["value"] - teacher["accuracy"]["value"]
        assert lost["value"] == pytest.approx(apart)
        assert lost["low"] <= lost["value"] <= lost["high"]
        assert student["bytes"] > 0
        assert student["texts_per_second"] > 0
    assert len(answers) == 2
    log = json.loads((tmp_path / "out" / "test_readings.json").read_text())["figures"]
    assert [one["contestant"] for one in log] == [
        "teacher",
        *(f"student, {kind}" for kind in distillation.KINDS),
        "nbsvm",
    ]
    assert [one["accuracy"] for one in log] == pytest.approx(
        [
            one["accuracy"]["value"]
            for one in (
                *found["teachers"],
                *(found["students"][kind][0] for kind in distillation.KINDS),
                found["nbsvm"],
            )
        ]
    )


def test_choosing_reads_no_test_review(
    script: Script, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    distillation, texts, teachers = script("distillation"), script("unlabelled"), script("teachers")
    small = texts.load(texts.DataConfig(source="movies"))
    parts = {name: examples[::24] for name, examples in small.splits.items()}
    monkeypatch.setattr(texts, "load", lambda config: replace(small, splits=parts))
    seen: list[tuple[str, ...]] = []
    for module, name in ((distillation, "fit"), (teachers, "train")):
        plain = getattr(module, name)

        def watched(*given: Any, plain: Any = plain, **named: Any) -> Any:
            dataset = named.get("dataset") or given[0]
            seen.append(tuple(dataset.splits))
            return plain(*given, **named)

        monkeypatch.setattr(module, name, watched)
    monkeypatch.setattr(distillation, "measured", None)  # which reads test texts
    arguments = ["--quick", "--choose", "--out", str(tmp_path / "out"), "--runs", str(tmp_path / "runs")]
    monkeypatch.setattr(sys, "argv", ["distillation.py", *arguments])
    distillation.main()
    assert seen == [("train", "validation")] * 5
    assert not (tmp_path / "out").exists()
