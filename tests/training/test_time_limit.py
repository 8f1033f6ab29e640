"""A limit in minutes: training ends when it is reached, and the learning rate has fallen by then."""

import itertools

import pytest
import toy

from tenor.errors import TrainingError
from tenor.experiments.classification import fit
from tenor.experiments.watching import SilentWatcher
from tenor.training import loop

STEPS = 8  # of an epoch: 64 texts in batches of 8


class Rates(SilentWatcher):
    def __init__(self):
        self.steps = 0

    def step(self, progress):
        self.steps = progress.step


@pytest.fixture(autouse=True)
def a_second_a_step(monkeypatch):
    ticks = itertools.count()
    monkeypatch.setattr(loop.time, "perf_counter", lambda: float(next(ticks)))


def run(minutes, epochs=100):
    watcher = Rates()
    config = toy.config(training={"minutes": minutes, "epochs": epochs, "warmup": 0.0})
    return fit(toy.dataset(), config, watcher=watcher), watcher, config


def test_ends_in_the_middle_of_an_epoch():
    fitted, watcher, config = run(minutes=20 / 60)
    rows = fitted.history.rows
    assert watcher.steps == 20
    assert [round(row["seconds"]) for row in rows] == [STEPS, STEPS, 4]
    assert rows[-1]["learning_rate"] == pytest.approx(config.training.learning_rate / 20)


def test_fewer_epochs_come_first():
    fitted, watcher, _ = run(minutes=20 / 60, epochs=2)
    assert watcher.steps == 2 * STEPS
    assert len(fitted.history.rows) == 2


def test_speed_is_that_of_the_part_that_was_read():
    fitted, *_ = run(minutes=20 / 60)
    assert {round(row["texts_per_second"], 6) for row in fitted.history.rows} == {8.0}


def test_less_than_an_epoch_is_refused():
    with pytest.raises(
        TrainingError, match=r"4 s of training given ended after 50% of the first epoch; give 9\.6 s"
    ):
        run(minutes=4 / 60)
