"""The tables of docs/architectures.md, from the results of architectures.py."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from results import Results, table

CORPORA = {"imdb": "IMDb", "movies": "`movies`", "products": "`products`"}
# Each two that differ in one thing.
PAIRS = {
    ("gru", "lstm"): "GRU for LSTM",
    ("bigru", "bilstm"): "the same, both directions",
    ("bilstm", "lstm"): "both directions for one, LSTM",
    ("bigru", "gru"): "both directions for one, GRU",
    ("bilstm-attention", "bilstm"): "attention for mean-max pooling",
    ("lstm", "rnn"): "LSTM for plain RNN",
    ("mingru", "gru"): "minGRU for GRU",
    ("transformer", "bilstm"): "transformer for BiLSTM",
    ("cnn-max", "bag-mean"): "CNN for bag of words",
}
_KIND, _PLAIN = "kind", "plain"
_DISTANCES = (5, 20, 100, 500)


def comparison(name: str) -> Callable[[Results], str]:
    """Return the table of one comparison: how right, and what it costs."""

    def made(results: Results) -> str:
        found = results.figures(f"architectures-{name}")
        rows = []
        for model in ranked(found):
            accuracy, latency = model["accuracy"], model["latency_ms"]
            rows.append((
                model["name"], _percent(accuracy["value"]), _interval(accuracy["both"]),
                ", ".join(_percent(one) for one in accuracy["each"]), _percent(model["macro_f1"]["value"]),
                f"{model['calibration_error']:.3f}", f"{model['parameters']:,}",
                f"{model['learning_rate']:g}" if model["learning_rate"] else "",
                f"{model['training_seconds']:,.0f}", f"{model['epochs']:.1f}" if model["epochs"] else "",
                f"{latency['p50']:.2f} / {latency['p99']:.2f}" if latency else "",
                f"{model['texts_per_second']:,.0f}" if latency else "",
                f"{model['peak_memory_mib']:,.0f}" if latency else "",
                f"{model['size_bytes'] / 1e6:.1f}",
            ))  # fmt: skip
        head = (
            "model", "accuracy %", "95 %", "each training", "macro F1 %", "calibration error", "parameters",
            "rate", "training, s", "epochs", "one text p50 / p99, ms", "texts/s", "peak MiB", "MB",
        )  # fmt: skip
        return f"{table(head, rows)}\n\n{_terms(found)}\n\n{results.measured(f'architectures-{name}')}"

    return made


def pairs(results: Results) -> str:
    """What each choice between two brings, on each corpus, and whether it holds."""
    found = {name: results.figures(f"architectures-{name}") for name in CORPORA}
    rows = []
    for (new, old), shown in PAIRS.items():
        cells = [_difference(of, new, old) for of in found.values()]
        rows.append((shown, *cells))
    head = ("choice", *(f"{shown}, points (95 %)" for shown in CORPORA.values()))
    return table(head, rows)


def kinds(results: Results) -> str:
    """Accuracy by kind of text on the built-in corpora, the best model first."""
    parts = []
    for name in ("movies", "products"):
        models = ranked(results.figures(f"architectures-{name}"))
        values = [one["value"] for one in models[0]["slices"][_KIND]]
        values = [value for value in values if value != _PLAIN] + [_PLAIN]
        rows = []
        for model in models:
            shares = {one["value"]: one["accuracy"]["value"] for one in model["slices"][_KIND]}
            rows.append((model["name"], *(_percent(shares[value]) for value in values)))
        parts.append(table((CORPORA[name], *values), rows))
    return "\n\n".join(parts)


def probe(results: Results) -> str:
    """How far each architecture reaches on each task, and how right it is at some distances."""
    found = results.figures("architectures-probe")
    rows = []
    for task in found["tasks"]:
        for model in task["models"]:
            shares = {one["distance"]: one["value"] for one in model["accuracy"]}
            reach = model["reach"]
            rows.append((
                task["name"], model["name"], "nowhere" if reach is None else str(reach),
                *(_percent(shares[distance]) for distance in _DISTANCES if distance in shares),
            ))  # fmt: skip
    head = ("task", "model", "90 % up to", *(f"% at {distance}" for distance in _DISTANCES))
    made = table(head, rows, left=2)
    return f"{made}\n\n{results.measured('architectures-probe')}"


def ranked(found: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the models with figures, the most accurate first."""
    there = [model for model in found["models"] if model["accuracy"] is not None]
    return sorted(there, key=lambda model: -model["accuracy"]["value"])


def _difference(found: Mapping[str, Any], new: str, old: str) -> str:
    for one in found["differences"]:
        if {one["a"], one["b"]} == {new, old}:
            sign = 1 if one["a"] == new else -1
            value, *ends = (sign * 100 * one["difference"][key] for key in ("value", "low", "high"))
            shown = f"{value:+.1f} ({min(ends):+.1f} to {max(ends):+.1f})"
            return f"**{shown}**" if one["holds"] else shown
    return ""


def _terms(found: Mapping[str, Any]) -> str:
    rows, terms = found["data"]["rows"], found["terms"]
    budget = f"{terms['budget_seconds']:.0f} s of training each" if terms["budget_seconds"] else (
        f"at most {terms['epochs']} epochs each")  # fmt: skip
    failures = "".join(f" {one['model']} failed: {one['reason']}." for one in found["failures"])
    return (
        f"{rows['train']:,} training, {rows['validation']:,} validation, {rows['test']:,} test texts; "
        f"{budget}; "
        f"seeds {_listed(terms['seeds'])}; {terms['precision']}, {terms['threads']} "
        f"thread{'s' if terms['threads'] > 1 else ''} a training.{failures}"
    )


def _listed(values: Sequence[object]) -> str:
    return ", ".join(map(str, values))


def _interval(ends: Mapping[str, float]) -> str:
    return f"{_percent(ends['low'])}-{_percent(ends['high'])}"


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"


TABLES: dict[str, Callable[[Results], str]] = {
    **{f"architectures-{name}": comparison(name) for name in CORPORA},
    "architectures-pairs": pairs,
    "architectures-kinds": kinds,
    "architectures-probe": probe,
}
