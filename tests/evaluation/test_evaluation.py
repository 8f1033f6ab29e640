"""`evaluate`: every figure with its interval, JSON-ready, and one clear line when the input does not fit."""

import json

import numpy as np
import pytest

from tenor.errors import InputError
from tenor.evaluation.evaluation import AVERAGED, LENGTH, evaluate
from tenor.evaluation.metrics import log_loss, predicted_classes
from tenor.evaluation.ranking import roc_auc


def predictions(rows=300, classes=3, seed=0):
    random = np.random.default_rng(seed)
    labels = random.integers(classes, size=rows)
    scores = random.normal(size=(rows, classes))
    scores[np.arange(rows), labels] += 1.0
    scores = np.exp(scores)
    return labels, scores / scores.sum(axis=1, keepdims=True)


def test_values_are_those_of_the_rows_and_lie_in_their_intervals():
    labels, probabilities = predictions()
    found = evaluate(labels, probabilities, ["a", "b", "c"], resamples=200, seed=0)
    assert tuple(found.metrics) == AVERAGED
    assert found.metrics["roc_auc"].value == pytest.approx(roc_auc(labels, probabilities))
    assert found.metrics["log_loss"].value == pytest.approx(log_loss(labels, probabilities))
    accuracy = (predicted_classes(probabilities) == labels).mean()
    assert found.metrics["accuracy"].value == pytest.approx(accuracy)
    assert found.metrics["weighted_recall"].value == pytest.approx(accuracy)
    per_class = [figure for one in found.per_class for figure in (one.precision, one.recall, one.f1)]
    for figure in [*found.metrics.values(), *per_class]:
        assert figure.low < figure.value < figure.high
    assert [one.support for one in found.per_class] == np.bincount(labels).tolist()
    assert found.confusion.sum() == found.rows == 300
    assert found.metrics["macro_f1"].value == pytest.approx(
        np.mean([one.f1.value for one in found.per_class])
    )


def test_same_seed_same_intervals_and_another_seed_others():
    labels, probabilities = predictions(80)
    first, again, other = (
        evaluate(labels, probabilities, "abc", resamples=50, seed=seed).to_json() for seed in (0, 0, 1)
    )
    assert first == again
    assert first["metrics"] != other["metrics"]


def test_everything_right_still_leaves_room_below_for_shares():
    labels = np.arange(40) % 2
    found = evaluate(labels, np.eye(2)[labels], ["no", "yes"], resamples=50, seed=0)
    for figure in (found.metrics["accuracy"], found.metrics["weighted_recall"], found.per_class[1].precision):
        assert figure.value == figure.high == 1.0
        assert 0.8 < figure.low < 1.0
    assert found.metrics["macro_f1"].low == 1.0  # documented: no formula, so no width


def test_an_absent_class_has_no_roc_auc_and_knows_nothing_of_its_own_figures():
    found = evaluate([0, 0, 0], [[0.9, 0.1], [0.8, 0.2], [0.7, 0.3]], ["no", "yes"], resamples=20, seed=0)
    assert found.metrics["roc_auc"] is None
    assert found.to_json()["metrics"]["roc_auc"] is None
    absent = found.per_class[1]
    assert absent.support == 0
    assert (absent.recall.low, absent.recall.high) == (0.0, 1.0)


@pytest.mark.parametrize("label", [0, 1])
def test_one_row_is_enough(label):
    found = evaluate([label], [[0.9, 0.1]], ["no", "yes"], resamples=20, seed=0)
    assert found.metrics["accuracy"].value == 1.0 - label
    assert 0 < found.metrics["accuracy"].high - found.metrics["accuracy"].low < 1
    json.dumps(found.to_json(), allow_nan=False)


def test_json_is_strict_and_complete():
    labels, probabilities = predictions(60)
    kinds = ["short" if i % 2 else "long" for i in range(60)]
    found = evaluate(
        labels, probabilities, "abc", resamples=20, seed=5, slices={"kind": kinds}, lengths=np.arange(60)
    )
    data = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert set(data["slices"]) == {"kind", LENGTH}
    assert data["classes"] == ["a", "b", "c"]
    assert data["bootstrap"] == {"resamples": 20, "seed": 5}
    assert np.array(data["confusion"]).sum() == data["rows"] == 60
    assert sum(one["rows"] for one in data["slices"][LENGTH]) == 60
    assert len(data["slices"][LENGTH]) == 4


@pytest.mark.parametrize(
    ("labels", "probabilities", "message"),
    [
        ([0, 1], [[0.5, 0.5]], "do not fit 2 classes"),
        ([0], [[0.2, 0.3, 0.5]], r"give labels \(N,\) and probabilities \(N, 2\)"),
        ([], np.zeros((0, 2)), "no row to evaluate"),
        ([2], [[0.5, 0.5]], "from 0 to 1"),
        ([-1], [[0.5, 0.5]], "from 0 to 1"),
        ([0.5], [[0.5, 0.5]], "whole numbers"),
        ([0], [[np.nan, 0.5]], "not finite"),
        ([0], [[-3.0, 2.0]], "between 0 and 1"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_line(labels, probabilities, message):
    with pytest.raises(InputError, match=message) as raised:
        evaluate(labels, probabilities, ["no", "yes"], resamples=10, seed=0)
    assert "\n" not in str(raised.value)


def test_slices_need_one_value_a_row():
    with pytest.raises(InputError, match="1 values for 2 rows"):
        evaluate([0, 1], np.eye(2), ["a", "b"], resamples=5, seed=0, slices={"kind": ["x"]})
    with pytest.raises(InputError, match="3 lengths for 2 rows"):
        evaluate([0, 1], np.eye(2), ["a", "b"], resamples=5, seed=0, lengths=[1, 2, 3])
