"""What all runs share: what an interruption leaves is said, and what a checkpoint must agree with."""

from pathlib import Path

import numpy as np
import pytest
import series

from tenor.errors import ConfigError, Interrupted
from tenor.experiments.training_run import fingerprint, run_folder


def test_an_interruption_says_what_is_kept(tmp_path: Path) -> None:
    config = series.config("s.csv")
    with (
        pytest.raises(Interrupted, match="nothing was saved, since no --out was given"),
        run_folder(None, config, resume=False, force=False) as folder,
    ):
        assert folder is None
        raise KeyboardInterrupt
    with (
        pytest.raises(Interrupted, match="interrupted before training began"),
        run_folder(tmp_path / "run", config, resume=False, force=False) as folder,
    ):
        assert folder is not None
        raise KeyboardInterrupt
    assert not (tmp_path / "run").exists()


def test_trackers_need_a_folder() -> None:
    config = series.config("s.csv", {"training": {"track": ["tensorboard"]}})
    with (
        pytest.raises(ConfigError, match="needs a run folder"),
        run_folder(None, config, resume=False, force=False),
    ):
        pytest.fail("there is nowhere to write to")


def test_a_checkpoint_agrees_with_settings_files_and_what_is_read() -> None:
    config, other = series.config("s.csv"), series.config("s.csv", {"window": {"length": 7}})
    tracked = series.config("s.csv", {"training": {"track": ["tensorboard"]}})
    numbers = np.arange(6.0)
    same = fingerprint(config, [numbers])
    assert same == fingerprint(config, [numbers[::1].copy()]) == fingerprint(tracked, [numbers])
    assert same == fingerprint(config, [np.arange(12.0).reshape(6, 2)[:, 0] / 2])  # with gaps in memory
    others = [
        fingerprint(other, [numbers]),
        fingerprint(config, [numbers + 1]),
        fingerprint(config, [numbers], {"text.vectors v.txt": "ab"}),
    ]
    assert len({same, *others}) == 4
