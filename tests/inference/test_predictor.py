"""Predictors: in order, batch = one by one, whatever the text."""

from dataclasses import replace

import numpy as np
import pytest
import toy
from hypothesis import given, settings
from hypothesis import strategies as st

from tenor.evaluation.abstention import below
from tenor.experiments.classification import fit
from tenor.inference import predictor as predictor_module
from tenor.inference.predictor import Predictor


@pytest.fixture(scope="module")
def predictor() -> Predictor:
    return fit(toy.dataset(), toy.config()).predictor


ODD = [
    "",
    "   ",
    "zzz",
    "good " * 3000,
    "\U0001f600",
    "<script>bad</script>",
    "\u05d8\u05d5\u05d1",
    "bad\x00good",
]


def test_any_text_has_a_prediction(predictor: Predictor) -> None:
    probabilities = predictor.predict_proba(ODD)
    assert probabilities.shape == (len(ODD), 2)
    np.testing.assert_allclose(probabilities.sum(1), 1.0)


@settings(deadline=None, max_examples=25)
@given(texts=st.lists(st.one_of(st.sampled_from(ODD), st.text("abgod ", max_size=40)), max_size=12))
def test_batch_is_one_by_one(predictor: Predictor, texts: list[str]) -> None:
    together = predictor.predict_proba(texts)
    for text, row in zip(texts, together, strict=True):
        np.testing.assert_allclose(predictor.predict_proba([text])[0], row, atol=1e-5)


def test_chunks_are_seamless(predictor: Predictor, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [e.text for e in toy.examples(50, "chunks")]
    whole = predictor.predict_proba(texts)
    monkeypatch.setattr(predictor_module, "_CHUNK", 7)
    np.testing.assert_allclose(predictor.predict_proba(iter(texts)), whole, atol=1e-5)
    assert [p.label for p in predictor.predictions(iter(texts))] == predictor.predict(texts)


def test_predictions_carry_all_of_it(predictor: Predictor) -> None:
    known, unknown = predictor.predictions(["good a", "good xyzzy"])
    assert (known.unknown_share, unknown.unknown_share) == (0.0, 0.5)
    assert list(known.probabilities) == list(predictor.classes)
    assert known.probability == max(known.probabilities.values())


def test_predictions_read_no_more_than_they_need(predictor: Predictor) -> None:
    def endless():
        while True:
            yield "good"

    assert next(predictor.predictions(endless())).label in predictor.classes


def test_vectors_are_what_the_head_reads(predictor: Predictor, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [*ODD, *(e.text for e in toy.examples(20, "vectors"))]
    vectors = predictor.vectors(texts)
    weight, bias = (predictor.model.arrays[f"head.output.{name}"] for name in ("weight", "bias"))
    logits = vectors @ weight.T + bias
    expected = predictor.of_logits(np.concatenate((np.zeros_like(logits), logits), 1))
    np.testing.assert_allclose(predictor.predict_proba(texts), expected, atol=1e-5)
    monkeypatch.setattr(predictor_module, "_CHUNK", 7)
    np.testing.assert_allclose(predictor.vectors(iter(texts)), vectors, atol=1e-5)
    assert predictor.vectors([]).shape == (0, vectors.shape[1])


def test_no_texts_no_predictions(predictor: Predictor) -> None:
    assert predictor.predict([]) == []
    assert predictor.predict_proba([]).shape == (0, 2)


def test_a_single_string_is_a_mistake(predictor: Predictor) -> None:
    with pytest.raises(TypeError, match="put it in a list"):
        predictor.predict("good")


def test_probabilities_are_those_of_the_logits_at_the_temperature(predictor: Predictor) -> None:
    tokens = predictor.model.pipeline.encode(ODD)
    calm = Predictor(replace(predictor.model, temperature=2.5), predictor._engine)
    logits = predictor.logits(tokens).astype(np.float64)
    expected = np.exp(logits / 2.5) / np.exp(logits / 2.5).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(calm.probabilities(tokens), expected)
    np.testing.assert_allclose(calm.predict_proba(ODD), expected)
    np.testing.assert_allclose([[*one.probabilities.values()] for one in calm.predictions(ODD)], expected)
    assert calm.predict(ODD) == predictor.predict(ODD)


def test_nothing_is_held_back_unless_asked_for(predictor: Predictor) -> None:
    assert not any(one.abstained for one in predictor.predictions(ODD))
    strict = Predictor(predictor.model, predictor._engine, below(1.0, 2))
    found = list(strict.predictions(ODD))
    assert all(one.abstained for one in found)
    assert [one.label for one in found] == predictor.predict(ODD) == strict.predict(ODD)
