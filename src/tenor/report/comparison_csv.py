"""The main table of a comparison as CSV, from the values of its comparison.json."""

import csv
import io
from collections.abc import Mapping
from typing import Any


def comparison_csv(values: Mapping[str, Any]) -> str:
    """Return the main table as CSV: one row a model, in the order in which they were named."""
    buffer = io.StringIO()
    rows = [_row(model) for model in values["models"]]
    writer = csv.DictWriter(buffer, list(rows[0]) if rows else ["model"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()


def _row(model: Mapping[str, Any]) -> dict[str, Any]:
    spread: dict[str, Any] = {}
    for name in ("accuracy", "macro_f1"):
        found = model[name] or {}
        spread[name] = found.get("value")
        for over in ("both", "over_texts", "over_seeds"):
            for end in ("low", "high"):
                spread[f"{name}_{over}_{end}"] = (found.get(over) or {}).get(end)
    measured = ("calibration_error", "parameters", "training_seconds", "epochs", "size_bytes")
    latency = model["latency_ms"] or {}
    return {
        **{name if name != "name" else "model": model[name] for name in ("name", "kind", "seeds", "failed")},
        **spread,
        **{name: model[name] if model["accuracy"] else None for name in measured},
        "learning_rate": model.get("learning_rate"),
        "peak_memory_mib": model["peak_memory_mib"],
        "latency_p50_ms": latency.get("p50"),
        "latency_p99_ms": latency.get("p99"),
        "texts_per_second": model["texts_per_second"],
        "behaviour_failure_rate": ((model.get("behaviour") or {}).get("overall") or {}).get("value"),
    }
