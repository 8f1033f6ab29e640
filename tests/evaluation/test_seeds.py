"""Figures over seeds: the mean, and three intervals that each answer their own question."""

import json

import numpy as np
import pytest

from tenor.errors import ConfigError, InputError
from tenor.evaluation import metrics
from tenor.evaluation.intervals import wilson
from tenor.evaluation.seeds import ACCURACY, MACRO_F1, TrainingSpread, seed_figures, together

LABELS = np.arange(300) % 3


def trained(shares, labels=LABELS, seed=0):
    """Predictions of one training for each share of rows it reads right."""
    random = np.random.default_rng(seed)
    return np.stack([np.where(random.random(len(labels)) < s, labels, (labels + 1) % 3) for s in shares])


def figures(predicted, labels=LABELS, resamples=400, seed=0):
    return seed_figures(labels, predicted, 3, resamples=resamples, seed=seed)


def test_value_is_the_mean_of_the_single_trainings():
    predicted = trained([0.7, 0.8, 0.9])
    found = figures(predicted)
    confusions = [metrics.confusion_matrix(LABELS, guesses, 3) for guesses in predicted]
    accuracies = [float((guesses == LABELS).mean()) for guesses in predicted]
    f1s = [float(metrics.macro(metrics.f1(confusion), confusion)) for confusion in confusions]
    for name, expected in ((ACCURACY, accuracies), (MACRO_F1, f1s)):
        assert found[name].seeds == pytest.approx(expected)
        assert found[name].value == pytest.approx(np.mean(expected))
        for interval in (found[name].over_texts, found[name].over_seeds, found[name].both):
            assert interval.low < interval.value == found[name].value < interval.high


def test_interval_over_seeds_is_students():
    accuracies = (0.7, 0.72, 0.8)
    predicted = np.stack([np.where(np.arange(300) < a * 300, LABELS, (LABELS + 1) % 3) for a in accuracies])
    found = figures(predicted)[ACCURACY].over_seeds
    spread = 4.30265 * np.std(accuracies, ddof=1) / np.sqrt(3)  # t with 2 degrees of freedom
    assert (found.low, found.high) == pytest.approx((0.74 - spread, 0.74 + spread), abs=1e-5)


def test_one_training_says_nothing_of_others():
    found = figures(trained([0.8]))[ACCURACY]
    assert found.over_seeds is None
    # The same spread, once as percentiles and once as a multiple of it.
    assert found.both.high - found.both.low == pytest.approx(
        found.over_texts.high - found.over_texts.low, rel=0.15
    )


def test_trainings_far_apart_widen_what_is_said_of_both_and_alike_ones_do_not():
    alike = figures(np.repeat(trained([0.8]), 3, axis=0))[ACCURACY]
    apart = figures(trained([0.6, 0.8, 1.0]))[ACCURACY]
    width = {name: one.both.high - one.both.low for name, one in (("alike", alike), ("apart", apart))}
    assert width["apart"] > 4 * width["alike"]
    assert width["apart"] == pytest.approx(apart.over_seeds.high - apart.over_seeds.low, rel=0.1)
    assert alike.over_seeds.low == alike.over_seeds.high


def test_what_the_sample_of_texts_explains_is_not_counted_twice():
    # Trainings of one quality differ, since each errs in other texts; over many samples nothing is in excess.
    observed, excess = [], []
    for seed in range(60):
        right = trained([0.8, 0.8, 0.8], seed=seed) == LABELS
        drawn = np.random.default_rng(seed).multinomial(300, np.full(300, 1 / 300), size=200) @ right.T / 300
        spread = TrainingSpread.of(right.mean(axis=1), drawn)
        observed.append(spread.observed)
        excess.append(spread.excess)
    assert np.mean(observed) == pytest.approx(0.8 * 0.2 / 300 / 3, rel=0.4)
    assert np.mean(excess) < 0.6 * np.mean(observed)


def test_variances_add_and_degrees_of_freedom_are_those_of_the_larger_part():
    spread = TrainingSpread(seeds=3, variance=12.0, by_texts=0.0, freedom=2)
    assert together(0.0, 100, [spread]) == pytest.approx((4.0, 2.0))
    assert together(1.0, 100, []) == pytest.approx((1.0, 99.0))
    variance, freedom = together(4.0, 100, [spread])
    assert variance == 8.0
    assert 2 < freedom < 2 * 4.01


def test_interval_of_both_covers_about_95_times_in_100():
    covered, tries = 0, 150
    for number in range(tries):
        random = np.random.default_rng(number)
        qualities = np.clip(random.normal(0.8, 0.02, 3), 0, 1)
        found = figures(trained(qualities, seed=1000 + number), resamples=100)[ACCURACY].both
        covered += found.low <= 0.8 <= found.high
    assert 0.88 <= covered / tries <= 1


def test_certainty_has_a_width():
    for predicted, hits in ((LABELS, 300), ((LABELS + 1) % 3, 0)):
        found = figures(np.stack([predicted, predicted]))[ACCURACY]
        assert found.over_texts == found.both == wilson(hits, 300)


def test_draws_repeat_with_their_seed_and_json_is_strict():
    predicted = trained([0.7, 0.8])
    first, again, other = (figures(predicted, seed=seed)[MACRO_F1] for seed in (0, 0, 1))
    assert first == again != other
    value = json.loads(json.dumps(first.to_json(), allow_nan=False))
    assert value["over_texts"] == first.over_texts.to_json()
    assert figures(predicted[:1])[ACCURACY].to_json()["over_seeds"] is None


@pytest.mark.parametrize(
    ("labels", "predicted", "said"),
    [
        ([0, 1], [0, 1], "do not fit"),
        ([0, 1], [[0, 1, 1]], "do not fit"),
        ([], [[]], "do not fit"),
        ([0, 3], [[0, 1]], "labels must be whole numbers from 0 to 2"),
        ([0, 1], [[0.0, 1.0]], "predictions must be whole numbers"),
        ([0, 1], [[-1, 1]], "predictions must be whole numbers"),
    ],
)
def test_what_does_not_fit_is_refused(labels, predicted, said):
    with pytest.raises(InputError, match=said):
        figures(predicted, labels)


def test_one_draw_has_no_spread():
    with pytest.raises(ConfigError, match="take at least 2"):
        figures(trained([0.8]), resamples=1)
