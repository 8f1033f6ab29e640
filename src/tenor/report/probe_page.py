"""The page of a memory probe, from the values of its probe.json."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tenor.report import pictures, probe_plots
from tenor.report.comparison_summary import listed
from tenor.report.numbers import count, duration, percent
from tenor.report.page import Cell, Page, Picture, Section, Table, facts
from tenor.report.probe_tables import reached

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Values = Mapping[str, Any]

_HEIGHT, _LINE = 250, 15  # of a picture in units, and of a line of its legend
_LEGEND_COLUMNS = 2
_FAR = 100  # tokens back, where gradients are compared in words


def probe_page(values: Values) -> str:
    """Return the page of a probe as HTML. Raises `MissingExtraError` without Jinja2 or matplotlib."""
    settings = values["settings"]
    return Page(
        "How far back: a memory probe",
        f"{count(len(settings['models']), 'model')} on {count(len(settings['tasks']), 'artificial task')}, "
        f"each trained {count(settings['seeds'], 'time')} a task: texts whose label hangs on words at a "
        "known distance.",
        [
            Section("summary", "Summary", list(_summary(values))),
            *(_task(values, task, f"task-{number}") for number, task in enumerate(values["tasks"], 1)),
            _failures(values),
            Section("settings", "Settings", tables=[_settings(settings)]),
        ],
    ).render()


def _summary(values: Values) -> Iterator[str]:
    for task in values["tasks"]:
        reaches: dict[int | None, list[str]] = {}
        for model in task["models"]:
            reaches.setdefault(model["reach"], []).append(model["name"])
        parts = [
            f"{listed(reaches[reach])} up to {reach:,} words"
            for reach in sorted((reach for reach in reaches if reach is not None), reverse=True)
        ]
        if None in reaches:
            parts.append(f"{listed(reaches[None])} nowhere")
        if parts:
            often = f"right at least {percent(values['reached'])} of the time"
            yield f"{task['name']} ({task['meaning']}): {often}: {'; '.join(parts)}."
    yield from _fading(values)
    if values["failures"]:
        yield f"{count(len(values['failures']), 'training')} failed; see below."


def _fading(values: Values) -> Iterator[str]:
    """Say by how much the gradient of each model falls on the first task, before training."""
    fallen = []
    for model in values["tasks"][0]["models"] if values["tasks"] else ():
        found = model["gradient"]
        far = [place for place in found["distances"] if place <= _FAR]
        if not far:
            continue
        near, there = found["before"][0], found["before"][len(far) - 1]
        if near > 0:
            share = "0" if there <= 0 else f"{there / near:.1g}"
            fallen.append(f"{model['name']} {share}")
    if fallen:
        yield (
            f"The gradient at {far[-1]} words before the last one, before any training, as a share of that "
            f"at {found['distances'][0]}: {', '.join(fallen)}."
        )


def _task(values: Values, task: Values, id_: str) -> Section:
    if not task["models"]:
        return Section(id_, task["name"])
    styles = probe_plots.line_styles(values)

    def accuracy(axes: "Axes") -> None:
        probe_plots.draw_accuracy(axes, task, styles, chance=values["chance"])

    def gradients(axes: "Axes") -> None:
        probe_plots.draw_gradients(axes, task, styles)

    names = [model["name"] for model in task["models"]]
    return Section(
        id_,
        task["name"],
        text=f"The question: {task['meaning']}. Chance is {percent(values['chance'])}.",
        pictures=[
            _picture(
                f"{id_}-accuracy", accuracy, f"Accuracy against distance: {task['name']}", names,
                "Accuracy against distance; the band is the 95 % interval over texts.",
            ),
            _picture(
                f"{id_}-gradients", gradients, f"Gradient against distance: {task['name']}", names,
                "Norm of the gradient of the output with respect to a word; thin lines: before training.",
            ),
        ],
        tables=[_table(values, task)],
    )  # fmt: skip


def _picture(
    name: str, draw: "Callable[[Axes], None]", title: str, names: Sequence[str], caption: str
) -> Picture:
    lines = -(-(len(names) + 1) // _LEGEND_COLUMNS)
    figure = pictures.canvas(_HEIGHT + _LINE * lines)
    axes = figure.subplots()
    draw(axes)
    pictures.plain(axes)
    figure.legend(
        *axes.get_legend_handles_labels(),
        loc="outside lower center",
        ncols=_LEGEND_COLUMNS,
        frameon=False,
        fontsize=pictures.SMALL,
        labelcolor=pictures.INK,
        handlelength=2.6,
    )
    return Picture(pictures.svg(figure, name, title, f"{caption} Models: {listed(names)}."), caption)


def _table(values: Values, task: Values) -> Table:
    distances = sorted({row["distance"] for model in task["models"] for row in model["accuracy"]})
    rows: list[list[Cell | str]] = []
    for model in task["models"]:
        found = {row["distance"]: row["value"] for row in model["accuracy"]}
        rows.append(
            [
                model["name"],
                *(_share(found.get(distance), values["chance"]) for distance in distances),
                reached(model["reach"]),
                f"{model['parameters']:,}",
                duration(model["seconds"]),
            ]
        )
    return Table(
        f"Accuracy in % by distance: {task['name']}",
        ("model", *(f"{distance:,}" for distance in distances), "reaches", "parameters", "training"),
        rows,
        note="The deeper the colour, the further above chance.",
    )


def _share(value: float | None, chance: float) -> Cell:
    return Cell("-") if value is None else Cell(f"{100 * value:.0f}", (value - chance) / (1 - chance))


def _failures(values: Values) -> Section:
    rows = [[one["task"], one["model"], str(one["seed"]), one["reason"]] for one in values["failures"]]
    table = Table("What failed, and why", ("task", "model", "seed", "reason"), rows, words=4)
    return Section("failures", "Failures", tables=[table] if rows else ())


def _settings(settings: Values) -> Table:
    said = [
        (key, ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value))
        for key, value in settings.items()
    ]
    return facts("The same for every model", said)
