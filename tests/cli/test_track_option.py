"""`tenor train --track`."""

from pathlib import Path

import pytest
from shell import SMALL, tenor

from tenor.experiments.run import stored_config


def test_tracked_by_name_and_resumed_without(reviews: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    result = tenor("train", reviews, *SMALL, "--epochs", 1, "--track", "tensorboard", "--out", run)
    assert result.status == 0, result.err
    assert len(list((run / "tensorboard").iterdir())) == 1
    assert stored_config(run).training.track == ("tensorboard",)
    assert tenor("train", "--resume", "--track", "", "--out", run).status == 0
    assert stored_config(run).training.track == ()
    assert len(list((run / "tensorboard").iterdir())) == 1


def test_a_tracker_that_fails_is_one_warning(
    reviews: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "nonsense://nowhere")  # a scheme that MLflow does not know
    run = tmp_path / "run"
    result = tenor("train", reviews, *SMALL, "--epochs", 2, "--track", "mlflow", "--out", run)
    assert result.status == 0, result.err
    (warning,) = [line for line in result.err.splitlines() if "mlflow" in line]
    assert "mlflow failed and is not told anything more; training goes on" in warning
    assert (run / "model").is_dir()


def test_an_unknown_tracker_is_refused(reviews: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    result = tenor("train", reviews, *SMALL, "--track", "tensorboard,mlfow", "--out", run)
    assert result.status == 2
    assert "'mlfow'; trackers are tensorboard, mlflow; did you mean 'mlflow'?" in result.error
    assert not run.exists()
