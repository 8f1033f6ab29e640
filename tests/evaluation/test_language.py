"""Perplexity, per word and in bits, with intervals over texts."""

import numpy as np
import pytest

from tenor.evaluation.language import Sums, language_figures


def figures(losses, tokens, unit="word", words=None, **others):
    tokens = np.array(tokens, float)
    sums = Sums(tokens, tokens if words is None else np.array(words, float), 3, unit)
    arrays = {name: np.array(other, float) for name, other in others.items()}
    return language_figures(np.array(losses, float), sums, others=arrays, resamples=200, seed=0)


def test_a_model_that_knows_nothing_is_as_perplexed_as_there_are_tokens() -> None:
    tokens = np.array([3, 8, 5])
    found = figures(np.log(50) * tokens, tokens)
    for value in (found.perplexity.value, found.perplexity.low, found.perplexity.high):
        assert value == pytest.approx(50)
    assert found.headline == ("perplexity", found.perplexity)
    assert found.unknown_share == 3 / 16
    assert found.word_perplexity is None
    assert found.bits_per_character is None


def test_characters_in_bits_and_pieces_per_word() -> None:
    tokens = np.array([4, 6])
    assert figures(np.log(2) * tokens, tokens, "character").bits_per_character.value == pytest.approx(1)
    pieces = figures(np.log(3) * tokens, tokens, "piece", words=[2, 3])
    assert pieces.headline[0] == "perplexity per word"
    assert pieces.word_perplexity.value == pytest.approx(9)


def test_intervals_hold_the_figure_and_narrow_with_texts() -> None:
    generator = np.random.default_rng(0)
    widths = []
    for count in (20, 500):
        tokens = generator.integers(5, 40, count)
        found = figures(tokens * generator.normal(4, 0.5, count), tokens).perplexity
        assert found.low < found.value < found.high
        widths.append(found.high - found.low)
    assert widths[1] < widths[0] / 2


def test_the_ratio_to_another_model_is_paired() -> None:
    """Texts differ far more than the models do, and the ratio does not mind."""
    tokens = np.full(30, 10.0)
    losses = np.linspace(10, 90, 30)
    found = figures(losses, tokens, other=losses + np.log(2) * tokens)
    assert found.ratios["other"].value == pytest.approx(0.5)
    assert found.ratios["other"].high == pytest.approx(0.5)
    assert found.to_json()["perplexity_ratio"]["other"]["value"] == pytest.approx(0.5)
