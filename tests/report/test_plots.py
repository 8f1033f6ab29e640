"""Plots: real PNG files, written whole, without touching the caller's matplotlib."""

import struct
import sys

import numpy as np
import pytest

from tenor.errors import MissingExtraError, StorageError
from tenor.report import plots

HISTORY = [
    {
        "epoch": epoch,
        "train_loss": 0.7 / epoch,
        "train_accuracy": 1 - 0.4 / epoch,
        "validation_loss": 0.4 + 0.05 * (epoch - 2) ** 2,
        "validation_accuracy": 0.8,
    }
    for epoch in (1, 2, 3, 4)
]


def png_size(path):
    data = path.read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    assert data.endswith(b"IEND\xaeB`\x82")
    return struct.unpack(">II", data[16:24])


@pytest.fixture
def drawn(monkeypatch):
    """The figures that were saved, to read what stands in them."""
    figures = []
    save = plots._save
    monkeypatch.setattr(plots, "_save", lambda figure, path: (figures.append(figure), save(figure, path)))
    return figures


def labels_of(figure):
    return [text.get_text() for text in figure.legends[0].get_texts()]


def test_curves_show_both_splits_and_mark_the_lowest_validation_loss(tmp_path, drawn):
    plots.curves(HISTORY, tmp_path / "curves.png")
    assert min(png_size(tmp_path / "curves.png")) > 400
    assert labels_of(drawn[0]) == ["train", "validation", "lowest validation loss (epoch 2)"]
    loss = drawn[0].axes[0].get_lines()[0]
    assert list(loss.get_ydata()) == [row["train_loss"] for row in HISTORY]
    assert [axes.get_title() for axes in drawn[0].axes] == ["Loss", "Accuracy"]


def test_a_given_best_epoch_is_the_one_marked(tmp_path, drawn):
    plots.curves(HISTORY, tmp_path / "curves.png", best_epoch=3)
    assert labels_of(drawn[0])[-1] == "best epoch (3)"
    for axes in drawn[0].axes:
        assert set(axes.get_lines()[-1].get_xdata()) == {3}


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_curves_without_validation(tmp_path, drawn, rows):
    history = [{key: row[key] for key in ("epoch", "train_loss", "train_accuracy")} for row in HISTORY[:rows]]
    plots.curves(history, tmp_path / "curves.png")
    png_size(tmp_path / "curves.png")
    assert labels_of(drawn[0]) == (["train"] if rows else [])


@pytest.mark.parametrize("classes", [2, 3, 11, 30])
def test_confusion_shows_counts_and_row_percentages(tmp_path, drawn, classes):
    matrix = np.full((classes, classes), 1) + np.diag([1000] * classes)
    plots.confusion(matrix, [f"class {i}" for i in range(classes)], tmp_path / "confusion.png")
    width, height = png_size(tmp_path / "confusion.png")
    assert min(width, height) > 400
    assert max(width, height) < 2500
    cells = [text.get_text() for text in drawn[0].axes[0].texts]
    assert len(cells) == classes**2
    share = 1001 / (1000 + classes)
    count, percent = cells[0].split("\n")
    assert count == "1,001"
    assert float(percent.rstrip(" %")) == pytest.approx(100 * share, abs=0.5)


def test_confusion_takes_a_class_without_rows_and_any_class_name(tmp_path, drawn):
    names = ["$5 and under $10_^{", "a name much too long to stand beside a matrix", "\u5546"]
    plots.confusion([[0, 0, 0], [1, 2, 3], [0, 0, 4]], names, tmp_path / "confusion.png")
    png_size(tmp_path / "confusion.png")
    shown = [label.get_text() for label in drawn[0].axes[0].get_yticklabels()]
    assert shown[0] == names[0]
    assert shown[1].endswith("…")
    assert len(shown[1]) < len(names[1])


def test_the_callers_backend_and_figures_stay_as_they_are(tmp_path):
    import matplotlib

    before = dict(matplotlib.rcParams)
    plots.curves(HISTORY, tmp_path / "curves.png")
    plots.confusion([[1, 0], [0, 1]], ["no", "yes"], tmp_path / "confusion.png")
    assert dict(matplotlib.rcParams) == before
    assert "matplotlib.pyplot" not in sys.modules or not sys.modules["matplotlib.pyplot"].get_fignums()


def test_pictures_are_replaced_whole_and_nothing_else_is_left(tmp_path):
    path = tmp_path / "new" / "curves.png"
    plots.curves(HISTORY, path)
    plots.curves(HISTORY[:1], path)
    assert [file.name for file in path.parent.iterdir()] == ["curves.png"]


def test_a_place_that_cannot_be_written_says_so(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot be written"):
        plots.curves(HISTORY, tmp_path / "file" / "sub" / "curves.png")


@pytest.mark.parametrize(
    "draw",
    [
        lambda path: plots.curves(HISTORY, path),
        lambda path: plots.confusion([[1, 0], [0, 1]], ["no", "yes"], path),
    ],
)
def test_without_matplotlib_the_extra_is_named(tmp_path, monkeypatch, draw):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(MissingExtraError, match=r'pip install "tenor\[train\]"'):
        draw(tmp_path / "plot.png")
    assert list(tmp_path.iterdir()) == []
