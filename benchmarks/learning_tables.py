"""The tables of models that learn from more than labels they were given: distillation, suggested labels."""

from collections.abc import Callable, Mapping, Sequence
from statistics import mean, median
from typing import Any

import numpy as np
from results import Results, table

WAYS = {"random": "at random", "uncertain": "by uncertainty", "suggested": "**`tenor suggest`**"}


def distillation(results: Results) -> str:
    """Teachers and students: accuracy, what is lost, size, speed."""
    found = results.figures("distillation")
    rows = [
        ("NB-SVM, 1- to 3-grams", _share(found["nbsvm"]["accuracy"]), "", "", ""),
        (f"teacher: `{found['recipe']}`", *_model(found["teachers"], "")),
    ]
    for kind, students in found["students"].items():
        lost = found["student_minus_teacher"][kind]
        spread = f"{100 * lost['value']:+.2f} ({100 * lost['low']:+.2f} to {100 * lost['high']:+.2f})"
        rows.append((f"student: {kind}", *_model(students, spread)))
    head = (f"{found['rows']:,} test reviews", "accuracy %, each", "minus teacher, points", "MB", "reviews/s")
    taught = [sum(one["seconds_of_epochs"]) / 60 for one in found["teachers"]]
    parts = ", ".join(
        f"{100 * one['validation']['network']:.1f} and {100 * one['validation']['all']:.1f} %"
        for one in found["teachers"]
    )
    said = (
        f"Training a teacher took {median(taught):.0f} minutes after the language model's. "
        f"On validation reviews its network alone and the whole reach {parts}."
    )
    return f"{table(head, rows)}\n\n{said}\n\n{results.measured('distillation', 'language-model-imdb')}"


def suggesting(name: str) -> Callable[[Results], str]:
    """Accuracy by way and number of labels."""

    def make(results: Results) -> str:
        found = results.figures(f"suggesting-{name}")
        rows = [
            (shown, *(f"{100 * share:.1f}" for share in np.mean(found["accuracy"][way], axis=0)))
            for way, shown in WAYS.items()
        ]
        rows += [
            (f"{WAYS[way]}, gain", *(_gain(gain) for gain in gains)) for way, gains in found["gain"].items()
        ]
        made = table(("accuracy %", *(f"{labels:,}" for labels in found["labels"])), rows)
        picture = f"![Accuracy against the number of labelled rows](suggesting-{name}.png)"
        return f"{made}\n\n{picture}\n\n{results.measured(f'suggesting-{name}')}"

    return make


def _model(readings: Sequence[Mapping[str, Any]], lost: str) -> tuple[str, ...]:
    shares = [one["accuracy"]["value"] for one in readings]
    each = ", ".join(f"{100 * share:.2f}" for share in shares)
    size, speed = (mean(one[key] for one in readings) for key in ("bytes", "texts_per_second"))
    return f"{100 * mean(shares):.2f} ({each})", lost, f"{size / 1e6:.1f}", f"{speed:,.0f}"


def _share(found: Mapping[str, float]) -> str:
    return f"{100 * found['value']:.2f}"


def _gain(found: Mapping[str, float]) -> str:
    """Return a gain in points, in bold where its interval leaves out 0."""
    shown = f"{100 * found['value']:+.1f}"
    return f"**{shown}**" if found["low"] > 0 or found["high"] < 0 else shown


TABLES: dict[str, Callable[[Results], str]] = {
    "distillation": distillation,
    "suggesting-imdb": suggesting("imdb"),
    "suggesting-ag_news": suggesting("ag_news"),
}
