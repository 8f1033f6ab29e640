"""Device, precision and threads: resolved once, denormals flushed in every thread."""

from collections.abc import Iterator
from typing import ClassVar

import pytest
import torch
import toy

from tenor.config.training import TrainingConfig
from tenor.errors import ConfigError
from tenor.experiments.classification import fit
from tenor.experiments.watching import SilentWatcher
from tenor.training import runtime
from tenor.training.checkpoint import Progress, Row
from tenor.training.runtime import Runtime, applied, flush_denormals, flushes_denormals, resolve


@pytest.fixture(autouse=True)
def _put_back() -> Iterator[None]:
    threads = torch.get_num_threads()
    yield
    flush_denormals(False, threads)


def step_of(seconds: dict[torch.dtype, float], error: float) -> object:
    """Return a training step that takes so long at each precision, with a fake clock."""
    clock = [0.0]

    def step(dtype: torch.dtype) -> list[torch.Tensor]:
        clock[0] += seconds[dtype]
        large, small = torch.ones(1000), torch.ones(10)
        return [large, small + error if dtype is torch.bfloat16 else small]

    step.clock = lambda: clock[0]  # type: ignore[attr-defined]
    return step


@pytest.mark.parametrize(
    ("float32", "bfloat16", "error", "expected"),
    [
        (1.0, 0.5, 0.001, "bfloat16"),
        (1.0, 0.95, 0.001, "float32"),  # not clearly faster
        (1.0, 0.5, 0.05, "float32"),  # faster but wrong, in one small parameter
        (1.0, 0.5, float("nan"), "float32"),
        (0.5, 1.0, 0.0, "float32"),
    ],
)
def test_bfloat16_must_be_right_and_faster(
    monkeypatch: pytest.MonkeyPatch, float32: float, bfloat16: float, error: float, expected: str
) -> None:
    step = step_of({torch.float32: float32, torch.bfloat16: bfloat16}, error)
    monkeypatch.setattr(runtime, "_has_bfloat16", lambda: True)
    monkeypatch.setattr(runtime.time, "perf_counter", step.clock)
    assert resolve(TrainingConfig(device="cpu"), step).precision == expected


def test_without_bfloat16_products_nothing_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    def step(dtype: torch.dtype) -> list[torch.Tensor]:
        raise AssertionError("tried")

    monkeypatch.setattr(runtime, "_has_bfloat16", lambda: False)
    assert resolve(TrainingConfig(device="cpu"), step).precision == "float32"
    for precision in ("float32", "bfloat16"):
        assert resolve(TrainingConfig(device="cpu", precision=precision), step).precision == precision


def test_threads_given_are_threads_used() -> None:
    resolved = resolve(
        TrainingConfig(device="cpu", precision="float32", threads=1), lambda dtype: torch.ones(1)
    )
    assert resolved == Runtime("cpu", "float32", 1)
    assert str(resolved) == "cpu, float32, 1 thread"


@pytest.mark.parametrize("threads", [1, 2])
def test_denormals_are_flushed_in_every_thread_and_left_as_they_were(threads: int) -> None:
    flush_denormals(False, 2)
    assert not flushes_denormals(), "the check itself must see denormals; this also starts the pool"
    with applied(Runtime("cpu", "float32", threads)):
        assert flushes_denormals()
        assert torch.get_num_threads() == threads
    assert not flushes_denormals()
    assert torch.get_num_threads() == 2


def test_a_flag_cleared_in_mid_training_is_set_again() -> None:
    class Clears(SilentWatcher):
        seen: ClassVar[list[bool]] = []

        def step(self, progress: Progress) -> None:
            self.seen.append(flushes_denormals())

        def epoch(self, row: Row, *, best: bool) -> None:
            torch.set_flush_denormal(False)

    fit(toy.dataset(train=16), toy.config(training={"epochs": 2}), watcher=Clears())
    assert Clears.seen == [True] * 4


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has the device that must be absent")
def test_a_device_that_is_not_there_is_said_so() -> None:
    with pytest.raises(ConfigError, match=r"device cuda is not available.*cpu"):
        resolve(TrainingConfig(device="cuda"), lambda dtype: [torch.ones(1)])
