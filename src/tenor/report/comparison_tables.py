"""A comparison as tables and sentences for the terminal, from the values of `Comparison.to_json`."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tenor.report.numbers import duration, percent, size
from tenor.report.tables import table, titled

if TYPE_CHECKING:
    from rich.console import RenderableType

_MOST_COLUMNS = 6  # values of a column side by side


def summary(values: Mapping[str, Any]) -> "list[RenderableType]":
    """The main table, what the models cost, each column of kinds, and which differences hold."""
    parts: list[RenderableType] = [_accuracy(values), "", _costs(values)]
    for column in _columns(values):
        parts += ["", _slices(values, column)]
    return [*parts, "", *_sentences(values)]


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
    made = table("model", "parameters", "training", "epochs", "p50 / p99 ms", "texts/s", "peak MiB", "size")
    for model in ranked(values):
        latency = model["latency_ms"]
        made.add_row(
            model["name"],
            f"{model['parameters']:,}",
            duration(model["training_seconds"]),
            f"{model['epochs']:.1f}" if model["epochs"] else "-",
            f"{latency['p50']:.2f} / {latency['p99']:.2f}" if latency else "-",
            f"{model['texts_per_second']:,.0f}" if latency else "-",
            f"{model['peak_memory_mib']:,.0f}" if latency else "-",
            size(model["size_bytes"]),
        )
    return titled("What they cost", made)


def _slices(values: Mapping[str, Any], column: str) -> "RenderableType":
    models = [model for model in ranked(values) if column in model["slices"]]
    names = [f"{one['value']} ({one['rows']:,})" for one in models[0]["slices"][column]]
    made = table(column, *(model["name"] for model in models))
    for number, name in enumerate(names):
        made.add_row(name, *(percent(m["slices"][column][number]["accuracy"]["value"]) for m in models))
    return titled(f"Accuracy by {column}", made)


def _sentences(values: Mapping[str, Any]) -> Sequence[str]:
    """Say which differences hold, of the best model at least."""
    models = ranked(values)
    if len(models) < 2:
        return []
    best = models[0]["name"]
    below = {
        d["b"] if d["a"] == best else d["a"]: d["holds"]
        for d in values["differences"]
        if best in (d["a"], d["b"])
    }
    worse = [name for name, holds in below.items() if holds]
    like = [name for name, holds in below.items() if not holds]
    held = sum(d["holds"] for d in values["differences"])
    said = [
        f"{held} of {len(values['differences'])} differences hold "
        "(paired tests over texts and trainings, corrected for their number)."
    ]
    if worse:
        said.append(f"{best} is better than {', '.join(worse)}.")
    if like:
        said.append(f"No difference was shown between {best} and {', '.join(like)}.")
    return said + [
        f"{one['model']}, seed {one['seed']}, failed: {one['reason']}" for one in values["failures"]
    ]


def ranked(values: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the models that have figures, the most accurate first."""
    there = [model for model in values["models"] if model["accuracy"] is not None]
    return sorted(there, key=lambda model: -model["accuracy"]["value"])


def _columns(values: Mapping[str, Any]) -> list[str]:
    return list(ranked(values)[0]["slices"]) if ranked(values) else []
