"""Made-up results of a memory probe and of a search over settings, in the shape of their JSON."""

from typing import Any

DISTANCES = (2, 20, 500)


def probed(name: str, reach: int | None = 20) -> dict[str, Any]:
    return {
        "name": name,
        "parameters": 1234,
        "seeds": [0],
        "reach": reach,
        "accuracy": [
            {"distance": distance, "value": 0.9, "low": 0.85, "high": 0.93} for distance in DISTANCES
        ],
        "gradient": {"distances": [1, 10, 100], "before": [1e-1, 1e-3, 0.0], "after": [1.0, 1e-90, 0.0]},
    }


def probe_values(*tasks: list[str]) -> dict[str, Any]:
    return {
        "settings": {"test_texts": 400, "seeds": 2},
        "chance": 0.5,
        "reached": 0.75,
        "tasks": [
            {
                "name": f"task {n}",
                "meaning": "to know",
                "distance": "words",
                "models": list(map(probed, names)),
            }
            for n, names in enumerate(tasks)
        ],
    }


def trial(number: int, state: str, figure: float | None) -> dict[str, Any]:
    settings = {"training.learning_rate": 0.00123456 * number, "network.pooling": "mean"}
    return {
        "number": number,
        "state": state,
        "figure": figure,
        "settings": settings,
        "epochs": 3,
        "seconds": 61.0,
    }


TRIALS = [
    trial(1, "failed", None),
    trial(2, "complete", 0.8),
    trial(3, "pruned", 0.95),
    trial(4, "complete", 0.9),
]
