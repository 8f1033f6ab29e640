"""A learning curve is fitted, foretells what it was made by, and says when it cannot."""

import math

import numpy as np
import pytest

from tenor.evaluation.outlook import Outlook
from tenor.evaluation.paired import Right
from tenor.evaluation.power_law import PowerLaws, drawn_errors

SIZES = (100, 200, 400, 800, 1600)


def made(errors: list[float], trainings: int = 3, texts: int = 2000, seed: int = 0) -> list[Right]:
    """Trainings that read each text wrong with that chance, the same texts hard for all."""
    generator = np.random.default_rng(seed)
    hard = generator.random(texts)
    return [
        np.stack([(hard + generator.normal(0, 0.01, texts)) > error for _ in range(trainings)])
        for error in errors
    ]


def law(n: float, floor: float, scale: float, exponent: float) -> float:
    return floor + scale * n**-exponent


@pytest.mark.parametrize(("floor", "exponent"), [(0.05, 0.5), (0.0, 0.3), (0.1, 1.0)])
def test_the_law_is_found_again(floor: float, exponent: float) -> None:
    errors = np.array([[law(n, floor, 2.0, exponent) for n in SIZES]])
    found = PowerLaws.fitted(SIZES, errors, np.ones(len(SIZES)))
    assert found.floor[0] == pytest.approx(floor, abs=1e-6)
    assert found.exponent[0] == pytest.approx(exponent)
    assert found.errors(3200)[0] == pytest.approx(law(3200, floor, 2.0, exponent))
    assert found.errors(SIZES) == pytest.approx(errors)
    wanted = law(5000, floor, 2.0, exponent)
    assert found.rows_for(np.array([wanted]))[0] == pytest.approx(5000)
    assert found.rows_for(np.array([floor - 0.01]))[0] == math.inf


def test_errors_that_rise_are_a_flat_curve() -> None:
    found = PowerLaws.fitted(SIZES, np.array([[0.1, 0.11, 0.12, 0.13, 0.14]]), np.ones(5))
    assert found.errors(100)[0] == pytest.approx(found.errors(10_000)[0]) == pytest.approx(0.12)
    assert found.rows_for(np.array([0.11]))[0] == math.inf


def test_draws_spread_by_texts_and_by_trainings() -> None:
    same = [np.tile(one[:1], (3, 1)) for one in made([0.2, 0.2])]
    apart = [np.stack([np.arange(2000) >= 2000 * e for e in (0.1, 0.2, 0.3)])] * 2
    of_texts, of_both = (drawn_errors(right, resamples=400, seed=0) for right in (same, apart))
    assert of_texts.shape == (400, 2)
    assert of_texts[:, 0].std() == pytest.approx(math.sqrt(0.2 * 0.8 / 2000), rel=0.2)
    # Three trainings 0.1 apart: the mean has a standard error of 0.1 / sqrt(3).
    assert of_both[:, 0].std() == pytest.approx(0.1 / math.sqrt(3), rel=0.2)
    assert np.corrcoef(of_texts.T)[0, 1] > 0.5


def test_a_steep_curve_asks_for_more_and_a_flat_one_for_none() -> None:
    steep = Outlook.of(SIZES, made([law(n, 0.02, 3.0, 0.5) for n in SIZES]), resamples=300, seed=0)
    assert steep.says == "more"
    assert steep.doubled is not None
    assert steep.point is not None
    truth = law(1600, 0.02, 3.0, 0.5) - law(3200, 0.02, 3.0, 0.5)
    assert steep.doubled.low < truth < steep.doubled.high
    assert 1600 < steep.point.low <= steep.point.value <= steep.point.high
    flat = Outlook.of(SIZES, made([0.1] * 5, texts=20_000), resamples=300, seed=0)
    assert flat.says == "little"
    assert flat.to_json()["point"] is not None


@pytest.mark.parametrize(
    ("sizes", "errors", "trainings", "said"),
    [
        (SIZES[:3], [0.3, 0.2, 0.1], 3, "3 sizes are too few"),
        (SIZES, [0.4, 0.3, 0.2, 0.15, 0.1], 1, "one training a size"),
        (SIZES, [0.3, 0.3, 0.1, 0.3, 0.1], 3, "do not follow a power law"),
    ],
)
def test_what_cannot_be_told_is_said(
    sizes: tuple[int, ...], errors: list[float], trainings: int, said: str
) -> None:
    found = Outlook.of(sizes, made(errors, trainings), resamples=100, seed=0)
    assert found.says == "unknown"
    assert found.reason is not None
    assert said in found.reason
    assert len(found.accuracies) == len(sizes)


def test_few_texts_leave_it_open() -> None:
    few = Outlook.of(SIZES, made([law(n, 0.05, 1.0, 0.5) for n in SIZES], texts=60), resamples=200, seed=0)
    assert few.says == "unknown"
    assert few.reason is not None
    assert "spread too far" in few.reason
