"""Moderated variances: what few trainings of many models say of each one."""

from math import isclose, pi

import numpy as np
import pytest

from tenor.evaluation import paired
from tenor.evaluation.moderation import Family, digamma, trigamma

EULER = 0.5772156649015329


def family(variances, freedom=2.0):
    return Family.of(variances, [freedom] * len(variances), least=1e-9)


def test_special_functions_have_their_known_values_and_step_as_they_should():
    assert isclose(digamma(1), -EULER, rel_tol=1e-9)
    assert isclose(trigamma(1), pi**2 / 6, rel_tol=1e-9)
    for x in (0.1, 0.5, 2.5, 7.0, 40.0):
        assert isclose(digamma(x + 1), digamma(x) + 1 / x, abs_tol=1e-9)
        assert isclose(trigamma(x + 1), trigamma(x) - 1 / x**2, abs_tol=1e-9)
    slope = (digamma(3 + 1e-4) - digamma(3 - 1e-4)) / 2e-4
    assert isclose(slope, trigamma(3), rel_tol=1e-6)


def test_two_variances_are_no_family():
    assert family([1.0, 4.0]).moderated(1.0, 2.0) == (1.0, 2.0)


def test_a_small_variance_is_drawn_up_and_a_large_one_left():
    found = family([0.5, 1.0, 1.5, 1.0, 0.8, 1.2])
    small, freedom = found.moderated(0.01, 2.0)
    assert 0.01 < small < found.variance
    assert 2.0 < freedom <= found.most == 12.0
    assert found.moderated(100.0, 2.0)[0] == 100.0


def test_variances_alike_know_more_of_each_other_than_variances_far_apart():
    alike, apart = family([1.0] * 8), family([10.0**k for k in range(-4, 4)])
    assert alike.freedom > apart.freedom > 0


def test_many_variances_of_one_size_give_that_size():
    drawn = np.random.default_rng(0).chisquare(4, 400) / 4 * 2.5
    found = family(drawn.tolist(), 4.0)
    assert found.variance == pytest.approx(2.5, rel=0.1)
    assert found.freedom > 20


def test_variance_of_zero_counts_as_the_least():
    assert family([0.0, 0.0, 0.0]).variance <= 1e-8
    assert family([0.0, 1.0, 1.0, 1.0]).moderated(0.0, 2.0)[0] > 0


def _trainings(generator, accuracy, spread, seeds=3, texts=400):
    chances = np.clip(accuracy + spread * generator.standard_normal((seeds, 1)), 0.02, 0.98)
    return generator.random((seeds, texts)) < chances


def test_equal_models_of_uneven_trainings_seldom_seem_different():
    generator = np.random.default_rng(1)
    low = total = 0
    for number in range(12):
        spreads = 0.03 * np.exp(0.7 * generator.standard_normal(8))
        correct = {str(i): _trainings(generator, 0.8, spread) for i, spread in enumerate(spreads)}
        found = paired.differences(correct, resamples=60, seed=number)
        low += sum(one.p_bootstrap < 0.05 for one in found)
        total += len(found)
    assert low / total < 0.1


def test_company_lets_a_large_difference_hold_that_three_trainings_alone_leave_open():
    generator = np.random.default_rng(2)
    correct = {
        f"{kind} {i}": _trainings(generator, accuracy, 0.02)
        for kind, accuracy in (("good", 0.9), ("bad", 0.6))
        for i in range(5)
    }
    found = paired.differences(correct, resamples=60, seed=0)
    between = [one for one in found if one.a[:3] != one.b[:3]]
    within = [one for one in found if one.a[:3] == one.b[:3]]
    assert all(one.holds for one in between)
    assert not any(one.holds for one in within)
    alone = [
        paired.paired_bootstrap(correct[one.a], correct[one.b], resamples=60, seed=0)[1] for one in between
    ]
    assert max(alone) * len(found) > 0.05
