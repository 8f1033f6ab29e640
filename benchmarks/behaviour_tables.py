"""What is made of the trainings of behaviour.py: rates, changes, and the tables of docs/benchmarks.md."""

from collections.abc import Callable, Mapping, Sequence
from statistics import mean, variance
from typing import Any

from results import Results, table

from tenor.evaluation import student
from tenor.evaluation.intervals import wilson

CORPORA = {"imdb": "IMDb", "movies": "`movies`", "products": "`products`"}
WITHOUT, WITH = "without", "with"


def summary(results: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return rates and accuracy by model without and with variants, and what the variants change."""
    return {
        model: _model([one for one in results if one["model"] == model])
        for model in dict.fromkeys(one["model"] for one in results)
    }


def overview(results: Results) -> str:
    """Accuracy and the share of all cases that fail, by corpus and model, and how variants change them."""
    rows = []
    there = [name for name in CORPORA if results.has(f"behaviour-{name}")]
    for name in there or CORPORA:  # without any, the first that is missing is named
        for model, found in results.figures(f"behaviour-{name}")["models"].items():
            rows.append((
                CORPORA[name], model,
                *(_percent(found[side]["accuracy"]) for side in (WITHOUT, WITH)),
                _points(found["change"]["accuracy"]),
                *(_interval(found[side]["overall"]) for side in (WITHOUT, WITH)),
                _points(found["change"]["overall"]),
            ))  # fmt: skip
    head = (
        "trained on", "model", "accuracy %", "with variants", "points (95 %)", "failures % (95 %)",
        "with variants", "points (95 %)",
    )  # fmt: skip
    made = table(head, rows, left=2)
    return f"{made}\n\n{results.measured(*(f'behaviour-{name}' for name in there))}"


def by_test(name: str) -> Callable[[Results], str]:
    """Return the table of one corpus: the share of cases that fail, by test, without -> with variants."""

    def made(results: Results) -> str:
        models = results.figures(f"behaviour-{name}")["models"]
        tests = next(iter(models.values()))[WITHOUT]["tests"]
        rows = [
            (test, *(" → ".join(_percent(found[side]["tests"][test]["value"]) for side in (WITHOUT, WITH))
                     for found in models.values()))
            for test in tests
        ]  # fmt: skip
        return table((f"trained on {CORPORA[name]}", *models), rows)

    return made


def labels(results: Results) -> str:
    """How often the rule that labels sentences of longer reviews is right."""
    rows = [
        (
            name,
            f"{found['sentences']:,}",
            f"{found['labelled']:,}",
            f"{found['right']:,}",
            _interval(found["share"]),
        )
        for name, found in results.figures("variant-labels").items()
    ]
    made = table(("sentences of", "sentences", "labelled", "right", "right % (95 %)"), rows)
    return f"{made}\n\n{results.measured('variant-labels')}"


TABLES: dict[str, Callable[[Results], str]] = {
    "behaviour": overview,
    **{f"behaviour-{name}": by_test(name) for name in CORPORA},
    "variant-labels": labels,
}


def _model(results: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the figures of one model: without variants, with them, and the change."""
    cases = results[0]["cases"]
    sides = {
        name: [one for one in results if bool(one["share"]) == (name == WITH)] for name in (WITHOUT, WITH)
    }
    found: dict[str, Any] = {
        name: {
            "accuracy": mean(one["accuracy"]["value"] for one in side),
            "overall": wilson(
                mean(sum(one["failures"].values()) for one in side), sum(cases.values())
            ).to_json(),
            "tests": {
                test: wilson(mean(one["failures"][test] for one in side), count).to_json()
                for test, count in cases.items()
            },
        }
        for name, side in sides.items()
    }
    found["change"] = {
        "accuracy": _change(sides, lambda one: one["accuracy"]["value"]),
        "overall": _change(sides, lambda one: sum(one["failures"].values()) / sum(cases.values())),
        "tests": {
            test: _change(sides, lambda one, test=test, count=count: one["failures"][test] / count)  # type: ignore[misc]
            for test, count in cases.items()
        },
    }
    return found


def _change(
    sides: Mapping[str, Sequence[Mapping[str, Any]]], figure: Callable[[Mapping[str, Any]], float]
) -> dict[str, float | None]:
    """Return the mean change of a figure over seeds, with its t interval where there are two or more."""
    changes = [figure(new) - figure(old) for old, new in zip(sides[WITHOUT], sides[WITH], strict=True)]
    if len(changes) == 1:
        return {"value": changes[0], "low": None, "high": None}
    spread = variance(changes) / len(changes)
    return {**student.interval(mean(changes), spread, len(changes) - 1, -1.0, 1.0).to_json()}


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"


def _interval(rate: Mapping[str, float]) -> str:
    return f"{_percent(rate['value'])} ({_percent(rate['low'])} to {_percent(rate['high'])})"


def _points(change: Mapping[str, float | None]) -> str:
    value, low, high = (change[key] for key in ("value", "low", "high"))
    assert value is not None
    shown = f"{100 * value:+.1f}"
    return shown if low is None or high is None else f"{shown} ({100 * low:+.1f} to {100 * high:+.1f})"
