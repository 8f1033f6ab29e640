"""Pictures of forecasts: what was said and what came, and how far off by step ahead."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenor.report import pictures
from tenor.report.page import Picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Values = Mapping[str, Any]

_HEIGHT = 220
_SHORT = 12  # characters of a time, of which three stand below a picture
# Of network and baselines in turn: colour, marker, dashes.
_LINES = (
    (pictures.BLUE, "o", "-"),
    (pictures.MUTED, "s", ":"),
    (pictures.GREEN, "^", "--"),
    (pictures.ORANGE, "D", "-."),
)


def forecast_pictures(values: Values) -> Iterator[Picture]:
    """Yield the forecasts of each target in the last test windows, with their 80 and 95 % intervals."""
    for number, one in enumerate(values["pictures"], 1):
        title = f"Forecasts of {one['target']}"
        windows, horizon = len(one["starts"]), len(one["quantiles"][0])
        caption = (
            f"{one['target']} in the last {windows} test windows, one after the other: the forecast for the "
            f"next {horizon} steps with its 80 and 95 % interval, and what came. The dots begin a window."
        )
        yield Picture(pictures.svg(_forecast(one), f"forecast-{number}", title, caption), caption)


def step_pictures(values: Values, name: str) -> Iterator[Picture]:
    """Yield the MAE by step ahead of network and baselines."""
    judged = values["judged"]
    if judged["measure"] == "error rate":
        return
    figure = pictures.canvas(_HEIGHT)
    axes = figure.subplots()
    pictures.plain(axes)
    told = []
    for (model, one), (colour, marker, dashes) in zip(judged["test"].items(), _LINES, strict=False):
        points = [(step, found["value"]) for step, found in enumerate(one["by_step"]["mae"], 1) if found]
        shown = name if model == "network" else model
        axes.plot(*zip(*points, strict=True), color=colour, marker=marker, linestyle=dashes, linewidth=1.8,
                  markersize=3.5, label=shown)  # fmt: skip
        told.append(f"{shown} from {points[0][1]:.3g} at step {points[0][0]} to {points[-1][1]:.3g}")
    axes.set_xlabel("steps ahead")
    axes.set_ylabel("MAE")
    _legend(figure, axes, 2)
    caption = "Mean absolute error by step ahead, on the test windows."
    yield Picture(
        pictures.svg(figure, "steps", "Error by step ahead", f"{caption} {'; '.join(told)}."), caption
    )


def save(values: Values, path: Path) -> None:
    """Write the forecasts of the first target as a PNG file; of states there is none."""
    if values["pictures"]:
        pictures.png(_forecast(values["pictures"][0]), path)


def _forecast(one: Values) -> "Figure":
    figure = pictures.canvas(_HEIGHT)
    axes = figure.subplots()
    pictures.plain(axes)
    levels = list(one["levels"])
    places = {level: levels.index(level) for level in (0.025, 0.1, 0.5, 0.9, 0.975)}
    for number, (start, window) in enumerate(zip(one["starts"], one["quantiles"], strict=True)):
        x = range(start, start + len(window))
        lines = {level: [step[place] for step in window] for level, place in places.items()}
        first = number == 0
        for (low, high), strength, said in (((0.025, 0.975), 0.18, "95 %"), ((0.1, 0.9), 0.35, "80 %")):
            axes.fill_between(x, lines[low], lines[high], color=pictures.BLUE, alpha=strength, linewidth=0,
                              label=said if first else None)  # fmt: skip
        axes.plot(x, lines[0.5], color=pictures.BLUE, linewidth=1.6, label="forecast" if first else None)
        axes.plot(x[:1], lines[0.5][:1], color=pictures.BLUE, marker="o", markersize=3)
    values = [float("nan") if value is None else value for value in one["values"]]
    axes.plot(range(len(values)), values, color=pictures.ORANGE, linewidth=1.3, label="what came")
    count = 3 if max(map(len, one["times"])) <= _SHORT else 2
    ticks = [round(place * (len(values) - 1) / (count - 1)) for place in range(count)]
    axes.set_xticks(ticks, labels=[one["times"][tick] for tick in ticks])
    first_label, *_, last_label = axes.get_xticklabels()
    first_label.set_horizontalalignment("left")  # so that neither is cut
    last_label.set_horizontalalignment("right")
    axes.set_ylabel(pictures.shortened(one["target"]), parse_math=False)
    _legend(figure, axes, 4)
    return figure


def _legend(figure: "Figure", axes: "Axes", columns: int) -> None:
    handles, labels = axes.get_legend_handles_labels()
    shown: Sequence[str] = [pictures.shortened(label) for label in labels]
    figure.legend(handles, shown, loc="outside upper left", ncols=columns, frameon=False,
                  fontsize=pictures.SMALL, labelcolor=pictures.INK, handlelength=1.6,
                  columnspacing=1.2)  # fmt: skip
