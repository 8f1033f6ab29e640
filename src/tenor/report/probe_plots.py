"""Pictures of a memory probe: accuracy and gradient norm against distance, a panel for each task.

They render what `ProbeResult.to_json` returns. Figures are made without pyplot, as in `tenor.report.plots`.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenor.report import plots
from tenor.report.pictures import INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Task = Mapping[str, Any]
Styles = Mapping[str, Mapping[str, Any]]

# Okabe & Ito 2008 with grey for its yellow, which is too pale on white. Where colours are used up, dashes and
# markers go on, so that every model has a line of its own.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", INK, "#E69F00", "#56B4E9", "#7A7A7A")
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "p", "*")
_DASHES: tuple[Any, ...] = ("-", (0, (5, 2)), (0, (1, 1.5)), (0, (6, 2, 1, 2)), (0, (3, 1, 1, 1, 1, 1)))
_GREY = "#595959"
_PANEL = (5.0, 4.4)  # inches
_LEAST = 1e-40  # of gradient norms that are shown: what is below is nothing in float32
_MOST_COLUMNS = 3


def accuracy(values: Mapping[str, Any], path: Path) -> None:
    """Draw accuracy against distance with its 95 % interval, chance marked.

    Raises `MissingExtraError` without matplotlib, `StorageError` when `path` cannot be written.
    """
    figure, panels = _panels(values)
    styles = line_styles(values)
    for axes, task in zip(panels, values["tasks"], strict=True):
        draw_accuracy(axes, task, styles, chance=values["chance"])
        axes.set_title(task["name"], fontsize=plots._TITLE)
    _label(panels, "accuracy")
    _legend(figure, panels)
    plots._save(figure, path)


def gradients(values: Mapping[str, Any], path: Path) -> None:
    """Draw ||d logit / d x|| against the distance from the end of the text, before (thin) and after training.

    Both axes are logarithmic; a gradient of 0 has no place there and is left out. Raises as `accuracy`.
    """
    figure, panels = _panels(values)
    styles = line_styles(values)
    for axes, task in zip(panels, values["tasks"], strict=True):
        draw_gradients(axes, task, styles)
        axes.set_title(task["name"], fontsize=plots._TITLE)
    _label(panels, "gradient norm (thin: before training)")
    _legend(figure, panels)
    plots._save(figure, path)


def draw_accuracy(axes: "Axes", task: Task, styles: Styles, *, chance: float) -> None:
    """Draw one task's accuracy against distance."""
    from matplotlib.ticker import PercentFormatter

    axes.axhline(chance, color=_GREY, linestyle=":", linewidth=1.6, label="chance", zorder=1)
    for model in task["models"]:
        rows = sorted(model["accuracy"], key=lambda row: row["distance"])
        places, style = [row["distance"] for row in rows], styles[model["name"]]
        axes.plot(places, [row["value"] for row in rows], label=model["name"], **style)
        axes.fill_between(
            places,
            [row["low"] for row in rows],
            [row["high"] for row in rows],
            color=style["color"],
            alpha=0.1,
            linewidth=0,
        )
    axes.set_ylim(0.38, 1.03)
    axes.yaxis.set_major_formatter(PercentFormatter(xmax=1.0, symbol=" %", decimals=0))
    distances = sorted({row["distance"] for model in task["models"] for row in model["accuracy"]})
    _finish(axes, task["distance"], distances)


def draw_gradients(axes: "Axes", task: Task, styles: Styles) -> None:
    """Draw one task's gradient norms."""
    for model in task["models"]:
        style, found = styles[model["name"]], model["gradient"]
        before = {**style, "linewidth": 0.9, "alpha": 0.45, "marker": ""}
        after = {**style, "label": model["name"], "markevery": 3}
        _falling(axes, found["distances"], found["before"], before)
        _falling(axes, found["distances"], found["after"], after)
    axes.set_yscale("log")
    places = {place for model in task["models"] for place in model["gradient"]["distances"]}
    _finish(axes, "tokens before the last one", _decades(max(places, default=1)))


def _falling(axes: "Axes", places: Sequence[int], norms: Sequence[float], style: Mapping[str, Any]) -> None:
    shown = [(place, norm) for place, norm in zip(places, norms, strict=True) if norm > _LEAST]
    axes.plot([place for place, _ in shown], [norm for _, norm in shown], **style)


def _panels(values: Mapping[str, Any]) -> "tuple[Figure, list[Axes]]":
    count = len(values["tasks"])
    columns = 2 if count == 4 else min(count, _MOST_COLUMNS)
    rows = -(-count // columns)
    figure = plots._figure(max(_PANEL[0] * columns, 6.5), _PANEL[1] * rows + 0.6)
    grid = figure.subplots(rows, columns, squeeze=False, sharey=True)
    every = [axes for row in grid for axes in row]
    for spare in every[count:]:
        spare.set_visible(False)
    return figure, every[:count]


def line_styles(values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the line of each model, the same in all panels."""
    names = list(dict.fromkeys(model["name"] for task in values["tasks"] for model in task["models"]))
    return {
        name: {
            "color": _COLOURS[place % len(_COLOURS)],
            "marker": _MARKERS[place % len(_MARKERS)],
            "linestyle": _DASHES[place % len(_DASHES)],
            "linewidth": 2.0,
            "markersize": 6,
        }
        for place, name in enumerate(names)
    }


def _finish(axes: "Axes", distance: str, ticks: Sequence[int]) -> None:
    from matplotlib.ticker import NullFormatter

    axes.set_xscale("log")
    axes.set_xlabel(distance, fontsize=plots._TEXT)
    axes.set_xticks(ticks, labels=[f"{tick:,}" for tick in ticks])
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.tick_params(labelsize=plots._SMALL)
    axes.grid(axis="y", color="#dddddd", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def _label(panels: "Sequence[Axes]", text: str) -> None:
    """Name the vertical axis, which all panels share, at the left of each row."""
    for axes in panels:
        if axes.get_subplotspec().is_first_col():  # type: ignore[union-attr]
            axes.set_ylabel(text, fontsize=plots._TEXT)


def _decades(longest: int) -> list[int]:
    return [10**power for power in range(len(str(longest)))]


def _legend(figure: "Figure", panels: "Sequence[Axes]") -> None:
    found: dict[str, Any] = {}
    for axes in panels:  # a model may have failed on one task
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
            found.setdefault(label, handle)
    figure.legend(
        list(found.values()),
        list(found),
        loc="outside lower center",
        ncols=min(len(found), 5) or 1,
        frameon=False,
        fontsize=plots._TEXT,
        handlelength=3.2,
    )
