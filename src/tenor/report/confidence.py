"""What is shown of a model's confidence: sentences, a table, and two pictures, from plain values.

`found` is what `Confidence.to_json` makes, `rule` what `Abstention.to_json` makes.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenor.report import pictures
from tenor.report.numbers import count, percent, percent_share
from tenor.report.page import Picture, Section, Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

RELIABILITY, RISK_COVERAGE = "reliability.png", "risk-coverage.png"

_HEIGHT = 240
_LEAST_SHARE = 0.1  # of the texts, from which on a curve must be within the picture
_LINE = "Where a model is as sure as it is right, the marks lie on the line; on average they are"
_MOST_AREA = 70  # of a mark, in square points: that of a bin with all texts


def confidence_section(metrics: Mapping[str, Any]) -> Section:
    """Return the part of a page about confidence; empty where the figures (of metrics.json) have none."""
    found = by_split(metrics)
    if not found:
        return Section("confidence", "Confidence")
    shown = found.get("test") or found["validation"]
    return Section(
        "confidence",
        "Confidence",
        text=scaling_sentence(shown, tested="test" in found),
        pictures=[
            Picture(
                pictures.svg(reliability(shown), "reliability", *_RELIABILITY), reliability_sentence(shown)
            ),
            Picture(pictures.svg(risk_coverage(shown), "risk", *_RISK), coverage_sentence(shown)),
        ],
        tables=[confidence_table(found)],
    )


def by_split(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Return the confidence of each split that has it, from figures as in metrics.json."""
    return {
        split: metrics[split]["confidence"]
        for split in ("validation", "test")
        if "confidence" in metrics.get(split, {})
    }


def confidence_table(found: Mapping[str, Any]) -> Table:
    """Return calibration error and Brier score of each split."""
    rows = [
        [f"{split}, {count(one['after']['rows'], 'text')}", *figures(one)] for split, one in found.items()
    ]
    columns = ("texts", "error before", "error after", "Brier before", "Brier after")
    return Table("Expected calibration error and Brier score", columns, rows)


_RELIABILITY = ("Reliability", "Share of right readings against the probability of the predicted class.")
_RISK = (
    "Accuracy and coverage",
    "Share of right readings among the surest texts, against how many these are.",
)


def write_pictures(found: Mapping[str, Any], folder: Path, kept: Mapping[str, Any] | None = None) -> None:
    """Write both pictures as PNG files; `kept` is marked in the second, as `Kept.to_json` makes it."""
    pictures.png(reliability(found), folder / RELIABILITY)
    pictures.png(risk_coverage(found, kept), folder / RISK_COVERAGE)


def figures(found: Mapping[str, Any]) -> list[str]:
    """Return expected calibration error and Brier score, each before and after the temperature."""
    return [f"{found[when][name]:.3f}" for name in ("error", "brier") for when in ("before", "after")]


def scaling_sentence(found: Mapping[str, Any], *, tested: bool = True) -> str:
    """Say what was done to the probabilities, and which figures can be trusted."""
    if found["temperature"] is None:
        return f"The probabilities are as the network gives them: {found['reason']}."
    said = f"Logits are divided by {found['temperature']:.3f}, the temperature fitted to the validation texts"
    if tested:
        return f"{said}, so that it flatters these; the figures of the test texts are the honest ones."
    return f"{said}, so that it flatters these; only a test split would give honest figures."


def reliability_sentence(found: Mapping[str, Any]) -> str:
    """Say how far probability and accuracy lie apart."""
    before, after = (100 * found[when]["error"] for when in ("before", "after"))
    if found["temperature"] is None:
        return f"{_LINE} {before:.1f} points off."
    return f"{_LINE} {before:.1f} points off before the temperature and {after:.1f} after it."


def coverage_sentence(found: Mapping[str, Any]) -> str:
    """Say what holding back the less sure half is worth."""
    points = [one for one in found["risk_coverage"] if one["accuracy"] is not None]
    half = min(points, key=lambda one: abs(one["coverage"]["value"] - 0.5))
    return (
        f"Of all texts {percent(points[-1]['accuracy']['value'])} are read right, of the surest "
        f"{percent(half['coverage']['value'])} of them {percent(half['accuracy']['value'])}."
    )


def abstention_sentence(rule: Mapping[str, Any], classes: Sequence[str]) -> str:
    """Say what is held back, and what that did on the validation texts."""
    thresholds: list[float | None] = rule["thresholds"]
    if not any(one is None or one > 0 for one in thresholds):
        said = "nothing is ambiguous"
    elif rule["per_class"]:
        least = [
            f"{name} {one:.4g}" for name, one in zip(classes, thresholds, strict=True) if one is not None
        ]
        never = [name for name, one in zip(classes, thresholds, strict=True) if one is None]
        said = f"ambiguous is what is less probable than, by predicted class, {', '.join(least)}"
        if never:
            said += (
                f", and all that is read as {', '.join(never)}, for which no threshold is sure to be enough"
            )
    else:
        said = f"ambiguous is what is less probable than {thresholds[0]:.4g}"
    kept = rule["validation"]
    if kept is None:
        return f"{said}; the model holds no validation data that says what this keeps"
    return (
        f"{said}; of {count(kept['rows'], 'validation text')} that keeps {percent_share(kept['coverage'])}, "
        f"and {percent_share(kept['accuracy'])} of those are read right"
    )


def unfamiliar_sentence(most_unknown: float) -> str:
    """Say which texts are held back as unfamiliar."""
    return (
        f"texts with more than {percent(most_unknown)} unknown words are called ambiguous, however sure "
        "the model is; hardly any validation text has so many"
    )


def reliability(found: Mapping[str, Any]) -> "Figure":
    """Draw accuracy against confidence, bin by bin; the larger a mark, the more texts."""
    figure, axes = _axes()
    lines = [("before", "before", pictures.ORANGE, "s", "--"), ("after", "after", pictures.BLUE, "o", "-")]
    if found["temperature"] is None:
        lines = [("after", "the model", pictures.BLUE, "o", "-")]
    least = min(
        one["confidence"] for when in ("before", "after") for one in found[when]["bins"] if one["rows"]
    )
    axes.plot(
        [least, 1], [least, 1], color=pictures.MUTED, linestyle=":", linewidth=1.4, label="as sure as right"
    )
    for when, label, colour, marker, dashes in lines:
        bins = [one for one in found[when]["bins"] if one["rows"]]
        x, y = [one["confidence"] for one in bins], [one["accuracy"] for one in bins]
        areas = [8 + _MOST_AREA * one["rows"] / found[when]["rows"] for one in bins]
        axes.plot(x, y, color=colour, linestyle=dashes, linewidth=1.6, label=label)
        axes.scatter(x, y, s=areas, color=colour, marker=marker)
    axes.set(xlabel="probability of the predicted class", ylabel="of these, right")
    _legend(figure)
    return figure


def risk_coverage(found: Mapping[str, Any], kept: Mapping[str, Any] | None = None) -> "Figure":
    """Draw the accuracy of what is kept against how much that is, with its 95 % interval."""
    figure, axes = _axes()
    points = [one for one in found["risk_coverage"] if one["accuracy"] is not None]
    x = [one["coverage"]["value"] for one in points]
    value, low, high = ([one["accuracy"][name] for one in points] for name in ("value", "low", "high"))
    axes.fill_between(x, low, high, color=pictures.BLUE, alpha=0.15, linewidth=0, label="95 % interval")
    axes.plot(x, value, color=pictures.BLUE, linewidth=2, label="accuracy")
    if kept is not None and kept["accuracy"] is not None:
        axes.plot(kept["coverage"]["value"], kept["accuracy"]["value"], "D", color=pictures.ORANGE,
                  markersize=6, linestyle="none", label="as asked")  # fmt: skip
    # Of very few texts the interval is wide; the picture is not about it.
    least = min(end for share, end in zip(x, low, strict=True) if share >= _LEAST_SHARE)
    axes.set(xlim=(0, 1.01), ylim=(least - 0.01, 1.005), xlabel="texts kept, the surest first")
    axes.set_ylabel("of these, right")
    _legend(figure)
    return figure


def _axes() -> "tuple[Figure, Axes]":
    from matplotlib.ticker import PercentFormatter

    figure = pictures.canvas(_HEIGHT)
    axes = figure.subplots()
    pictures.plain(axes, grid="both")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(PercentFormatter(xmax=1.0, symbol=" %"))
    return figure, axes


def _legend(figure: "Figure") -> None:
    figure.legend(loc="outside upper left", ncols=3, frameon=False, fontsize=pictures.SMALL,
                  labelcolor=pictures.INK, handlelength=1.6, columnspacing=1.2)  # fmt: skip
