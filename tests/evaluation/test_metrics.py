"""Metrics agree with scikit-learn, with and without weights, and are defined where a denominator is zero."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as oracle

from tenor.evaluation import metrics
from tenor.evaluation.ranking import roc_auc, roc_auc_of

PER_CLASS = {"precision": metrics.precision, "recall": metrics.recall, "f1": metrics.f1}


@st.composite
def weighted_predictions(draw):
    """Labels, probabilities with many ties, whole weights; every class has a row with weight."""
    classes = draw(st.integers(2, 4))
    rows = draw(st.integers(classes, 40))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    labels = np.concatenate([np.arange(classes), random.integers(classes, size=rows - classes)])
    scores = random.integers(1, 4, size=(rows, classes)).astype(float)
    weights = np.concatenate([np.ones(classes), random.integers(0, 4, size=rows - classes)])
    return labels, scores / scores.sum(axis=1, keepdims=True), weights


@settings(deadline=None, max_examples=60)
@given(weighted_predictions())
def test_figures_of_the_confusion_matrix_agree_with_scikit_learn(case):
    labels, probabilities, weights = case
    predicted = metrics.predicted_classes(probabilities)
    classes = probabilities.shape[1]
    confusion = metrics.confusion_matrix(labels, predicted, classes, weights)
    expected = oracle.confusion_matrix(labels, predicted, labels=range(classes), sample_weight=weights)
    np.testing.assert_allclose(confusion, expected)
    assert metrics.accuracy(confusion) == pytest.approx(
        oracle.accuracy_score(labels, predicted, sample_weight=weights)
    )
    theirs = {
        average: oracle.precision_recall_fscore_support(
            labels, predicted, average=average, sample_weight=weights, zero_division=0.0
        )
        for average in (None, "macro", "weighted")
    }
    for place, of in enumerate(PER_CLASS.values()):
        values = of(confusion)
        np.testing.assert_allclose(values, theirs[None][place])
        assert metrics.macro(values, confusion) == pytest.approx(theirs["macro"][place])
        assert metrics.weighted(values, confusion) == pytest.approx(theirs["weighted"][place])


@settings(deadline=None, max_examples=60)
@given(weighted_predictions())
def test_roc_auc_and_log_loss_agree_with_scikit_learn(case):
    labels, probabilities, weights = case
    classes = probabilities.shape[1]
    area = (
        oracle.roc_auc_score(labels, probabilities[:, 1], sample_weight=weights)
        if classes == 2
        else np.mean(
            [
                oracle.roc_auc_score(labels == c, probabilities[:, c], sample_weight=weights)
                for c in range(classes)
            ]
        )
    )
    assert roc_auc(labels, probabilities, weights) == pytest.approx(area)
    assert metrics.log_loss(labels, probabilities, weights) == pytest.approx(
        oracle.log_loss(labels, probabilities, sample_weight=weights, labels=range(classes))
    )


def test_multi_class_roc_auc_without_weights_is_scikit_learns_macro_one_against_rest():
    random = np.random.default_rng(0)
    labels, scores = np.arange(30) % 3, random.random((30, 3))
    probabilities = scores / scores.sum(axis=1, keepdims=True)
    expected = oracle.roc_auc_score(labels, probabilities, multi_class="ovr", average="macro")
    assert roc_auc(labels, probabilities) == pytest.approx(expected)


@settings(deadline=None, max_examples=30)
@given(weighted_predictions(), st.integers(1, 5))
def test_many_weightings_at_once_are_each_by_itself(case, repeats):
    labels, probabilities, weights = case
    predicted, classes = metrics.predicted_classes(probabilities), probabilities.shape[1]
    many = np.stack([np.roll(weights, i) for i in range(repeats)])
    confusions = metrics.confusion_of(labels, predicted, classes)(many)
    areas = roc_auc_of(labels, probabilities)(many)
    assert confusions.shape == (repeats, classes, classes)
    for i in range(repeats):
        np.testing.assert_allclose(
            confusions[i], metrics.confusion_matrix(labels, predicted, classes, many[i])
        )
        alone = roc_auc(labels, probabilities, many[i])
        assert math.isnan(areas[i]) if alone is None else areas[i] == pytest.approx(alone)


def test_a_whole_weight_is_the_same_as_repeated_rows():
    labels, weights = np.array([0, 1, 1, 0, 1]), np.array([3.0, 1.0, 0.0, 2.0, 2.0])
    positive = np.array([0.2, 0.2, 0.9, 0.7, 0.4])
    probabilities = np.stack([1 - positive, positive], axis=1)
    rows = np.repeat(np.arange(5), weights.astype(int))
    assert roc_auc(labels, probabilities, weights) == pytest.approx(
        roc_auc(labels[rows], probabilities[rows])
    )
    assert metrics.log_loss(labels, probabilities, weights) == pytest.approx(
        metrics.log_loss(labels[rows], probabilities[rows])
    )


def test_zero_denominators_give_zero_and_absent_classes_do_not_count_in_the_macro_mean():
    labels, predicted = np.array([0, 0, 1, 1]), np.array([0, 0, 0, 0])
    confusion = metrics.confusion_matrix(labels, predicted, 3)  # class 1 never predicted, class 2 not there
    assert metrics.precision(confusion).tolist() == [0.5, 0.0, 0.0]
    assert metrics.recall(confusion).tolist() == [1.0, 0.0, 0.0]
    assert metrics.f1(confusion) == pytest.approx([2 / 3, 0.0, 0.0])
    assert metrics.macro(metrics.recall(confusion), confusion) == pytest.approx(0.5)
    nothing = metrics.confusion_matrix(np.array([], dtype=int), np.array([], dtype=int), 2)
    assert nothing.tolist() == [[0, 0], [0, 0]]
    assert metrics.accuracy(nothing) == 0.0


@pytest.mark.parametrize("labels", [[0, 0, 0], [1, 1, 1]])
def test_roc_auc_is_none_where_a_class_is_absent(labels):
    probabilities = np.array([[0.5, 0.5], [0.1, 0.9], [0.8, 0.2]])
    assert roc_auc(np.array(labels), probabilities) is None
    assert roc_auc(np.array([0, 1, 1]), np.full((3, 3), 1 / 3)) is None


def test_roc_auc_of_equal_scores_is_one_half_and_of_separated_ones_one_or_zero():
    labels = np.array([0, 1, 0, 1])
    assert roc_auc(labels, np.full((4, 2), 0.5)) == pytest.approx(0.5)
    right = np.eye(2)[labels]
    assert roc_auc(labels, right) == 1.0
    assert roc_auc(labels, 1 - right) == 0.0


def test_log_loss_of_a_certain_mistake_is_large_but_finite():
    loss = metrics.log_loss(np.array([0]), np.array([[0.0, 1.0]]))
    assert 30 < loss < 40


def test_predicted_class_of_a_tie_is_the_first():
    assert metrics.predicted_classes([[0.4, 0.4, 0.2], [0.1, 0.2, 0.7]]).tolist() == [0, 2]
