"""What a model is made of comes from the training split alone."""

from dataclasses import replace

import numpy as np
import pytest
from toy import config, dataset

from tenor.data.example import Dataset, Example
from tenor.experiments.classification import train
from tenor.model import Model

SECRET = "zebra"
RATIOS = {"use": True, "min_count": 1}


def with_secret(given: Dataset, *splits: str) -> Dataset:
    """Add a word to every text of some splits, twice, so that no smallest count would leave it out."""
    changed = {
        name: tuple(replace(e, text=f"{SECRET} {e.text} {SECRET}") for e in rows) if name in splits else rows
        for name, rows in given.splits.items()
    }
    return replace(given, splits=changed)


def trained(given: Dataset, **sections: dict[str, object]) -> Model:
    return train(config(training={"epochs": 2}, **sections), dataset=given).model


def assert_same(one: Model, other: Model) -> None:
    assert one.pipeline == other.pipeline
    assert one.arrays.keys() == other.arrays.keys()
    for name, array in one.arrays.items():
        np.testing.assert_array_equal(array, other.arrays[name])
    assert one.ratios.words.any()
    for name, array in one.ratios.to_arrays().items():
        np.testing.assert_array_equal(array, other.ratios.to_arrays()[name])


@pytest.mark.parametrize("tokenizer", ["words", "bpe"])
def test_a_word_that_stands_only_elsewhere_is_unknown(tokenizer: str) -> None:
    text = {"tokenizer": tokenizer, "min_count": 1, "max_size": 40}
    plain = trained(dataset(), text=text)
    secret = trained(with_secret(dataset(), "validation", "test"), text=text)
    assert secret.pipeline == plain.pipeline
    assert SECRET not in secret.pipeline.vocabulary
    known = trained(with_secret(dataset(), "train"), text=text)
    assert known.pipeline != plain.pipeline  # the word would have been seen


@pytest.mark.parametrize("encoder", ["gru", "mingru"])
def test_the_test_split_changes_nothing(encoder: str) -> None:
    network = {"encoder": encoder, "ratios": RATIOS}
    plain = trained(dataset(), network=network)
    other = with_secret(dataset(test=50), "test")
    assert_same(plain, trained(other, network=network))
    assert plain.familiarity == trained(other, network=network).familiarity


def test_validation_chooses_the_epoch_and_nothing_else() -> None:
    # With one epoch there is nothing to choose.
    settings = config(training={"epochs": 1}, network={"ratios": RATIOS})
    others = tuple(Example(f"{SECRET} {n}", ("positive", "negative")[n % 2]) for n in range(8))
    plain = dataset()
    changed = replace(plain, splits={**plain.splits, "validation": others})
    assert_same(*(train(settings, dataset=given).model for given in (plain, changed)))
