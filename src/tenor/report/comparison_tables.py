"""A comparison as tables and sentences for the terminal, from the values of `Comparison.to_json`."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tenor.report.comparison_behaviour import behaviour_tables
from tenor.report.numbers import duration, percent, size
from tenor.report.tables import table, titled

if TYPE_CHECKING:
    from rich.console import RenderableType

_MOST_COLUMNS = 5  # values of a column side by side


def summary(values: Mapping[str, Any]) -> "list[RenderableType]":
    """The main table, what the models cost, the parts of the data, and what all of it says in sentences."""
    from tenor.report.comparison_summary import comparison_summary

    parts: list[RenderableType] = [_accuracy(values), "", _costs(values)]
    for column in _columns(values):
        parts += ["", *_slices(values, column)]
    if behaviour := list(behaviour_tables(values, ranked(values))):
        parts += ["", *behaviour]
    return [*parts, "", *comparison_summary(values)]


def _accuracy(values: Mapping[str, Any]) -> "RenderableType":
    made = table("model", "accuracy", "95 % interval", "each training", "macro F1", "calibration error")
    for model in ranked(values):
        accuracy = model["accuracy"]
        made.add_row(
            model["name"],
            percent(accuracy["value"]),
            f"{100 * accuracy['both']['low']:.1f}-{100 * accuracy['both']['high']:.1f}",
            " ".join(f"{100 * one:.1f}" for one in accuracy["each"]),
            percent(model["macro_f1"]["value"]),
            f"{model['calibration_error']:.3f}",
        )
    texts = values["data"]["rows"]["test"]
    return titled(
        f"Accuracy on {texts:,} test texts, best first; the interval is over texts and trainings", made
    )


def _costs(values: Mapping[str, Any]) -> "RenderableType":
    made = table("model", "parameters", "rate", "training", "epochs", "p50 ms", "texts/s", "MiB", "size")
    for model in ranked(values):
        latency = model["latency_ms"]
        made.add_row(
            model["name"],
            f"{model['parameters']:,}",
            f"{model['learning_rate']:g}" if model.get("learning_rate") else "-",
            duration(model["training_seconds"]),
            f"{model['epochs']:.1f}" if model["epochs"] else "-",
            f"{latency['p50']:.2f}" if latency else "-",
            f"{model['texts_per_second']:,.0f}" if latency else "-",
            f"{model['peak_memory_mib']:,.0f}" if latency else "-",
            size(model["size_bytes"]),
        )
    return titled("What they cost", made)


def _slices(values: Mapping[str, Any], column: str) -> "Iterator[RenderableType]":
    """Models down, values of the column across, a few at a time."""
    models = [model for model in ranked(values) if column in model["slices"]]
    names = [f"{one['value']} ({one['rows']:,})" for one in models[0]["slices"][column]]
    for first in range(0, len(names), _MOST_COLUMNS):
        places = range(first, min(first + _MOST_COLUMNS, len(names)))
        made = table(f"by {column}", *(names[place] for place in places))
        for name in made.columns[1:]:
            name.no_wrap = False
        for model in models:
            shares = [model["slices"][column][place]["accuracy"]["value"] for place in places]
            made.add_row(model["name"], *(f"{100 * share:.1f}" for share in shares))
        yield titled(f"Accuracy by {column}, %", made) if first == 0 else made


def ranked(values: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the models that have figures, the most accurate first."""
    there = [model for model in values["models"] if model["accuracy"] is not None]
    return sorted(there, key=lambda model: -model["accuracy"]["value"])


def _columns(values: Mapping[str, Any]) -> list[str]:
    return list(ranked(values)[0]["slices"]) if ranked(values) else []
