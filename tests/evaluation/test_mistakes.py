"""Mistakes come most confident first; labels that were flipped on purpose are found."""

import numpy as np

from tenor.evaluation.mistakes import suspect_labels, worst_mistakes


def test_worst_mistakes_are_wrong_and_most_confident_first():
    labels = np.array([0, 1, 0, 1])
    probabilities = np.array([[0.4, 0.6], [0.9, 0.1], [0.8, 0.2], [0.7, 0.3]])
    found = worst_mistakes(labels, probabilities, 10)
    assert [(one.row, one.label, one.predicted, one.probability) for one in found] == [
        (1, 1, 0, 0.9),
        (3, 1, 0, 0.7),
        (0, 0, 1, 0.6),
    ]
    assert worst_mistakes(labels, probabilities, 1) == found[:1]


def test_no_mistakes_no_suspects():
    labels = np.array([0, 1])
    assert worst_mistakes(labels, np.eye(2), 5) == ()
    assert suspect_labels(labels, np.eye(2), 5) == ()


def test_flipped_labels_are_found_and_few_others():
    random = np.random.default_rng(0)
    true = random.integers(3, size=600)
    scores = random.normal(size=(600, 3))
    scores[np.arange(600), true] += 4.0
    probabilities = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    flipped = random.choice(600, size=40, replace=False)
    labels = true.copy()
    labels[flipped] = (labels[flipped] + 1) % 3
    found = suspect_labels(labels, probabilities, 600)
    rows = {one.row for one in found}
    assert len(rows & set(flipped)) >= 30
    assert len(rows - set(flipped)) <= 8
    assert all(one.suggested != one.label for one in found)
    right = [one.suggested == true[one.row] for one in found if one.row in set(flipped)]
    assert all(right)
    assert [one.margin for one in found] == sorted((one.margin for one in found), reverse=True)
    assert suspect_labels(labels, probabilities, 3) == found[:3]


def test_thresholds_are_those_of_each_class():
    # The model gives class 1 never more than 0.5: reaching that is as sure as it gets for class 1.
    probabilities = np.array([[0.9, 0.1], [0.9, 0.1], [0.5, 0.5], [0.55, 0.45], [0.48, 0.52]])
    labels = np.array([0, 0, 1, 1, 0])
    assert [(one.row, one.suggested) for one in suspect_labels(labels, probabilities, 5)] == [(4, 1)]


def test_a_class_without_rows_is_never_suggested():
    probabilities = np.array([[0.1, 0.1, 0.8], [0.6, 0.2, 0.2], [0.2, 0.6, 0.2]])
    assert suspect_labels(np.array([0, 0, 1]), probabilities, 5) == ()
