"""Made-up results of a comparison, in the shape of comparison.json."""

from typing import Any


def spread(value: float, seeds: int = 3, width: float = 0.01) -> dict[str, Any]:
    ends = {"low": max(value - width, 0.0), "high": min(value + width, 1.0)}
    return {
        "value": value,
        "over_texts": ends,
        "over_seeds": dict(ends) if seeds > 1 else None,
        "both": dict(ends),
        "each": [value] * seeds,
    }


def model(
    name: str, accuracy: float | None, *, seconds: float = 10.0, seeds: int = 3, **changes: Any
) -> dict:
    baseline = name in {"majority", "tfidf", "nbsvm"}
    kinds = changes.pop("kinds", {"plain": accuracy, "negated": accuracy})
    made = {
        "name": name,
        "kind": "baseline" if baseline else "network",
        "seeds": seeds if accuracy is not None else 0,
        "failed": None,
        "accuracy": None if accuracy is None else spread(accuracy, seeds),
        "macro_f1": None if accuracy is None else spread(accuracy, seeds),
        "calibration_error": 0.031,
        "parameters": 0 if baseline else 120_000,
        "training_seconds": seconds,
        "epochs": 0.0 if baseline else 3.0,
        "peak_memory_mib": None if baseline else 410.0,
        "latency_ms": None if baseline else {"p50": seconds / 10, "p99": seconds / 5},
        "texts_per_second": None if baseline else 5000.0,
        "size_bytes": 480_000,
        "slices": {
            "kind": [
                {"value": value, "rows": 100, "accuracy": {"value": a, "low": a - 0.02, "high": a + 0.02}}
                for value, a in kinds.items()
                if a is not None
            ]
        },
        "history": []
        if baseline
        else [
            [{"epoch": epoch, "train_loss": 1 / epoch, "validation_accuracy": (accuracy or 0) - 0.1 / epoch}
             for epoch in (1, 2, 3)]
        ] * seeds,
    }  # fmt: skip
    return {**made, **changes}


def difference(a: str, b: str, value: float, holds: bool) -> dict[str, Any]:
    return {
        "a": a,
        "b": b,
        "difference": {"value": value, "low": value - 0.005, "high": value + 0.005},
        "p_mcnemar": 0.01 if holds else 0.4,
        "p_bootstrap": 0.01 if holds else 0.4,
        "adjusted": 0.02 if holds else 1.0,
        "holds": holds,
    }


def comparison(models: list[dict], differences: list[dict] = (), **changes: Any) -> dict[str, Any]:  # type: ignore[assignment]
    made = {
        "data": {
            "source": "movies",
            "classes": ["negative", "positive"],
            "rows": {"train": 1000, "validation": 100, "test": 200},
            "warnings": [],
            "notes": ["4 rows without text were dropped"],
        },
        "terms": {"epochs": 3, "budget_seconds": None, "seeds": [0, 1, 2], "jobs": 1},
        "models": models,
        "differences": list(differences),
        "texts": [
            {
                "text": "not a bad film",
                "label": "positive",
                "predictions": {
                    one["name"]: {"label": "positive" if place % 2 else "negative", "probability": 0.8}
                    for place, one in enumerate(models)
                    if one["accuracy"] is not None
                },
            }
        ],
        "failures": [],
        "settings": {"training": {"epochs": 3}},
        "environment": {"tenor": "0.1", "cores": 2, "libraries": {"torch": "2.5"}},
        "sweep": None,
    }
    return {**made, **changes}
