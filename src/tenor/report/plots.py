"""Pictures of a run: learning curves and the confusion matrix, as PNG files.

Figures are made without pyplot, so a caller's own backend, figures and settings stay as they are.
"""

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tenor.errors import MissingExtraError
from tenor.files import atomic_file

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe & Ito 2008: told apart under every common colour blindness. Markers and dashes differ as well.
_BLUE, _ORANGE, _GREY = "#0072B2", "#D55E00", "#595959"
_STYLES: Mapping[str, Mapping[str, Any]] = {
    "train": {"color": _BLUE, "marker": "o", "linestyle": "-"},
    "validation": {"color": _ORANGE, "marker": "s", "linestyle": "--"},
}
_DPI = 150
_TITLE, _TEXT, _SMALL = 14, 12, 10.5  # font sizes in points
_NAME_LENGTH = 20  # characters of a class name that fit beside the matrix


def curves(
    history: Sequence[Mapping[str, float]],
    path: Path,
    best_epoch: int | None = None,
    figures: tuple[str, str] = ("loss", "accuracy"),
) -> None:
    """Draw two figures over the epochs, for training and, where there is one, for validation.

    A row of `history` has `epoch`, and of loss and accuracy, or what else is in `figures`, `train_loss`,
    `train_accuracy` and perhaps `validation_loss` and `validation_accuracy`. `best_epoch` is marked; without
    it, the lowest validation loss is. Raises `MissingExtraError` without matplotlib, `StorageError` when
    `path` cannot be written.
    """
    figure = _figure(10.0, 4.2)
    best, name = best_epoch, f"best epoch ({best_epoch})"
    judged = [row for row in history if row.get("validation_loss") is not None]
    if best is None and judged:
        best = int(min(judged, key=lambda row: row["validation_loss"])["epoch"])
        name = f"lowest validation loss (epoch {best})"
    left, right = figure.subplots(1, 2)
    for axes, figure_name in zip((left, right), figures, strict=True):
        _curve(axes, history, figure_name)
        if best is not None:
            axes.axvline(best, color=_GREY, linestyle=":", linewidth=1.8, label=name, zorder=1)
    handles, labels = left.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False, fontsize=_TEXT)
    _save(figure, path)


def confusion(matrix: npt.ArrayLike, classes: Sequence[str], path: Path) -> None:
    """Draw a confusion matrix (C, C) of counts, true class down, with the share of each row in per cent.

    Colour shows the share of the row, so that a rare class reads like a frequent one. Raises as `curves`.
    """
    counts = np.asarray(matrix, dtype=np.int64)
    rows = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, rows, out=np.zeros(counts.shape), where=rows > 0)
    many = len(classes) > 10  # then cells and their text get smaller, and empty ones stay blank
    side = max(3.2, (0.55 if many else 0.95) * len(classes))
    figure = _figure(side + 2.6, side + 1.6, dpi=100 if many else _DPI)
    axes = figure.subplots()
    picture = axes.imshow(shares, cmap="Blues", vmin=0.0, vmax=1.0)
    for (row, column), share in np.ndenumerate(shares):
        text = _cell_text(int(counts[row, column]), float(share), many)
        colour = "white" if share > 0.55 else "black"
        axes.text(column, row, text, ha="center", va="center", color=colour, fontsize=8 if many else _SMALL)
    _class_axes(axes, [_shortened(name) for name in classes])
    axes.set_title("Confusion matrix", fontsize=_TITLE, pad=12)
    bar = figure.colorbar(picture, ax=axes, shrink=0.8, aspect=30, pad=0.02)
    bar.set_label("share of the true class", fontsize=_TEXT)
    bar.set_ticks([0, 0.25, 0.5, 0.75, 1], labels=["0 %", "25 %", "50 %", "75 %", "100 %"], fontsize=_SMALL)
    bar.outline.set_visible(False)
    _save(figure, path)


def _figure(width: float, height: float, dpi: int = _DPI) -> "Figure":
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtraError("matplotlib", "train") from error
    return Figure(figsize=(width, height), dpi=dpi, layout="constrained", facecolor="white")


def _curve(axes: "Axes", history: Sequence[Mapping[str, float]], name: str) -> None:
    from matplotlib.ticker import MaxNLocator, PercentFormatter

    for split, style in _STYLES.items():
        rows = [row for row in history if row.get(f"{split}_{name}") is not None]
        if rows:
            epochs, values = [row["epoch"] for row in rows], [row[f"{split}_{name}"] for row in rows]
            axes.plot(epochs, values, label=split, linewidth=2.2, markersize=6, **style)
    axes.set_title(name.capitalize(), fontsize=_TITLE)
    axes.set_xlabel("epoch", fontsize=_TEXT)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    if name == "accuracy":
        axes.yaxis.set_major_formatter(PercentFormatter(xmax=1.0, symbol=" %"))
    axes.tick_params(labelsize=_SMALL)
    axes.grid(axis="y", color="#dddddd", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def _class_axes(axes: "Axes", names: Sequence[str]) -> None:
    # parse_math: a class may be named "$5 and under $10", which is no formula.
    places = range(len(names))
    turned = len(names) > 10 or max(map(len, names), default=0) > 10
    slant: Mapping[str, Any] = {"rotation": 45, "ha": "right", "rotation_mode": "anchor"} if turned else {}
    axes.set_xticks(places, labels=names, fontsize=_SMALL, parse_math=False, **slant)
    axes.set_yticks(places, labels=names, fontsize=_SMALL, parse_math=False)
    axes.set_xlabel("predicted class", fontsize=_TEXT)
    axes.set_ylabel("true class", fontsize=_TEXT)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    # White lines between the cells.
    axes.set_xticks(np.arange(len(names) + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(len(names) + 1) - 0.5, minor=True)
    axes.grid(which="minor", color="white", linewidth=1.5)
    axes.tick_params(which="minor", length=0)


def _cell_text(count: int, share: float, many: bool) -> str:
    if many:
        return f"{count:,}\n{share:.0%}" if count else ""
    return f"{count:,}\n{100 * share:.1f} %"


def _shortened(name: str) -> str:
    return name if len(name) <= _NAME_LENGTH else name[: _NAME_LENGTH - 1] + "…"


def _save(figure: "Figure", path: Path) -> None:
    with atomic_file(path) as temporary, warnings.catch_warnings():
        # A class name in a script without glyphs in the font shows boxes; that is no reason to warn or fail.
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        # The format is given because the temporary name has another ending.
        figure.savefig(temporary, format="png", dpi="figure", bbox_inches="tight", pad_inches=0.2)
