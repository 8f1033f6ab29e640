"""The table of confidence: calibration error before and after, and what can be kept at 95 % accuracy."""

from collections.abc import Mapping
from typing import Any

from results import Results, table

DATA = {"imdb": "IMDb", "airline": "airline tweets"}


def confidence(results: Results) -> str:
    """Every model on the test splits."""
    rows = []
    for name, of_models in results.figures("confidence").items():
        for model, found in of_models.items():
            of_test = found["confidence"]["test"]
            temperature = of_test["temperature"]
            rows.append((
                DATA.get(name, name), model, _share(of_test["risk_coverage"][-1]["accuracy"]),
                "" if temperature is None else f"{temperature:.2f}",
                *(f"{of_test[when]['error']:.3f}" for when in ("before", "after")),
                *_kept(found["one_threshold"]), *_kept(found["per_class"])[:1],
            ))  # fmt: skip
    head = (
        "data", "model", "accuracy %", "T", "calibration error before", "after", "kept at 95 %, %",
        "right of it, %", "kept at 95 % of each class, %",
    )  # fmt: skip
    return f"{table(head, rows, left=2)}\n\n{results.measured('confidence')}"


def _kept(found: Mapping[str, Any]) -> tuple[str, str]:
    if "test" not in found:
        return "not reached", ""
    accuracy = found["test"]["accuracy"]  # None where nothing of the test split is kept
    return _share(found["test"]["coverage"]), "" if accuracy is None else _share(accuracy)


def _share(figure: Mapping[str, float]) -> str:
    value, low, high = (100 * figure[key] for key in ("value", "low", "high"))
    return f"{value:.1f} ({low:.1f}-{high:.1f})"


TABLES = {"confidence": confidence}
