"""Confidence: what the temperature does to calibration, and nothing where there is none."""

import json

import numpy as np

from tenor.evaluation.confidence import Confidence
from tenor.evaluation.temperature import Scaling, softmax


def too_sure(rows=4000, seed=0):
    random = np.random.default_rng(seed)
    z = 2 * random.standard_normal(rows)
    labels = (random.random(rows) < 1 / (1 + np.exp(-z))).astype(int)
    return labels, np.stack([np.zeros(rows), 3 * z], axis=1)


def test_the_right_temperature_takes_the_error_away():
    labels, logits = too_sure()
    found = Confidence.of(labels, logits, Scaling(3.0))
    assert found.before.error > 0.08
    assert found.after.error < 0.03
    assert found.after.brier < found.before.brier
    assert found.curve[-1].kept.right == (softmax(logits).argmax(axis=1) == labels).sum()


def test_without_one_nothing_changes_and_the_reason_is_told():
    labels, logits = too_sure(100)
    found = Confidence.of(labels, logits, Scaling(None, "too few"))
    assert found.before == found.after
    values = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert (values["temperature"], values["reason"]) == (None, "too few")
    assert values["risk_coverage"][-1]["coverage"]["value"] == 1
