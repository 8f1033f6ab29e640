"""Trajectories: after each word, what the model says of the text up to there."""

import json
import random

import numpy as np
import pytest
import toy
from numpy.testing import assert_allclose

from tenor.data.example import Dataset, Example
from tenor.experiments.classification import fit
from tenor.explain import trajectory as module
from tenor.explain.trajectory import reading_places, trajectory
from tenor.inference.predictor import Predictor

TEXT = "a b Bad, c d zzz good e"
MODELS = {
    "gru": {"encoder": "gru", "bidirectional": False, "pooling": "max"},
    "bilstm": {"encoder": "lstm", "bidirectional": True, "pooling": "last"},
    "transformer": {
        "encoder": "transformer",
        "transformer": {"hidden_size": 6, "heads": 2, "feedforward": 8},
    },
}


def fitted(text: dict[str, object] | None = None, epochs: int = 1, **network: object) -> Predictor:
    config = toy.config(network=network, training={"epochs": epochs}, text=text or {})
    return fit(toy.dataset(32, 0, 0), config).predictor


@pytest.fixture(scope="module", params=MODELS)
def model(request: pytest.FixtureRequest) -> tuple[str, Predictor]:
    return request.param, fitted(**MODELS[request.param])


@pytest.fixture(scope="module")
def bilstm() -> Predictor:
    return fitted(**MODELS["bilstm"])


def test_after_each_word_it_is_what_the_model_says_of_the_words_so_far(model: tuple[str, Predictor]) -> None:
    name, predictor = model
    found = trajectory(predictor, TEXT)
    words = [TEXT[word.start : word.end] for word in found.words]
    assert words == ["a", "b", "Bad", "c", "d", "zzz", "good", "e"]
    so_far = [" ".join(words[:end]) for end in range(1, len(words) + 1)]
    assert_allclose(found.forward.probabilities, predictor.predict_proba(so_far), atol=1e-5)
    assert_allclose(found.start, predictor.predict_proba([""])[0], atol=1e-5)
    assert found.label == predictor.predict([TEXT])[0]
    assert found.unknown.tolist() == [False] * 5 + [True] + [False] * 2
    assert found.exact == (name == "gru")


def test_models_that_read_both_ways_are_asked_of_the_rest_as_well(model: tuple[str, Predictor]) -> None:
    name, predictor = model
    found = trajectory(predictor, TEXT)
    if name != "bilstm":
        assert found.backward is None
        return
    words = [TEXT[word.start : word.end] for word in found.words]
    rests = [" ".join(words[start:]) for start in range(len(words))]
    assert found.backward is not None
    assert found.backward.places.tolist() == list(range(1, 9))
    assert_allclose(found.backward.probabilities, predictor.predict_proba(rests), atol=1e-5)


def test_long_texts_are_read_anew_at_some_places(bilstm: Predictor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_READINGS", 7)
    text = "a good b bad c " * 6
    every = bilstm.predict_proba([" ".join(text.split()[:end]) for end in range(1, 31)])
    found = trajectory(bilstm, text)
    assert len(found.forward.places) == 7
    assert found.forward.places[-1] == 30
    assert_allclose(found.forward.probabilities, every[found.forward.places - 1], atol=1e-5)
    assert found.backward is not None
    assert found.backward.places[0] == 1
    assert_allclose(found.backward.probabilities[0], every[-1], atol=1e-5)


@pytest.mark.parametrize("words", [1, 2, 199, 200, 201, 5_000, 5_001, 100_000, 10**7])
def test_places_are_few_enough_and_evenly_spread(words: int) -> None:
    places = reading_places(words)
    steps = np.diff(places, prepend=0)
    assert places[-1] == words
    assert steps.min() >= 1
    assert steps.max() - steps.min() <= 1
    assert len(places) <= 200
    assert places.sum() <= max(550_000, 3 * words)
    assert words > 200 or len(places) == words


def test_changes_lead_from_the_start_to_the_end(
    model: tuple[str, Predictor], monkeypatch: pytest.MonkeyPatch
) -> None:
    for most in (200, 3):
        monkeypatch.setattr(module, "MOST_READINGS", most)
        found = trajectory(model[1], TEXT)
        assert len(found.changes) == len(found.words)
        total = found.probabilities[found.shown] - found.start[found.shown]
        assert found.changes.sum() == pytest.approx(total)


@pytest.mark.parametrize(
    ("truncation", "read"), [("head", "abcde"), ("tail", "defgh"), ("head+tail", "abcgh")]
)
def test_of_a_long_text_what_is_read_is_said(truncation: str, read: str) -> None:
    text = " ".join("abcdefgh")
    predictor = fitted(text={"max_length": 5, "truncation": truncation}, **MODELS["gru"])
    found = trajectory(predictor, text)
    assert "".join(text[word.start : word.end] for word in found.words) == read
    assert_allclose(found.probabilities, predictor.predict_proba([text])[0], atol=1e-5)
    (remark,) = found.remarks()
    assert "8 words" in remark
    assert truncation.partition("+")[0].replace("head", "first").replace("tail", "last") in remark


ODD = [
    "",
    "  \n ",
    "zzz",
    "\U0001f600",
    "<script>bad</script>",
    "\u05d8\u05d5\u05d1 good",
    "bad\x00\x1b[31m",
    "good " * 3000,
]


@pytest.mark.parametrize("text", ODD, ids=[repr(text[:10]) for text in ODD])
def test_whatever_the_text(model: tuple[str, Predictor], text: str) -> None:
    found = trajectory(model[1], text)
    values = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert values["text"] == text
    assert len(values["words"]) == len(found.words) >= 1
    assert values["forward"]["places"][-1] == len(found.words)
    assert values["probabilities"] == pytest.approx(
        dict(zip(found.classes, model[1].predict_proba([text])[0], strict=True)), abs=1e-5
    )
    for turn in found.turns:
        assert found.quoted(turn)


def test_what_makes_a_prediction_mean_nothing_is_said(bilstm: Predictor) -> None:
    assert "empty" in next(trajectory(bilstm, " ").remarks())
    assert "no word" in next(trajectory(bilstm, "zzz").remarks())
    assert list(trajectory(bilstm, "good").remarks()) == []


OPINIONS = {"negative": ("dull", "weak"), "positive": ("great", "clever")}


def turning_texts(count: int) -> tuple[Example, ...]:
    """Return reviews of one clause, and of two of which the last decides."""
    generator = random.Random(5)
    found = []
    for number in range(count):
        other, label = (generator.choice(list(OPINIONS)) for _ in range(2))
        first, last = (generator.choice(OPINIONS[one]) for one in (other, label))
        before = f"the film was {first} but " if number % 2 else ""
        found.append(Example(f"{before}the end was {last}", label, str(number)))
    return tuple(found)


def test_a_model_turns_where_the_text_does() -> None:
    network = {"encoder": "lstm", "bidirectional": False, "pooling": "last"}
    still = {"embedding_dropout": 0.0, "word_dropout": 0.0, "output_dropout": 0.0}
    config = toy.config(network={**network, **still}, training={"epochs": 12, "learning_rate": 0.02})
    predictor = fit(Dataset("turns", toy.CLASSES, {"train": turning_texts(96)}), config).predictor
    for first, last, label in (("dull", "great", "positive"), ("clever", "weak", "negative")):
        found = trajectory(predictor, f"the film was {first} but the end was {last}")
        assert found.label == label
        turn = found.turns[-1]
        assert turn.first >= 5  # "but": what comes before it says the opposite
        assert found.values[4] < 0.5 < found.values[-1]
        assert turn.labels is not None
        assert found.classes[turn.labels[1]] == label
