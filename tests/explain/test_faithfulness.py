"""An order that knows which words decide is faithful, its opposite is not, chance is neither."""

import itertools
import time

import numpy as np
import pytest
from explained import Counting, counting

from tenor.errors import ConfigError, InputError
from tenor.explain import faithfulness as module
from tenor.explain.faithfulness import RANDOM, faithfulness, measure
from tenor.explain.question import Question


def texts(count: int = 40) -> list[str]:
    generator = np.random.default_rng(3)
    return [" ".join(generator.permutation([*"abcabcabcabc", "d", "e", "d"])) for _ in range(count)]


def oracle(question: Question) -> np.ndarray:
    return np.array([{"d": 2.0, "e": -1.0}.get(span.text, 0.0) for span in question.spans])


PREDICTOR = counting(Counting(d=2.0, e=-1.0))


def test_an_oracle_is_above_chance_and_its_opposite_below() -> None:
    found = measure(
        PREDICTOR, texts(), {"against": lambda q: -oracle(q), "oracle": oracle}, resamples=200, seed=0
    )
    best, worst, chance = found.methods
    assert (best.method, worst.method, chance.method) == ("oracle", "against", RANDOM)
    assert found.best == "oracle"
    for figure in (best.deletion, best.insertion, best.score):
        assert figure.low > 0.05
    assert worst.score.high < -0.05
    assert chance.score.low < 0 < chance.score.high
    assert worst.behind is not None
    assert worst.behind.value == pytest.approx(best.score.value - worst.score.value)
    assert worst.behind.low > 0
    assert best.behind is None


def test_the_score_is_half_of_what_lies_between_the_curves() -> None:
    found = measure(PREDICTOR, texts(), {"oracle": oracle}, resamples=200, seed=0).methods[0]
    widths = np.diff(np.rint(np.array(module.FRACTIONS) * 15) / 15)  # texts of 15 words
    between = np.array(found.insertion_curve) - np.array(found.deletion_curve)
    assert found.score.value == pytest.approx(((between[1:] + between[:-1]) / 2 * widths).sum() / 2)
    assert found.score.value == pytest.approx((found.deletion.value + found.insertion.value) / 2)


def test_curves_run_from_the_whole_text_to_the_empty_one_and_back() -> None:
    found = measure(PREDICTOR, ["a d e d"], {"oracle": oracle}, resamples=100, seed=0).methods[0]
    whole, empty = 1 / (1 + np.exp(-3.0)), 0.5
    assert found.deletion_curve[0] == found.insertion_curve[-1] == pytest.approx(whole, abs=1e-6)
    assert found.deletion_curve[-1] == found.insertion_curve[0] == pytest.approx(empty, abs=1e-6)
    # Half of the four words: both that speak for the class.
    half = module.FRACTIONS.index(0.5)
    assert found.deletion_curve[half] == pytest.approx(1 / (1 + np.exp(1.0)), abs=1e-6)
    assert found.insertion_curve[half] == pytest.approx(1 / (1 + np.exp(-4.0)), abs=1e-6)


@pytest.mark.parametrize("text", ["a d e d", "d a e d d"])
def test_over_all_orders_of_a_text_chance_is_exactly_zero(text: str) -> None:
    orders = list(itertools.permutations(range(len(text.split()))))
    explainers = {str(order): lambda q, order=order: np.array(order, np.float64) for order in orders}
    found = measure(PREDICTOR, [text], explainers, resamples=100, seed=0)
    scores = [one.score.value for one in found.methods if one.method != RANDOM]
    assert len(scores) == len(orders)
    assert np.mean(scores) == pytest.approx(0.0, abs=1e-9)
    assert max(scores) > 0.01


def test_fractions_are_the_same_from_either_end() -> None:
    assert tuple(1 - np.array(module.FRACTIONS[::-1])) == pytest.approx(module.FRACTIONS)


def test_the_choice_is_the_quickest_of_those_not_clearly_behind() -> None:
    def slow(question: Question) -> np.ndarray:
        time.sleep(0.01)
        return oracle(question)

    explainers = {"against": lambda q: -oracle(q), "slow": slow, "oracle": oracle}
    found = measure(PREDICTOR, texts(10), explainers, resamples=100, seed=0)
    assert found.best == "slow"  # as good as the other, and named first
    assert found.choice == "oracle"


def test_occlusion_finds_what_counts() -> None:
    found = faithfulness(PREDICTOR, texts(10), ["phrase-occlusion", "occlusion"], resamples=100)
    assert found.best == "occlusion"
    assert found.methods[0].score.value == pytest.approx(
        measure(PREDICTOR, texts(10), {"oracle": oracle}, resamples=100, seed=0).methods[0].score.value
    )


def test_equal_seeds_give_equal_figures_and_done_texts_are_told() -> None:
    told: list[int] = []

    def figures(seed: int, **more) -> list[object]:
        found = faithfulness(PREDICTOR, texts(5), ["occlusion"], resamples=100, seed=seed, **more)
        return [(one.method, one.deletion, one.insertion, one.score) for one in found.methods]

    assert figures(1, advance=told.append) == figures(1)
    assert figures(1) != figures(2)
    assert told == [1] * 5


@pytest.mark.parametrize("text", ["", "zzz", "d", "\U0001f600", "<script>d</script>"])
def test_short_and_odd_texts_have_curves(text: str) -> None:
    found = faithfulness(PREDICTOR, [text], ["occlusion"], resamples=100)
    assert found.texts == 1
    assert all(np.isfinite(one.score.value) for one in found.methods)


def test_what_cannot_be_measured_is_refused() -> None:
    with pytest.raises(InputError, match="give at least one"):
        faithfulness(PREDICTOR, [], ["occlusion"])
    with pytest.raises(ConfigError, match="choose one of: integrated-gradients"):
        faithfulness(PREDICTOR, ["d"], ["guessing"])
