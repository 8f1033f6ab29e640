"""The page of a probe: says what its numbers say, escapes names, and holds what may be missing."""

from typing import Any

from markup import read
from searches import probe_values

from tenor.report.probe_page import probe_page


def made(*tasks: list[str], failures: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    found = probe_values(*tasks)
    names = list(dict.fromkeys(name for task in tasks for name in task))
    settings = {**found["settings"], "models": names, "tasks": [task["name"] for task in found["tasks"]]}
    for task in found["tasks"]:
        for model in task["models"]:
            model["seconds"] = 3.0
    return {**found, "settings": settings, "failures": list(failures)}


def test_summary_groups_models_by_how_far_they_reach() -> None:
    found = made(["rnn", "lstm", "bag"])
    for model, reach in zip(found["tasks"][0]["models"], (20, 500, None), strict=True):
        model["reach"] = reach
    text = read(probe_page(found)).text
    assert "lstm up to 500 words; rnn up to 20 words; bag nowhere" in text
    assert "right at least 75.0 % of the time" in text


def test_gradients_are_told_as_shares() -> None:
    text = read(probe_page(made(["rnn"]))).text
    # 1e-1 at one word, nothing at a hundred.
    assert "The gradient at 100 words before the last one" in text
    assert "as a share of that at 1: rnn 0" in text


def test_every_task_has_pictures_and_a_table_and_names_are_escaped() -> None:
    page = probe_page(made(["<b>rnn</b>", "gru"], ["gru"]))
    assert "<b>rnn" not in page
    assert page.count("<svg") == 4
    assert page.count("<table") == 3


def test_failures_are_listed_and_a_task_without_models_breaks_nothing() -> None:
    failure = {"task": "task 1", "model": "rnn", "seed": 0, "reason": "out of memory"}
    text = read(probe_page(made(["gru"], [], failures=(failure,)))).text
    assert "out of memory" in text
    assert "1 training failed" in text
