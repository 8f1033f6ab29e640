"""Draws test accuracy on IMDb against the minutes of training, every recipe and peer that has been measured.

    python benchmarks/minutes.py

Nothing is measured here: points are read from benchmarks/results, and what is not there is not drawn. The
minutes are those of two cores, from texts in memory to a trained and tested model; of `accuracy_and_wall.py`
from files on disk; of a student those of its teacher and of the language model too.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median
from typing import Any

import record
from accuracy_and_wall import BESIDE
from results import MissingResultError, Results
from study_tables import BASELINES

PICTURE = record.ROOT / "docs" / "minutes.png"
RECIPE, NETWORK, PEER = "recipes of Tenor", "one network each, 90 s", "linear models, fastText"
# What others published, with what Tenor does without: Sanh et al. 2019, Miyato et al. 2017.
PUBLISHED = {"DistilBERT, pretrained weights": 92.8, "LSTM, virtual adversarial (GPU)": 94.1}
OURS = {"tenor": record.RECIPE, **BESIDE}
_PLACES = (4, 3), (4, -10), (4, 13), (4, -20)  # of a name beside its point, in points
_TICKS = (0.1, 0.3, 1, 3, 10, 30, 100)


@dataclass(frozen=True)
class Point:
    """A model that was trained and tested."""

    sort: str
    name: str
    minutes: float
    accuracy: float  # in percent


def _walls(results: Results) -> Iterator[Point]:
    for name, found in results.figures("accuracy-and-wall")["contestants"].items():
        sort, shown = (RECIPE, OURS[name]) if name in OURS else (PEER, name)
        yield Point(sort, shown, found["median"]["wall_seconds"] / 60, 100 * found["accuracy"])


def _everywhere(results: Results) -> Iterator[Point]:
    timed = {point.name for point in _walls(results)}  # by the wall clock, above
    for name, found in results.figures("everywhere")["sets"]["imdb"]["models"].items():
        if name not in timed and name not in BASELINES:
            yield Point(RECIPE, name, median(found["seconds"]) / 60, 100 * found["accuracy"]["value"])


def _networks(results: Results) -> Iterator[Point]:
    for one in results.figures("architectures-imdb")["models"]:
        if one["kind"] == "network" and one["failed"] is None:
            yield Point(NETWORK, one["name"], one["training_seconds"] / 60, 100 * one["accuracy"]["value"])


def _classic(results: Results) -> Iterator[Point]:
    for name in ("packed", "chapter"):
        found = results.figures(f"recipe-{name}")
        yield Point(RECIPE, name, found["wall_minutes"], 100 * found["test_accuracy"]["value"])


def _distilled(results: Results) -> Iterator[Point]:
    found = results.figures("distillation")
    before = results.figures("language-model-imdb")["training_seconds"]
    taught = median(sum(one["seconds_of_epochs"]) for one in found["teachers"])
    minutes = (before + taught) / 60
    name = found["recipe"]
    yield Point(RECIPE, name, minutes, 100 * mean(one["accuracy"]["value"] for one in found["teachers"]))
    students = found["students"]["teacher, unlabelled text"]
    taking = median(one["seconds"] for one in students) / 60
    accuracy = 100 * mean(one["accuracy"]["value"] for one in students)
    yield Point(RECIPE, f"fast, taught by {name}", minutes + taking, accuracy)


SOURCES: tuple[Callable[[Results], Iterator[Point]], ...] = (
    _walls,
    _everywhere,
    _networks,
    _classic,
    _distilled,
)


def points(results: Results) -> list[Point]:
    """Return what has been measured."""
    found: list[Point] = []
    for source in SOURCES:
        try:
            found += source(results)
        except MissingResultError as missing:
            print(missing)
    return found


def draw(found: list[Point], path: Path) -> None:
    """Draw accuracy against minutes; networks of the comparison without their names."""
    from tenor.report.pictures import BLUE, LINE, MUTED, ORANGE, SMALL, canvas, plain, png

    figure = canvas(330, 480)
    axes = figure.subplots()
    plain(axes, grid="both")
    colours = {}
    for sort, (colour, marker) in {
        RECIPE: (BLUE, "o"),
        PEER: (ORANGE, "^"),
        NETWORK: (MUTED, "."),
    }.items():
        of_sort = [point for point in found if point.sort == sort]
        x, y = [point.minutes for point in of_sort], [point.accuracy for point in of_sort]
        axes.plot(x, y, marker, color=colour, label=sort)
        colours[sort] = colour
    for name, accuracy in PUBLISHED.items():
        axes.axhline(accuracy, color=LINE, linestyle="--", linewidth=1)
        axes.annotate(
            f"{name}: {accuracy} %, published",
            (0.01, accuracy),
            xycoords=("axes fraction", "data"),
            xytext=(0, 2),
            textcoords="offset points",
            fontsize=SMALL - 2,
            color=MUTED,
        )
    axes.set(xscale="log", xlabel="minutes on two cores", ylabel="test accuracy on IMDb, %", xlim=(0.07, 250))
    axes.set_xticks(_TICKS, [f"{minutes:g}" for minutes in _TICKS])
    axes.set_xticks([], minor=True)
    axes.legend(fontsize=SMALL - 1, frameon=False, loc="center right")
    taken: list[Any] = []
    for point in sorted(found, key=lambda one: one.minutes):
        if point.sort != NETWORK:
            taken.append(_labelled(axes, point, taken, fontsize=SMALL - 2, color=colours[point.sort]))
    path.parent.mkdir(parents=True, exist_ok=True)
    png(figure, path)


def _labelled(axes: Any, point: Point, taken: Sequence[Any], **style: Any) -> Any:
    """Write the name of a point where it covers none of the names that are there; return what it covers."""
    for place in _PLACES:
        text = axes.annotate(
            point.name, (point.minutes, point.accuracy), xytext=place, textcoords="offset points", **style
        )
        covers = text.get_window_extent()
        if place == _PLACES[-1] or not any(covers.overlaps(other) for other in taken):
            break
        text.remove()
    return covers


def main() -> None:
    """Read the results, draw, and print the points."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=PICTURE, help=f"default: docs/{PICTURE.name}")
    options = parser.parse_args()
    found = points(Results.read(record.RESULTS))
    for point in sorted(found, key=lambda one: one.minutes):
        print(f"{point.minutes:8.2f} min  {point.accuracy:6.2f} %  {point.name} ({point.sort})")
    draw(found, options.out)


if __name__ == "__main__":
    main()
