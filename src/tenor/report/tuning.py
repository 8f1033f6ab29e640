"""A search over settings: pictures of its trials and of what mattered, and the table of its best trials.

They render what `Tuned.to_json` returns. Figures are made without pyplot, as in `tenor.report.plots`.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenor.report import plots
from tenor.report.numbers import duration, percent
from tenor.report.tables import table, titled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from rich.console import RenderableType

_BLUE, _ORANGE, _GREY = "#0072B2", "#D55E00", "#595959"
_POINTS: Mapping[str, Mapping[str, Any]] = {
    "complete": {"color": _BLUE, "marker": "o", "label": "trial"},
    "pruned": {"color": _GREY, "marker": "x", "label": "given up early"},
}


def history(trials: Sequence[Mapping[str, Any]], path: Path, *, measure: str, highest: bool) -> None:
    """Draw each trial's figure and the best so far, against the number of the trial and against time.

    Raises `MissingExtraError` without matplotlib, `StorageError` when `path` cannot be written.
    """
    from matplotlib.ticker import MaxNLocator, PercentFormatter

    figure = plots._figure(10.0, 4.2)
    left, right = figure.subplots(1, 2, sharey=True)
    minutes, total = [], 0.0
    for trial in trials:
        total += trial["seconds"] / 60
        minutes.append(total)
    for axes, places, name in (
        (left, [trial["number"] for trial in trials], "trial"),
        (right, minutes, "minutes of trials"),
    ):
        draw_history(axes, trials, places, highest=highest)
        axes.set_xlabel(name, fontsize=plots._TEXT)
        axes.tick_params(labelsize=plots._SMALL)
        axes.grid(axis="y", color="#dddddd", linewidth=0.8)
        axes.set_axisbelow(True)
        axes.spines[["top", "right"]].set_visible(False)
    left.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    left.set_ylabel(measure, fontsize=plots._TEXT)
    if highest:
        left.yaxis.set_major_formatter(PercentFormatter(xmax=1.0, symbol=" %"))
    handles, labels = left.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False, fontsize=plots._TEXT)
    plots._save(figure, path)


def importance(shares: Mapping[str, float], path: Path, *, measure: str) -> None:
    """Draw the share of each setting in the variance of the figure. Raises as `history`."""
    from matplotlib.ticker import PercentFormatter

    figure = plots._figure(8.0, 1.4 + 0.42 * len(shares))
    axes = figure.subplots()
    names = list(shares)[::-1]  # the largest on top
    bars = axes.barh(names, [shares[name] for name in names], color=_BLUE, height=0.62)
    axes.bar_label(bars, labels=[percent(shares[name]) for name in names], padding=4, fontsize=plots._SMALL)
    axes.set_title(f"Share in the variance of {measure}", fontsize=plots._TITLE, pad=10)
    axes.xaxis.set_major_formatter(PercentFormatter(xmax=1.0, symbol=" %", decimals=0))
    axes.margins(x=0.14)
    axes.tick_params(labelsize=plots._SMALL)
    axes.tick_params(axis="y", length=0)
    axes.spines[["top", "right"]].set_visible(False)
    plots._save(figure, path)


def best_trials(
    trials: Sequence[Mapping[str, Any]], *, measure: str, highest: bool, most: int = 5
) -> "RenderableType":
    """The best complete trials: a column each, a row a setting, so that it fits across a terminal."""
    complete = [trial for trial in trials if trial["state"] == "complete"]
    best = sorted(complete, key=lambda trial: trial["figure"], reverse=highest)[:most]
    made = table("trial", *(str(trial["number"]) for trial in best))
    made.add_row(measure, *(shown(trial["figure"], highest) for trial in best))
    made.add_row("epochs", *(str(trial["epochs"]) for trial in best))
    made.add_row("time", *(duration(trial["seconds"]) for trial in best))
    for name in dict.fromkeys(name for trial in best for name in trial["settings"]):
        made.add_row(name, *(setting(trial["settings"].get(name)) for trial in best))
    return titled("Best trials", made)


def shown(figure: float, highest: bool) -> str:
    """Return an accuracy as "91.3 %", a loss as "0.2462"."""
    return percent(figure) if highest else f"{figure:.4f}"


def setting(value: object) -> str:
    """Return the value of a setting, a number with three figures."""
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def is_highest(measure: str) -> bool:
    """Whether the best figure is the highest: of accuracy it is, of loss the lowest."""
    return measure.endswith("accuracy")


def draw_history(
    axes: "Axes", trials: Sequence[Mapping[str, Any]], places: Sequence[float], *, highest: bool
) -> None:
    """Draw the figure of each trial at its place, and the best so far."""
    for state, style in _POINTS.items():
        chosen = [
            (place, trial["figure"])
            for place, trial in zip(places, trials, strict=True)
            if trial["state"] == state and trial["figure"] is not None
        ]
        if chosen:
            axes.scatter([x for x, _ in chosen], [y for _, y in chosen], s=34, **style)
    best, line = None, []
    for place, trial in zip(places, trials, strict=True):
        if trial["state"] == "complete":
            figure = trial["figure"]
            best = figure if best is None else (max if highest else min)(best, figure)
        if best is not None:
            line.append((place, best))
    axes.plot(
        [x for x, _ in line],
        [y for _, y in line],
        color=_ORANGE,
        linewidth=2.2,
        drawstyle="steps-post",
        label="best so far",
        zorder=1,
    )
