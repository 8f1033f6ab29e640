"""Promise 4: killed and resumed = never stopped, bit for bit."""

import csv
import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import toy

from tenor.errors import ConfigError, Interrupted, OutputError, TrainingError
from tenor.experiments.classification import train
from tenor.experiments.run import stored_config
from tenor.experiments.watching import SilentWatcher
from tenor.training import loop
from tenor.training.checkpoint import Progress


class StopsAt(SilentWatcher):
    """Presses Ctrl-C after so many steps."""

    def __init__(self, step: int) -> None:
        self.left = step

    def step(self, progress: Progress) -> None:
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt


def weights(run: Path) -> bytes:
    return (run / "model" / "weights.safetensors").read_bytes()


def figures(run: Path) -> dict[str, object]:
    metrics = json.loads((run / "metrics.json").read_text())
    return {key: metrics[key] for key in ("test", "validation", "best_epoch")}


def history(run: Path) -> list[dict[str, str]]:
    """Return history.csv without what depends on the clock."""
    with (run / "history.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    times = ("seconds", "texts_per_second", "tokens_per_second")
    return [{name: value for name, value in row.items() if name not in times} for row in rows]


@pytest.mark.parametrize("step", [9, 16, 30])
def test_interrupted_and_resumed_is_never_stopped(tmp_path: Path, step: int) -> None:
    # checkpoint_minutes=0: a checkpoint after every step, so that runs stop in the middle of an epoch.
    config = toy.config(training={"checkpoint_minutes": 0.0})
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    train(config, dataset=toy.dataset(), out=whole)
    with pytest.raises(Interrupted, match="--resume"):
        train(config, dataset=toy.dataset(), out=cut, watcher=StopsAt(step))
    assert not (cut / "model").exists()
    train(stored_config(cut), dataset=toy.dataset(), out=cut, resume=True)
    assert weights(cut) == weights(whole)
    assert figures(cut) == figures(whole)
    assert history(cut) == history(whole)


def test_stopped_in_validation_and_resumed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every step of the epoch is done then, and none is left from which its learning rate could be read."""
    config = toy.config(training={"checkpoint_minutes": 0.0})
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    train(config, dataset=toy.dataset(), out=whole)

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(Interrupted):
        patch.setattr(loop, "forward", stop)
        train(config, dataset=toy.dataset(), out=cut)
    train(config, dataset=toy.dataset(), out=cut, resume=True)
    assert history(cut) == history(whole)
    assert weights(cut) == weights(whole)


def test_resumed_after_early_stopping_keeps_the_best_epoch(tmp_path: Path) -> None:
    config = toy.config(
        training={"epochs": 12, "patience": 2, "learning_rate": 0.05, "checkpoint_minutes": 0}
    )
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    train(config, dataset=toy.dataset(), out=whole)
    with pytest.raises(Interrupted):
        train(config, dataset=toy.dataset(), out=cut, watcher=StopsAt(21))
    train(config, dataset=toy.dataset(), out=cut, resume=True)
    assert weights(cut) == weights(whole)
    assert figures(cut) == figures(whole)


def test_killed_without_warning_and_resumed(tmp_path: Path) -> None:
    script = textwrap.dedent(
        f"""
        import os, signal, sys
        sys.path.insert(0, {str(Path(toy.__file__).parent)!r})
        from pathlib import Path
        import toy
        from tenor.experiments.classification import train
        from tenor.experiments.watching import SilentWatcher

        class Kill(SilentWatcher):
            def step(self, progress):
                if progress.step == 13:
                    os.kill(os.getpid(), signal.SIGKILL)

        config = toy.config(training={{"checkpoint_minutes": 0.0}})
        train(config, dataset=toy.dataset(), out=Path(sys.argv[1]), watcher=Kill())
        """
    )
    cut, whole = tmp_path / "cut", tmp_path / "whole"
    ended = subprocess.run([sys.executable, "-c", script, str(cut)], env={**os.environ}, check=False)
    assert ended.returncode == -signal.SIGKILL
    config = toy.config(training={"checkpoint_minutes": 0.0})
    train(config, dataset=toy.dataset(), out=whole)
    train(config, dataset=toy.dataset(), out=cut, resume=True)
    assert weights(cut) == weights(whole)


def test_resuming_a_finished_run_changes_nothing(tmp_path: Path) -> None:
    out = tmp_path / "run"
    train(toy.config(), dataset=toy.dataset(), out=out)
    before = weights(out)
    train(toy.config(), dataset=toy.dataset(), out=out, resume=True)
    assert weights(out) == before


def test_resume_with_other_settings_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "run"
    train(toy.config(), dataset=toy.dataset(), out=out)
    with pytest.raises(ConfigError, match="other settings"):
        train(toy.config(training={"epochs": 9}), dataset=toy.dataset(), out=out, resume=True)


def test_resume_with_other_data_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "run"
    train(toy.config(), dataset=toy.dataset(), out=out)
    with pytest.raises(TrainingError, match="other data"):
        train(toy.config(), dataset=toy.dataset(train=60), out=out, resume=True)


def test_resume_without_a_run_says_how_to_start_one(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="tenor train --out"):
        train(toy.config(), dataset=toy.dataset(), out=tmp_path / "none", resume=True)


def test_damaged_checkpoint_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "run"
    train(toy.config(), dataset=toy.dataset(), out=out)
    checkpoint = out / "checkpoint.safetensors"
    checkpoint.write_bytes(checkpoint.read_bytes()[:1000])
    with pytest.raises(TrainingError, match="damaged"):
        train(toy.config(), dataset=toy.dataset(), out=out, resume=True)
