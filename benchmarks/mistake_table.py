"""The table of docs/benchmarks.md about the usual mistakes."""

from collections.abc import Mapping
from typing import Any

from results import Results, table

_TEST = "test accuracy"

# mistake -> what is done, instead of what, and the figure it is seen in
MISTAKES = {
    "last-place": ("state at the last of 400 places", "at the last word", _TEST),
    "last-place-like-lengths": (
        "the same, but texts of like length in one batch, padded to the longest of it",
        "at the last word",
        _TEST,
    ),
    "mean-of-places": ("mean over all 400 places", "over the words", _TEST),
    "random-validation": (
        "validation split off at random",
        "by film",
        "validation minus test accuracy",
    ),
    "chosen-on-test": (
        "best of {candidates} candidates, read on the {texts:,} test texts that chose it",
        "on the others",
        "accuracy",
    ),
    "test-words": ("vocabulary of training and test texts", "of training texts", _TEST),
    "test-ratios": (
        "log-count ratios of training and test texts and their labels",
        "of training texts",
        f"{_TEST} of naive Bayes",
    ),
    "last-epoch": ("last epoch", "that of lowest validation loss", _TEST),
}


def mistakes(results: Results) -> str:
    """What each mistake changes, and what choosing by validation says instead."""
    found = results.figures("mistakes")
    head = ("mistake", "instead of", "figure", "wrong, %", "right, %", "difference, points (95 %)")
    made = table(head, mistake_rows(found), left=3)
    seeds = ", ".join(map(str, found["seeds"]))
    about = f"Seeds: {seeds}; {found['epochs']} epochs. {_batches(found)} {_choice(found)}"
    return f"{made}\n\n{about}\n\n{results.measured('mistakes')}"


def mistake_rows(found: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Return the cells of every mistake measured, a row for each number of texts that chose."""
    rows = []
    for name, cells in MISTAKES.items():
        measured = found["mistakes"][name]
        for one in measured if isinstance(measured, list) else [measured]:
            wrong, right = (f"{100 * one[way]['value']:.2f}" for way in ("wrong", "right"))
            rows.append((*(cell.format_map(one) for cell in cells), wrong, right, _points(one["difference"])))
    return rows


def _batches(found: Mapping[str, Any]) -> str:
    return (
        f"Of random batches of {found['batch_size']}, {100 * found['full_batches']:.0f} % hold a text of 400 "
        "words or more."
    )


def _choice(found: Mapping[str, Any]) -> str:
    most = found["mistakes"]["chosen-on-test"][-1]
    reported, fresh = (_percent(most[way]) for way in ("wrong", "right"))
    first, others = (_percent(most["validation"][part]) for part in ("reported", "fresh"))
    return (
        f"Where {most['texts']:,} test texts choose, the choice reads {reported} of them, which would be the "
        f"figure reported, and {fresh} of the others. What validation chooses from the same candidates reads "
        f"{first} of the former and {others} of the others. On the others the two choices differ by "
        f"{_points(most['gain_on_fresh'])} points."
    )


def _percent(figure: Mapping[str, float]) -> str:
    return f"{100 * figure['value']:.2f} %"


def _points(difference: Mapping[str, float]) -> str:
    """Return a difference of shares and its interval in percentage points, with their signs."""
    value, low, high = (f"{100 * difference[key]:+.2f}" for key in ("value", "low", "high"))
    return f"{value} ({low} to {high})"
