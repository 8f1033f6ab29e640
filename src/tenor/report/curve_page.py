"""A learning curve: the sentence, a table, a picture, the page, from plain values (`Curves.to_json`)."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenor.report import pictures
from tenor.report.numbers import count, percent_share, points
from tenor.report.page import Page, Picture, Section, Table
from tenor.report.run_page import environment_section, settings_section

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PICTURE, PAGE = "curve.png", "report.html"
_FARTHEST = 10  # times the rows there are; beyond that no curve is believed
_LOOKS = (("o", pictures.BLUE), ("s", pictures.ORANGE))


def outlook_sentence(values: Mapping[str, Any]) -> str:
    """Say in one line whether more labels would help, and how many, or that it cannot be told."""
    outlook = values["curves"][0]["outlook"]
    rows = outlook["rows"]
    if outlook["doubled"] is None:
        return f"Whether more labels would help cannot be told: {outlook['reason']}."
    low, high = (100 * outlook["doubled"][end] for end in ("low", "high"))
    gain = (
        f"twice as many ({2 * rows:,} rows) would bring {points(outlook['doubled']['value'])}, "
        f"95 % interval {low:+.1f} to {high:+.1f}"
    )
    if outlook["says"] == "unknown":
        return f"Whether more labels would help cannot be told: {outlook['reason']} ({gain})."
    if outlook["says"] == "little":
        return f"More labels would probably help little: {gain}."
    return f"More labels would probably help: {gain}; {_next_point(outlook['point'], rows)}."


def curve_table(values: Mapping[str, Any]) -> Table:
    """Return the accuracy of each model at each size."""
    curves = values["curves"]
    found = {
        one["name"]: dict(zip(one["sizes"], one["outlook"]["accuracies"], strict=True)) for one in curves
    }
    rows = [
        [f"{size:,}", *(percent_share(found[one["name"]].get(size)) for one in curves)]
        for size in values["sizes"]
    ]
    texts, seeds = count(values["data"]["rows"]["validation"], "validation text"), len(values["seeds"])
    return Table(
        f"Accuracy on {texts}, mean of {count(seeds, 'training')}",
        ("training rows", *(one["name"] for one in curves)),
        rows,
        note="With 95 % intervals over texts and trainings.",
    )


def curve_page(values: Mapping[str, Any]) -> str:
    """Return the page as HTML. Raises `MissingExtraError` without Jinja2 or matplotlib."""
    sentence = outlook_sentence(values)
    name, source = values["curves"][0]["name"], values["data"]["source"]
    svg = pictures.svg(curve_figure(values), "curve", "Accuracy by the number of training rows", sentence)
    return Page(
        "Learning curve",
        f"{name} on growing parts of {source}, judged on the same validation texts. "
        "The test split was not read.",
        [
            Section("summary", "Summary", sentences=[sentence, *_failures(values)]),
            Section(
                "curve",
                "Accuracy by the number of training rows",
                pictures=[Picture(svg, _caption(values))],
                tables=[curve_table(values)],
            ),
            settings_section(values["settings"]),
            environment_section(values["environment"]),
        ],
    ).render()


def write_picture(values: Mapping[str, Any], folder: Path) -> None:
    """Write the picture as a file of its own."""
    pictures.png(curve_figure(values), folder / PICTURE)


def curve_figure(values: Mapping[str, Any]) -> "Figure":
    """Draw accuracy against rows, on a logarithmic axis, with the fitted curve up to twice as many rows."""
    from matplotlib.ticker import FixedLocator, NullLocator, PercentFormatter

    figure = pictures.canvas(230)
    axes = figure.subplots()
    pictures.plain(axes, grid="both")
    axes.set_xscale("log")
    for one, (marker, colour) in zip(values["curves"], _LOOKS, strict=False):
        _draw(axes, one, marker, colour)
    sizes = values["sizes"]
    axes.xaxis.set_major_locator(FixedLocator([*sizes[:-1:2], sizes[-1]] if len(sizes) > 3 else sizes))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(lambda rows, _: f"{rows:,.0f}")
    axes.yaxis.set_major_formatter(PercentFormatter(xmax=1.0, symbol=" %"))
    axes.set_xlabel("training rows")
    axes.set_ylabel("accuracy")
    axes.legend(frameon=False, fontsize=pictures.SMALL, labelcolor=pictures.INK, loc="lower right")
    return figure


def _draw(axes: "Axes", one: Mapping[str, Any], marker: str, colour: str) -> None:
    import numpy as np

    accuracies = one["outlook"]["accuracies"]
    shown = [found["value"] for found in accuracies]
    ends = [[max(found["value"] - found["low"], 0.0) for found in accuracies],
            [max(found["high"] - found["value"], 0.0) for found in accuracies]]  # fmt: skip
    axes.errorbar(
        one["sizes"], shown, yerr=ends, linestyle="none", marker=marker, markersize=6, color=colour,
        label=one["name"],
    )  # fmt: skip
    law = one["outlook"]["law"]
    if law is not None:
        rows = one["outlook"]["rows"]
        n = np.geomspace(one["sizes"][0], 2 * rows, 60)
        axes.plot(n, 1 - law["floor"] - law["scale"] * (n / rows) ** -law["exponent"], color=colour,
                  linewidth=1.4, linestyle="--")  # fmt: skip


def _caption(values: Mapping[str, Any]) -> str:
    law = values["curves"][0]["outlook"]["law"]
    fitted = "" if law is None else " The broken line is the power law fitted to it, up to twice the rows."
    return f"Each point is the mean of its trainings, the bar its 95 % interval.{fitted}"


def _next_point(point: Mapping[str, Any], rows: int) -> str:
    """Say how many rows more the next point of accuracy takes."""
    if point["value"] is None or point["value"] > _FARTHEST * rows:
        return f"the next point of accuracy takes more than {_FARTHEST} times the rows"
    far = point["high"] is None or point["high"] > _FARTHEST * rows
    high = f"more than {(_FARTHEST - 1) * rows:,}" if far else f"{_more(point['high'], rows)}"
    return (
        f"the next point of accuracy takes about {_more(point['value'], rows)} rows more "
        f"({_more(point['low'], rows)} to {high})"
    )


def _more(wanted: float, rows: int) -> str:
    """Return the rows that are still to be labelled, to two digits."""
    more = max(wanted - rows, 1.0)
    return f"{float(f'{more:.2g}'):,.0f}"


def _failures(values: Mapping[str, Any]) -> Iterator[str]:
    for name, reason in values["failures"].items():
        yield f"{name} failed: {reason}"
