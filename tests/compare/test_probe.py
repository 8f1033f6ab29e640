"""The memory probe: equal terms, resumable cells, failures that stay where they are, files that are whole."""

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
import torch

from tenor.compare import probe
from tenor.compare.probe import Unwatched, network_of, run
from tenor.config.names import name_of
from tenor.config.probe import ProbeConfig
from tenor.errors import ConfigError, Interrupted, OutputError, TrainingError
from tenor.evaluation.probe_result import Cell, Failure
from tenor.nn.build import ENCODERS, build

TINY = ProbeConfig(
    tasks=("first-word", "negation"),
    models=("gru", "mingru"),
    distances=(2, 4),
    texts=64,
    test_texts=16,
    gradient_texts=4,
    epochs=1,
    hidden_size=6,
    embedding_size=4,
    batch_size=16,
    device="cpu",
    threads=1,
)


class Names(Unwatched):
    """Remembers which cells were run."""

    def __init__(self) -> None:
        self.begun: list[tuple[str, str, int]] = []
        self.shares: list[float] = []
        self.counts = (0, 0)

    def start(self, *, cells: int, finished: int) -> None:
        self.counts = cells, finished

    def cell(self, task: str, model: str, seed: int) -> None:
        self.begun.append((task, model, seed))

    def share(self, done: float) -> None:
        self.shares.append(done)


def test_a_short_distance_is_learned(tmp_path: Path) -> None:
    config = replace(
        TINY, models=("lstm",), texts=1000, epochs=4, hidden_size=16, embedding_size=16, learning_rate=0.02
    )
    result = run(config, tmp_path / "out")
    for curve in result.curves():
        assert all(accuracy.low > 0.6 for accuracy in curve.accuracy().values()), curve
        assert curve.reach() == 4


def test_what_counts_words_is_right_half_the_time(tmp_path: Path) -> None:
    result = run(replace(TINY, models=("bag",), tasks=("last-clause",), epochs=3), tmp_path / "out")
    assert result.curves()[0].accuracy()[4].value == pytest.approx(0.5, abs=0.2)
    # Both orders of the same words have the same logits but for rounding.
    assert result.curves()[0].reach() is None


def test_everything_is_in_the_folder(tmp_path: Path) -> None:
    out = tmp_path / "out"
    watcher = Names()
    result = run(replace(TINY, seeds=2), out, watcher=watcher)
    assert watcher.counts == (8, 0)
    assert watcher.shares[-1] == 1.0
    assert {file.name for file in out.iterdir()} == {
        *(
            "settings.json",
            "cells",
            "probe.json",
            "accuracy.csv",
            "accuracy.png",
            "gradients.csv",
            "gradients.png",
            "report.html",
        )
    }
    assert len(list((out / "cells").iterdir())) == 8
    assert json.loads((out / "probe.json").read_text()) == result.to_json()
    with (out / "accuracy.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 8 * 2
    assert all(float(row["low"]) <= float(row["accuracy"]) <= float(row["high"]) for row in rows)
    with (out / "gradients.csv").open() as file:
        assert all(float(row["before"]) > 0 for row in csv.DictReader(file))


def test_finished_cells_are_not_run_again_and_more_can_be_added(tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = run(replace(TINY, models=("gru",)), out)
    again = Names()
    assert run(replace(TINY, models=("gru",)), out, watcher=again) == first
    assert again.begun == []
    assert again.counts == (2, 2)
    more = Names()
    run(TINY, out, watcher=more)
    assert more.begun == [("first-word", "mingru", 0), ("negation", "mingru", 0)]


def test_a_cell_is_the_same_in_whatever_company(tmp_path: Path) -> None:
    torch.manual_seed(5)
    together = run(TINY, tmp_path / "a")
    alone = run(replace(TINY, models=("mingru",), tasks=("negation",)), tmp_path / "b")
    torch.manual_seed(6)
    (one,) = (cell for cell in together.cells if (cell.task, cell.model) == ("negation", "mingru"))
    assert replace(alone.cells[0], seconds=0) == replace(one, seconds=0)


def test_the_callers_generator_is_left_alone(tmp_path: Path) -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    run(replace(TINY, models=("gru",), tasks=("negation",)), tmp_path / "out")
    assert torch.equal(torch.rand(3), expected)


def test_a_failing_cell_is_recorded_the_rest_goes_on_and_it_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = probe._run

    def failing(plan: probe._Plan, *rest: object) -> Cell:
        if plan.model == "gru" and plan.task.name == "first-word":
            raise TrainingError("the loss became nan")
        if plan.model == "gru":
            raise MemoryError
        return real(plan, *rest)  # type: ignore[arg-type]

    out = tmp_path / "out"
    monkeypatch.setattr(probe, "_run", failing)
    result = run(TINY, out)
    assert result.failures == (
        Failure("first-word", "gru", 0, "the loss became nan"),
        Failure("negation", "gru", 0, "MemoryError: no reason given"),
    )
    assert [cell.model for cell in result.cells] == ["mingru", "mingru"]
    assert "the loss became nan" in (out / "cells" / "first-word.gru.0.json").read_text()
    monkeypatch.undo()
    watcher = Names()
    assert run(TINY, out, watcher=watcher).failures == ()
    assert [model for _, model, _ in watcher.begun] == ["gru", "gru"]


def test_where_every_cell_fails_there_is_still_a_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> Cell:
        raise RuntimeError("no\nluck")

    monkeypatch.setattr(probe, "_run", failing)
    result = run(replace(TINY, tasks=("negation",), models=("gru",)), tmp_path / "out")
    assert result.failures[0].reason == "RuntimeError: no luck"
    assert (tmp_path / "out" / "probe.json").is_file()


def test_ctrl_c_keeps_finished_cells(tmp_path: Path) -> None:
    class Impatient(Names):
        def cell(self, task: str, model: str, seed: int) -> None:
            super().cell(task, model, seed)
            if len(self.begun) == 3:
                raise KeyboardInterrupt

    out = tmp_path / "out"
    with pytest.raises(Interrupted, match=r"2 of 4 cells are kept in .*out, and the same command goes on"):
        run(TINY, out, watcher=Impatient())
    rest = Names()
    run(TINY, out, watcher=rest)
    assert rest.counts == (4, 2)


def test_a_folder_of_other_settings_is_refused_unless_forced(tmp_path: Path) -> None:
    out, config = tmp_path / "out", replace(TINY, models=("gru",), tasks=("negation",))
    run(config, out)
    before = (out / "probe.json").read_bytes()
    with pytest.raises(OutputError, match=r"other settings \(epochs, texts\).*--force"):
        run(replace(config, epochs=2, texts=32), out)
    assert (out / "probe.json").read_bytes() == before
    watcher = Names()
    run(replace(config, epochs=2), out, force=True, watcher=watcher)
    assert watcher.counts == (1, 0)
    run(replace(config, epochs=2, threads=None), out, watcher=watcher)
    assert watcher.counts == (1, 1)  # threads say where it ran, not what


@pytest.mark.parametrize("name", ["letter.txt", "settings.json"])
def test_a_folder_that_holds_something_else_is_never_touched(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("[1]")
    for force in (False, True):
        with pytest.raises(OutputError, match="holds no probe"):
            run(TINY, tmp_path, force=force)
    assert [file.name for file in tmp_path.iterdir()] == [name]
    with pytest.raises(OutputError, match="holds no probe"):
        run(TINY, tmp_path / name)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"models": ("lstn",)}, "did you mean lstm"),
        ({"models": ("gru", "gru-sum")}, "poolings are"),
        ({"tasks": ("frist-word",)}, "did you mean 'first-word'"),
    ],
)
def test_what_is_not_there_is_refused_before_anything_is_written(
    tmp_path: Path, changes: dict[str, tuple[str, ...]], said: str
) -> None:
    with pytest.raises(ConfigError, match=said):
        run(replace(TINY, **changes), tmp_path / "out")  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_terms_are_equal_for_every_encoder() -> None:
    for name in set(ENCODERS) - {"pretrained"}:
        network = network_of(name, TINY)
        module = build(network, vocabulary_size=9, classes=2)
        size = module.encoder.output_size
        assert size == (TINY.embedding_size if name == "bag" else TINY.hidden_size), name
        assert not network.bidirectional
        drops = [part.p for part in module.modules() if hasattr(part, "p") and isinstance(part.p, float)]
        assert set(drops) <= {0.0}, name


@pytest.mark.parametrize(
    ("name", "full"),
    [
        *(
            ("lstm", "lstm-last"),
            ("cnn", "cnn-max"),
            ("bag", "bag-mean"),
            ("transformer", "transformer-last"),
        ),
        *(("cnn-mean", "cnn-mean"), ("bilstm", "bilstm-last"), ("lstm-attention", "lstm-attention")),
    ],
)
def test_pooling_of_a_name_without_one(name: str, full: str) -> None:
    assert name_of(network_of(name, TINY)) == full


def test_names_of_the_defaults_are_all_there() -> None:
    assert get_args(ProbeConfig.__annotations__["seeds"])  # documented
    for name in ProbeConfig().models:
        network_of(name, TINY)
