"""Made-up results of behaviour checks, in the shape of their JSON."""

from typing import Any

from tenor.evaluation.intervals import wilson


def of_test(name: str, failures: int, cases: int = 20, examples: Any = (), **changes: Any) -> dict[str, Any]:
    made = {
        "name": name,
        "type": "minimum-functionality",
        "capability": "negation",
        "meaning": f"What {name} asks.",
        "label": "negative",
        "must_not": None,
        "tolerance": None,
        "cases": cases,
        "failures": failures,
        "rate": wilson(failures, cases).to_json(),
        "examples": list(examples),
    }
    return {**made, **changes}


def behaviour(*tests: dict[str, Any]) -> dict[str, Any]:
    failures, cases = (sum(test[key] for test in tests) for key in ("failures", "cases"))
    return {
        "suite": "sentiment",
        "fingerprint": "0" * 64,
        "labels": {"negative": "negative", "positive": "positive"},
        "cases": cases,
        "failures": failures,
        "rate": wilson(failures, cases).to_json(),
        "tests": list(tests),
    }


def of_model(rates: dict[str, float]) -> dict[str, Any]:
    """What a comparison holds of one model."""
    tests = {name: wilson(20 * rate, 20).to_json() for name, rate in rates.items()}
    overall = wilson(20 * sum(rates.values()), 20 * len(rates)).to_json()
    return {"trainings": 2, "overall": overall, "tests": tests}
