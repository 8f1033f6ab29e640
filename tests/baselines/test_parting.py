"""The n-gram part of a model is the baseline nbsvm on the ids of a pipeline."""

from dataclasses import replace

import numpy as np
import pytest
import toy

from tenor.baselines.fitting import nbsvm
from tenor.baselines.parting import fit_ngrams
from tenor.config.ensemble import NgramConfig
from tenor.config.text import TextConfig
from tenor.errors import DataError
from tenor.experiments.preparing import prepare
from tenor.text.ngram_part import NgramPart, class_logits
from tenor.training.loop import Labelled

TEXT = TextConfig(tokenizer="words", min_count=2)


def fitted(config: NgramConfig, *, validation: int = 16, train: Labelled | None = None) -> NgramPart:
    prepared = prepare(toy.dataset(validation=validation), TEXT)
    return fit_ngrams(
        train or prepared.labelled["train"],
        prepared.labelled.get("validation"),
        vocabulary_size=len(prepared.pipeline.vocabulary),
        classes=toy.CLASSES,
        config=config,
    )


def test_it_says_what_the_baseline_says() -> None:
    texts, labels = zip(*((e.text, str(e.label)) for e in toy.dataset().split("train")), strict=True)
    model = nbsvm(texts, labels, toy.CLASSES, text=TEXT)
    part = fitted(NgramConfig(), validation=0)
    assert part.penalty == model.penalty
    read = [e.text for e in toy.examples(30, "new")]
    expected = model.logits(model.features(read))
    found = class_logits(part.scores(model.pipeline.encode(read)))
    np.testing.assert_allclose(found, expected, atol=0.01)  # half precision has three digits


def test_validation_chooses_the_penalty() -> None:
    """Turned round, validation texts are likeliest where the part says least."""
    penalties = (1.0, 1e-6)
    assert fitted(NgramConfig(penalties=penalties), validation=0).penalty == 1.0
    assert fitted(NgramConfig(penalties=penalties)).penalty == 1.0
    assert fitted(NgramConfig(penalties=penalties[::-1])).penalty == 1.0


def test_no_more_ngrams_are_kept_than_asked_for() -> None:
    words = fitted(NgramConfig(orders=1)).ngrams.columns
    assert fitted(NgramConfig(most=0)).ngrams.columns == words
    few, many = (fitted(NgramConfig(most=most)) for most in (5, 10**6))
    assert words < few.ngrams.columns <= words + 2 * 5 < many.ngrams.columns


def test_one_class_is_refused() -> None:
    train = prepare(toy.dataset(), TEXT).labelled["train"]
    with pytest.raises(DataError, match="all 64 training texts are labelled 'positive'"):
        fitted(NgramConfig(), train=replace(train, targets=np.ones(64, np.int64)))


def test_several_classes_are_learned_each_against_the_rest() -> None:
    prepared = prepare(toy.dataset(), TEXT)
    train = prepared.labelled["train"]
    part = fit_ngrams(
        replace(train, targets=np.where(train.targets == 1, 2, 0)),  # the second class has no texts
        None,
        vocabulary_size=len(prepared.pipeline.vocabulary),
        classes=("bad", "none", "good"),
        config=NgramConfig(),
    )
    logits = class_logits(part.scores(train.tokens))
    assert logits.shape == (64, 3)
    assert (logits.argmax(1) == np.where(train.targets == 1, 2, 0)).all()
    assert part.bias[1] == pytest.approx(-np.log(65))
