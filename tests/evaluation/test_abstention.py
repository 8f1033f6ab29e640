"""Abstention: the lowest threshold that keeps the promise, which holds on other texts as well."""

import itertools
import json
import math

import numpy as np
import pytest

from tenor.errors import ConfigError, InputError
from tenor.evaluation.abstention import Abstention, Kept, below, reaching, risk_coverage
from tenor.evaluation.intervals import wilson

CLASSES = ("negative", "positive")


def two(*positive):
    return np.array([[1 - p, p] for p in positive])


def honest(rows, seed):
    """Return probabilities (N, 2) and labels that are drawn from them."""
    random = np.random.default_rng(seed)
    positive = random.beta(0.5, 0.5, rows)
    return (random.random(rows) < positive).astype(int), two(*positive)


def test_a_threshold_by_hand():
    rule = below(0.8, 2)
    probabilities = two(0.9, 0.7, 0.1, 0.2, 0.21)
    assert rule.abstained(probabilities).tolist() == [False, True, False, False, True]
    assert [rule.holds_back(1, p) for p in (0.9, 0.8, 0.7)] == [False, False, True]
    assert rule.kept([1, 1, 1, 0, 0], probabilities) == Kept(5, 3, 2)
    assert rule.kept_by_class([1, 1, 1, 0, 0], probabilities) == (Kept(3, 2, 1), Kept(2, 1, 1))


def test_zero_keeps_all_and_nothing_kept_has_no_accuracy():
    probabilities = two(0.9, 0.5, 0.6)
    assert not below(0, 2).abstained(probabilities).any()
    nothing = below(1, 2).kept([0, 0, 0], probabilities)
    assert nothing == Kept(3, 0, 0)
    assert nothing.accuracy is None
    assert json.loads(json.dumps(nothing.to_json()))["accuracy"] is None
    assert Abstention((math.inf, 0.5)).kept_by_class([0], two(0.9))[0] == Kept(0, 0, 0)


def test_a_target_is_reached_by_the_lower_end_and_no_lower_threshold_does():
    labels, probabilities = honest(1500, seed=1)
    rule = reaching(0.95, labels, probabilities, CLASSES)
    threshold = rule.thresholds[0]
    assert rule.thresholds == (threshold, threshold)
    assert rule.validation == rule.kept(labels, probabilities)
    assert rule.validation.accuracy.low >= 0.95
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    for lower in np.unique(confidence[confidence < threshold]):
        kept = confidence >= lower
        assert wilson(int(right[kept].sum()), int(kept.sum())).low < 0.95


def test_the_promise_holds_on_other_texts():
    """Of many validation sets, few lead to a threshold above which new texts fall short of the target."""
    labels, probabilities = honest(200_000, seed=2)
    short = 0
    for seed in range(100):
        rule = reaching(0.95, *honest(1500, seed=100 + seed), CLASSES)
        short += rule.kept(labels, probabilities).accuracy.value < 0.95
    assert short <= 10


def test_all_is_kept_where_all_may_be():
    labels, probabilities = np.zeros(200, int), two(*np.linspace(0.01, 0.4, 200))
    rule = reaching(0.95, labels, probabilities, CLASSES)
    assert rule.thresholds == (0.0, 0.0)
    assert not rule.abstained(two(0.5)).any()


def test_each_class_reaches_the_target_by_itself():
    labels, probabilities = honest(4000, seed=3)
    # What is called positive is wrong more often than it seems.
    spoiled = (probabilities[:, 1] > 0.5) & (np.arange(4000) % 8 == 0) & (probabilities[:, 1] < 0.9)
    labels[spoiled] = 0
    together = reaching(0.9, labels, probabilities, CLASSES)
    rule = reaching(0.9, labels, probabilities, CLASSES, per_class=True)
    assert rule.thresholds[0] < together.thresholds[0] < rule.thresholds[1]
    for kept in rule.kept_by_class(labels, probabilities):
        assert kept.accuracy.low >= 0.9


def test_a_class_that_cannot_reach_it_is_held_back_whole():
    labels, probabilities = honest(2000, seed=4)
    three = np.hstack([0.9 * probabilities, np.full((2000, 1), 0.1)])
    three[:50] = [0.1, 0.1, 0.8]
    rule = reaching(0.9, labels, three, (*CLASSES, "other"), per_class=True)
    assert rule.thresholds[2] == math.inf
    assert rule.abstained(np.array([[0.0, 0.0, 1.0]])).all()
    assert rule.to_json()["thresholds"][2] is None
    never = reaching(0.9, labels, np.hstack([probabilities, np.zeros((2000, 1))]), "abc", per_class=True)
    assert never.thresholds[2] == math.inf


@pytest.mark.parametrize("per_class", [False, True])
def test_an_unreachable_target_says_what_is_reachable(per_class):
    labels, probabilities = honest(300, seed=5)
    with pytest.raises(ConfigError, match="at most") as caught:
        reaching(0.999, labels, probabilities, CLASSES, per_class=per_class)
    assert "\n" not in str(caught.value)
    reachable = float(str(caught.value).split("at most ")[1].split(" %")[0]) / 100
    assert 0.5 < reachable < 0.999
    reaching(reachable, labels, probabilities, CLASSES, per_class=per_class)


def test_a_model_that_is_always_wrong_reaches_nothing():
    with pytest.raises(ConfigError, match="nothing is"):
        reaching(0.5, [0, 0], two(0.9, 0.8), CLASSES)


@pytest.mark.parametrize("value", [-0.1, 1.1, math.nan, math.inf, 95])
def test_what_is_no_share_is_refused(value):
    with pytest.raises(ConfigError, match="from 0 to 1"):
        below(value, 2)
    with pytest.raises(ConfigError, match="from 0 to 1"):
        reaching(value, [0], two(0.2), CLASSES)


def test_arrays_that_do_not_fit_are_refused():
    with pytest.raises(InputError):
        reaching(0.9, [], np.empty((0, 2)), CLASSES)
    with pytest.raises(InputError):
        risk_coverage([0, 2], two(0.2, 0.1))


def test_the_curve_goes_from_the_surest_to_all():
    labels, probabilities = honest(3000, seed=6)
    curve = risk_coverage(labels, probabilities)
    assert 25 < len(curve) <= 50
    kept = [point.kept.kept for point in curve]
    assert kept == sorted(set(kept))
    assert kept[-1] == 3000
    assert all(later.threshold < point.threshold for point, later in itertools.pairwise(curve))
    for point in curve:
        assert below(point.threshold, 2).kept(labels, probabilities) == point.kept
    assert curve[0].kept.accuracy.value > curve[-1].kept.accuracy.value + 0.05
    json.dumps([point.to_json() for point in curve], allow_nan=False)


def test_equal_confidences_are_kept_or_held_back_together():
    curve = risk_coverage([1, 0, 1, 1], two(0.9, 0.9, 0.6, 0.6))
    assert [(point.threshold, point.kept) for point in curve] == [(0.9, Kept(4, 2, 1)), (0.6, Kept(4, 4, 3))]
    assert [point.kept for point in risk_coverage([1], two(0.9))] == [Kept(1, 1, 1)]
