"""The page of a search: the best recipe, what it cost, what mattered."""

from typing import Any

import pytest
from markup import read
from searches import TRIALS

from tenor.report.tuning_page import tuning_page


def values(measure: str = "validation accuracy", **changes: Any) -> dict[str, Any]:
    trials = [{**one, "reason": ""} for one in TRIALS]
    trials[0]["reason"] = "<i>out of memory</i>"
    best = trials[3 if measure.endswith("accuracy") else 1]
    importance = {"training.learning_rate": 0.75, "network.pooling": 0.25}
    return {"measure": measure, "trials": trials, "best": best, "importance": importance, **changes}


def test_page_names_the_best_trial_the_recipe_and_what_mattered() -> None:
    page = tuning_page(values(), recipe="runs/my tune/best.yaml")
    text = read(page).text
    assert "Trial 4 is best: validation accuracy 90.0 %" in text
    assert "tenor train --config 'runs/my tune/best.yaml'" in text
    assert "training.learning_rate mattered most: 75.0 %" in text
    assert "4 trials took 4:04 min, 1 given up early, 1 failed." in text
    assert page.count("<svg") == 2
    assert "<i>out" not in page


def test_a_loss_is_shown_as_a_number() -> None:
    assert "validation loss 0.8000" in read(tuning_page(values("validation loss"), recipe="b")).text


@pytest.mark.parametrize("kept", [slice(1, 2), slice(0, 2)])
def test_few_trials_have_a_page_without_importance(kept: slice) -> None:
    found = values(importance={})
    found = {**found, "trials": found["trials"][kept], "best": found["trials"][1]}
    text = read(tuning_page(found, recipe="b")).text
    assert "Too few trials" in text


def test_the_first_trial_is_compared_when_another_won() -> None:
    found = values()
    found["trials"][0] = {**found["trials"][0], "state": "complete", "figure": 0.5, "reason": ""}
    assert (
        "Trial 1, with the settings as they were given, had 50.0 %."
        in read(tuning_page(found, recipe="b")).text
    )
