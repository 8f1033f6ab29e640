"""Pictures of a comparison: accuracy with intervals, accuracy against cost, learning curves, a sweep."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tenor.report import pictures
from tenor.report.comparison_summary import BASELINE, MAJORITY, accuracy_of
from tenor.report.frontier import frontier
from tenor.report.numbers import percent
from tenor.report.page import Picture
from tenor.report.run_pictures import series

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Model = Mapping[str, Any]
_ROW = 31.0  # units of height of a model


def shown(models: Sequence[Model]) -> list[Model]:
    """Return the models that pictures show: the majority class would press all others into a corner."""
    return [model for model in models if model["name"] != MAJORITY] or list(models)


def left_out(models: Sequence[Model]) -> str:
    """Say which model is not in the picture."""
    gone = [model for model in models if model not in shown(models)]
    return "".join(f" {one['name']}, at {accuracy_of(one)}, lies outside." for one in gone)


def accuracy_figure(models: Sequence[Model]) -> "Figure":
    """Draw the accuracy of each model with its interval, and each training; models best first."""
    there = shown(models)
    figure = pictures.canvas(46 + _ROW * len(there))
    axes = figure.subplots()
    pictures.plain(axes, grid="x")
    for place, model in enumerate(there):
        found = model["accuracy"]
        colour, marker = _style(model, best=place == 0)
        both = found["both"]
        axes.plot(
            [both["low"], both["high"]], [place, place], color=colour, linewidth=2, solid_capstyle="butt"
        )
        each = found["each"] if len(found["each"]) > 1 else ()
        axes.plot(each, [place] * len(each), linestyle="none", marker="|", markersize=9, color=colour)
        axes.plot([found["value"]], [place], marker=marker, markersize=7, color=colour)
        axes.annotate(
            pictures.shortened(model["name"], 40), (0, place), (2, 7.5), xycoords=("axes fraction", "data"),
            textcoords="offset points", fontsize=pictures.TEXT, color=pictures.INK, parse_math=False,
        )  # fmt: skip
    axes.set_yticks([])
    axes.set_ylim(len(there) - 0.65, -0.95)
    _percent(axes.xaxis)
    axes.set_xlabel("accuracy")
    return figure


def cost_figure(
    models: Sequence[Model], cost: Callable[[Model], float], label: str, *, names: bool = False
) -> "Figure":
    """Draw accuracy against a cost, each model by its number in `models`, with the best-value frontier.

    `names` adds what the numbers stand for, for a picture that has no words below it.
    """
    figure = pictures.canvas(250 + (13 * -(-len(models) // 2) + 6 if names else 0))
    axes = figure.subplots()
    pictures.plain(axes, grid="both")
    found = [(cost(model), model["accuracy"]["value"]) for model in models]
    best = frontier(found)
    axes.plot(*zip(*(found[place] for place in best), strict=True), color=pictures.BLUE, linestyle="--",
              linewidth=1.6, zorder=2, drawstyle="steps-post")  # fmt: skip
    for place, (model, (x, y)) in enumerate(zip(models, found, strict=True)):
        on = place in best
        height = (4 if on else 3) - 0.01 * place  # each number right above its own mark
        marker = "s" if model["kind"] == BASELINE else "o"
        axes.plot([x], [y], marker=marker, markersize=14, color=pictures.BLUE if on else pictures.GROUND,
                  markeredgecolor=pictures.BLUE if on else pictures.MUTED, zorder=height)  # fmt: skip
        axes.annotate(str(place + 1), (x, y), ha="center", va="center_baseline", fontsize=pictures.SMALL,
                      color=pictures.GROUND if on else pictures.INK, zorder=height)  # fmt: skip
    _logarithmic(axes, [x for x, _ in found])
    axes.margins(x=0.08, y=0.12)
    _percent(axes.yaxis)
    axes.set_xlabel(label)
    axes.set_ylabel("accuracy")
    if names:
        from matplotlib.lines import Line2D

        figure.legend(
            [Line2D([], [], linestyle="none") for _ in models],
            [f"{place + 1} {pictures.shortened(model['name'])}" for place, model in enumerate(models)],
            loc="outside lower left", ncols=2, frameon=False, fontsize=pictures.SMALL,
            labelcolor=pictures.INK, handlelength=0, handletextpad=0, labelspacing=0.25,
        )  # fmt: skip
    return figure


def accuracy_picture(models: Sequence[Model]) -> Picture:
    """Return the picture of `accuracy_figure` for a page."""
    told = "; ".join(f"{model['name']} {accuracy_of(model)}" for model in models)
    title = "Accuracy of each model with its interval"
    caption = (
        "Accuracy with its interval over texts and trainings; a bar across is one training. The leader is "
        f"blue, baselines are squares.{left_out(models)}"
    )
    return Picture(pictures.svg(accuracy_figure(models), "accuracy", title, told), caption)


def cost_picture(
    models: Sequence[Model], name: str, cost: Callable[[Model], float | None], label: str
) -> Iterator[Picture]:
    """Yield the picture of accuracy against a cost, if it is known of two models at least."""
    known = [(model, found) for model in shown(models) if (found := cost(model))]
    if len(known) < 2:
        return
    there, costs = [model for model, _ in known], {model["name"]: found for model, found in known}
    figure = cost_figure(there, lambda model: costs[model["name"]], label)
    best = frontier([(costs[model["name"]], model["accuracy"]["value"]) for model in there])
    title = f"Accuracy against {label}"
    told = "Best for their cost, from the cheapest: " + "; ".join(
        f"{there[place]['name']} {percent(there[place]['accuracy']['value'])}" for place in best
    )
    yield Picture(
        pictures.svg(figure, name, title, f"{told}."),
        f"{title}. Filled and joined by a dashed line: what nothing cheaper equals. Squares are baselines.",
        [model["name"] for model in there],
    )


def curve_pictures(models: Sequence[Model]) -> Iterator[Picture]:
    """Yield a small picture a network: validation accuracy over the epochs, all on the same axes."""
    from matplotlib.ticker import MaxNLocator

    lines = {
        model["name"]: [line for rows in model["history"] if (line := series(rows, "validation_accuracy"))]
        for model in models
    }
    every = [point for found in lines.values() for line in found for point in line]
    if not every:
        return
    epochs, low, high = max(e for e, _ in every), min(v for _, v in every), max(v for _, v in every)
    room = max(0.06 * (high - low), 0.005)
    for number, (name, found) in enumerate((name, found) for name, found in lines.items() if found):
        figure = pictures.canvas(130, 200)
        axes = figure.subplots()
        pictures.plain(axes)
        for line in found:
            axes.plot(
                *zip(*line, strict=True), color=pictures.BLUE, linewidth=1.6, marker="o", markersize=2.5
            )
        axes.set_xlim(0.7, epochs + 0.3)
        axes.set_ylim(low - room, high + room)
        axes.xaxis.set_major_locator(MaxNLocator(nbins=5, integer=True, min_n_ticks=1))
        _percent(axes.yaxis)
        best = max(value for line in found for _, value in line)
        title = f"Validation accuracy of {name} over the epochs"
        yield Picture(
            pictures.svg(figure, f"curve-{number}", title, f"It reached {percent(best)} at most."),
            name,
            small=True,
        )


def sweep_picture(models: Sequence[Model], key: str) -> Iterator[Picture]:
    """Yield accuracy against the swept value; `models` are named "MODEL KEY=VALUE"."""
    lines: dict[str, list[tuple[str, Model]]] = {}
    for model in models:
        name, _, last = model["name"].rpartition(" ")
        if name and "=" in last:
            lines.setdefault(name, []).append((last.partition("=")[2], model))
    values = list(dict.fromkeys(value for line in lines.values() for value, _ in line))
    if len(values) < 2:
        return
    values.sort(key=lambda value: (_number(value) is None, _number(value) or 0.0))
    figure = pictures.canvas(230)
    axes = figure.subplots()
    pictures.plain(axes)
    looks = ((pictures.BLUE, "o"), (pictures.ORANGE, "s"), (pictures.GREEN, "^"))
    styles = [(colour, marker, dashes) for dashes in ("-", "--", ":") for colour, marker in looks]
    for number, (name, line) in enumerate(lines.items()):
        colour, marker, dashes = styles[number % len(styles)]
        placed = sorted((values.index(value), model["accuracy"]) for value, model in line)
        middle = [found["value"] for _, found in placed]
        axes.errorbar(
            [place + 0.08 * (number % len(styles)) for place, _ in placed], middle,
            [[m - found["both"]["low"] for m, (_, found) in zip(middle, placed, strict=True)],
             [found["both"]["high"] - m for m, (_, found) in zip(middle, placed, strict=True)]],
            color=colour, marker=marker, linestyle=dashes, label=pictures.shortened(name), linewidth=1.8,
        )  # fmt: skip
    axes.set_xticks(range(len(values)), labels=[pictures.shortened(v, 12) for v in values], parse_math=False)
    _percent(axes.yaxis)
    axes.set_xlabel(key, parse_math=False)
    figure.legend(loc="outside upper left", ncols=2, frameon=False, fontsize=pictures.SMALL,
                  labelcolor=pictures.INK)  # fmt: skip
    told = "; ".join(f"{model['name']} {accuracy_of(model)}" for line in lines.values() for _, model in line)
    title = f"Accuracy against {key}"
    yield Picture(
        pictures.svg(figure, "sweep", title, told), f"{title}, with intervals over texts and trainings."
    )


def _style(model: Model, *, best: bool) -> tuple[str, str]:
    return pictures.BLUE if best else pictures.MUTED, "s" if model["kind"] == BASELINE else "o"


def _percent(axis: Any) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis.set_major_locator(MaxNLocator(nbins=5))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{round(100 * value, 2):g} %"))


def _logarithmic(axes: "Axes", costs: Sequence[float]) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    axes.set_xscale("log")
    axes.tick_params(which="minor", length=0)
    wide = max(costs) > 20 * min(costs)
    axes.xaxis.set_major_locator(LogLocator(subs=(1.0,) if wide else (1.0, 2.0, 5.0)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
