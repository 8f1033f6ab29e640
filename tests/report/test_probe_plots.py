"""Pictures and tables of a probe: every model has a line of its own; what is missing breaks nothing."""

import io
import struct
from pathlib import Path
from typing import Any

import pytest
from searches import DISTANCES, probe_values, probed

from tenor.report import plots, probe_plots, probe_tables


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The figures that were saved, to read what stands in them."""
    figures: list[Any] = []
    save = plots._save
    monkeypatch.setattr(plots, "_save", lambda figure, path: (figures.append(figure), save(figure, path)))
    return figures


@pytest.mark.parametrize("draw", [probe_plots.accuracy, probe_plots.gradients])
@pytest.mark.parametrize("tasks", [1, 2, 4])
def test_each_task_has_a_panel_and_each_model_one_name(
    tmp_path: Path, drawn: list[Any], draw: Any, tasks: int
) -> None:
    draw(probe_values(*[["rnn", "lstm", "gru"]] * tasks), tmp_path / "picture.png")
    data = (tmp_path / "picture.png").read_bytes()
    assert min(struct.unpack(">II", data[16:24])) > 400
    panels = [axes for axes in drawn[0].axes if axes.get_visible()]
    assert [axes.get_title() for axes in panels] == [f"task {n}" for n in range(tasks)]
    assert all(axes.get_xscale() == "log" for axes in panels)
    named = [text.get_text() for text in drawn[0].legends[0].get_texts()]
    assert [name for name in named if name != "chance"] == ["rnn", "lstm", "gru"]


def test_accuracy_stands_at_its_distance(tmp_path: Path, drawn: list[Any]) -> None:
    probe_plots.accuracy(probe_values(["rnn"]), tmp_path / "picture.png")
    line = next(line for line in drawn[0].axes[0].get_lines() if line.get_label() == "rnn")
    assert tuple(line.get_xdata()) == DISTANCES
    assert set(line.get_ydata()) == {0.9}


def test_gradients_that_are_nothing_are_left_out(tmp_path: Path, drawn: list[Any]) -> None:
    probe_plots.gradients(probe_values(["rnn"]), tmp_path / "picture.png")
    before, after = drawn[0].axes[0].get_lines()
    assert list(before.get_xdata()) == [1, 10]
    assert list(after.get_ydata()) == [1.0]
    assert drawn[0].axes[0].get_yscale() == "log"


def test_a_model_looks_the_same_in_every_panel_and_like_no_other(tmp_path: Path, drawn: list[Any]) -> None:
    names = [f"model {n}" for n in range(30)]
    probe_plots.accuracy(probe_values(names, names[::-1]), tmp_path / "picture.png")

    def looks(axes: Any) -> dict[str, tuple[str, ...]]:
        return {
            line.get_label(): (line.get_color(), line.get_marker(), str(line._dash_pattern))
            for line in axes.get_lines()
            if line.get_label() in names
        }

    left, right = map(looks, drawn[0].axes[:2])
    assert left == right
    assert len(set(left.values())) == len(names)


def test_a_task_that_every_model_failed_on_breaks_nothing(tmp_path: Path) -> None:
    probe_plots.accuracy(probe_values(["rnn"], []), tmp_path / "a.png")
    probe_plots.gradients(probe_values([], ["rnn"]), tmp_path / "b.png")
    assert probe_tables.accuracy(probe_values([])) == []


def test_tables_show_accuracy_reach_and_what_chance_is() -> None:
    from rich.console import Console

    console = Console(width=100, record=True, file=io.StringIO())
    found = probe_values(["rnn"])
    found["tasks"][0]["models"].append(probed("bag", None))
    for part in probe_tables.accuracy(found):
        console.print(part)
    shown = console.export_text().splitlines()
    rows = {line.split()[0]: line.split() for line in shown if line[:3] in {"rnn", "bag", "mod"}}
    assert rows["model"] == ["model", "2", "20", "500", "reaches", "parameters"]
    assert rows["rnn"] == ["rnn", "90", "90", "90", "20", "1,234"]
    assert rows["bag"][4] == "-"
    assert any("800 texts" in line and "50 is chance" in line for line in shown)
