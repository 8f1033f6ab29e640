"""`ProbeResult`: pooling over seeds, how far a model reaches, plain values."""

import json

import pytest

from tenor.evaluation.intervals import wilson
from tenor.evaluation.probe_result import Cell, Curve, Failure, Gradient, ProbeResult

GRADIENT = Gradient((1, 5), (1e-1, 1e-3), (1.0, 1e-300))


def cell(hits: dict[int, int], *, seed: int = 0, model: str = "gru", task: str = "negation") -> Cell:
    return Cell(task, model, seed, 10, 1.5, 0.9, 40, hits, GRADIENT)


def test_seeds_are_pooled_with_a_wilson_interval() -> None:
    curve = Curve("negation", "gru", (cell({2: 40, 5: 20}), cell({2: 30, 5: 22}, seed=1)))
    assert curve.accuracy() == {2: wilson(70, 80), 5: wilson(42, 80)}
    assert [row["each"] for row in curve.to_json()["accuracy"]] == [[1.0, 0.75], [0.5, 0.55]]


@pytest.mark.parametrize(
    ("hits", "reach"),
    [
        ({2: 40, 5: 39, 9: 36}, 9),
        ({2: 40, 5: 35, 9: 40}, 2),  # what comes after a gap does not count
        ({9: 20, 5: 37, 2: 40}, 5),
        ({2: 20}, None),
    ],
)
def test_reach_is_the_distance_up_to_which_a_model_is_mostly_right(hits: dict[int, int], reach: int) -> None:
    assert Curve("negation", "gru", (cell(hits),)).reach() == reach


def test_gradients_are_averaged_over_seeds() -> None:
    other = Cell("negation", "gru", 1, 10, 1.5, 0.9, 40, {2: 1}, Gradient((1, 5), (3e-1, 0.0), (3.0, 0.0)))
    mean = Curve("negation", "gru", (cell({2: 1}), other)).gradient()
    assert mean.before == pytest.approx((0.2, 5e-4))
    assert mean.after[0] == 2.0


def test_a_cell_goes_through_json_unchanged() -> None:
    one = cell({2: 40, 500: 3})
    assert Cell.from_json(json.loads(json.dumps(one.to_json()))) == one


def test_results_stand_by_task_and_failures_apart() -> None:
    settings = {"tasks": ["first-word", "negation"], "models": ["rnn", "gru"]}
    cells = (cell({2: 40}), cell({2: 20}, model="rnn"), cell({2: 20}, model="rnn", task="first-word"))
    result = ProbeResult(settings, cells, (Failure("first-word", "gru", 0, "why"),))
    values = json.loads(json.dumps(result.to_json(), allow_nan=False))
    found = {task["name"]: [model["name"] for model in task["models"]] for task in values["tasks"]}
    assert found == {"first-word": ["rnn"], "negation": ["rnn", "gru"]}
    assert values["failures"] == [{"task": "first-word", "model": "gru", "seed": 0, "reason": "why"}]
