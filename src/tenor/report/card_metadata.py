"""What the hub reads of a card before any person does: its metadata, as YAML.

The fields are those of the hub's model cards; the figures stand in `model-index`, each with the identifier
that the library `evaluate` has for it.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tenor.report.numbers import one_line

Values = Mapping[str, Any]

_TASK = "text-classification"
_UNKNOWN = "unknown"  # as the hub calls a licence that nobody stated

# figure of an evaluation -> identifier, name, arguments
_METRICS: dict[str, tuple[str, str, Mapping[str, str]]] = {
    "accuracy": ("accuracy", "Accuracy", {}),
    "macro_f1": ("f1", "Macro F1", {"average": "macro"}),
    "macro_precision": ("precision", "Macro precision", {"average": "macro"}),
    "macro_recall": ("recall", "Macro recall", {"average": "macro"}),
    "roc_auc": ("roc_auc", "ROC AUC", {}),
}


def judged(values: Values) -> str | None:
    """Return the split whose figures a card shows: test, else validation; None without figures."""
    return next((split for split in ("test", "validation") if split in (values["metrics"] or {})), None)


def front_matter(values: Values) -> str:
    """Return the metadata as YAML; what is not known is left out."""
    import yaml

    split = judged(values)
    metrics = [] if split is None else list(_metrics(values["metrics"][split]["metrics"]))
    found: dict[str, Any] = {
        "language": list(values["languages"]),
        "license": values["license"] or _UNKNOWN,
        "library_name": "tenor",
        "pipeline_tag": _TASK,
        "tags": ["tenor", values["network"]],
        "datasets": [values["dataset"]] if values["dataset"] else [],
        "metrics": [metric["type"] for metric in metrics],
        "model-index": [{"name": one_line(values["name"]), "results": [_result(values, str(split), metrics)]}]
        if metrics
        else [],
    }
    given = {name: value for name, value in found.items() if value}
    return str(yaml.safe_dump(given, sort_keys=False, allow_unicode=True))


def _result(values: Values, split: str, metrics: list[dict[str, Any]]) -> dict[str, Any]:
    name = one_line(str(values["data"].get("source") or "texts that were not named"))
    identifier = values["dataset"] or re.sub(r"[^\w.-]+", "-", name).strip("-") or "texts"
    return {
        "task": {"type": _TASK, "name": "Text classification"},
        "dataset": {"type": identifier, "name": name, "split": split},
        "metrics": metrics,
    }


def _metrics(figures: Values) -> Iterator[dict[str, Any]]:
    for figure, (identifier, name, arguments) in _METRICS.items():
        if figures.get(figure) is not None:
            value = {"type": identifier, "name": name, "value": round(figures[figure]["value"], 4)}
            yield {**value, "args": dict(arguments)} if arguments else value
