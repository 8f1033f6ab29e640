"""`TextClassifier` of several parts: trained, saved, pickled like any."""

import pickle

import numpy as np
from classifiers import small, texts

import tenor


def test_several_networks_and_ngrams(tmp_path) -> None:
    train, codes = texts(80)
    new, _ = texts(30, seed=1)
    classifier = small(ensemble=2, ngrams=True, epochs=3).fit(train, codes)
    assert [part.kind for part in classifier.model_.parts] == ["network", "n-grams"]
    assert [row["member"] for row in classifier.history_] == [1, 1, 1, 2, 2, 2]
    expected = classifier.predict_proba(new)
    again = pickle.loads(pickle.dumps(classifier))
    np.testing.assert_allclose(again.predict_proba(new), expected, atol=1e-6)
    classifier.save(tmp_path / "model")
    np.testing.assert_allclose(tenor.load(tmp_path / "model").predict_proba(new), expected, atol=1e-5)
