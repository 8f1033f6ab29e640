"""Inspections of networks that learned that good is positive and bad is not."""

import json

import pytest
import toy

from tenor.errors import InputError
from tenor.experiments.classification import fit
from tenor.explain.inspection import inspect
from tenor.explain.polarity import Advance
from tenor.inference.predictor import Predictor


def trained(encoder: str = "mingru", **text) -> Predictor:
    network = {"encoder": encoder, "mingru": {"hidden_size": 5, "width": 1}, "pooling": "max"}
    network["recurrent"] = {"hidden_size": 5, "layers": 1, "dropout": 0.0}
    training = {"epochs": 6, "learning_rate": 0.05}
    return fit(toy.dataset(), toy.config(network=network, training=training, text=text)).predictor


@pytest.fixture(scope="module")
def predictor() -> Predictor:
    return trained()


def test_telling_words_stand_first(predictor: Predictor) -> None:
    found = inspect(predictor, most=3)
    assert (found.model, found.unit, found.read) == ("bimingru-max", "word", 10)
    first = {one.label: one.words[0].text for one in found.classes}
    assert first == {"negative": "bad", "positive": "good"}
    for one in found.classes:
        values = [effect.value for effect in one.words]
        assert values == sorted(values, reverse=True)
        assert 0 < len(values) <= 3
        assert all(effect.count is None for effect in one.words)
    assert found.in_texts is None


def test_on_the_map_they_lie_apart(predictor: Predictor) -> None:
    points = {point.text: point for point in inspect(predictor).map.points}
    assert points["good"].label == "positive"
    assert points["bad"].label == "negative"
    assert points["good"].x > points["bad"].x


def test_neighbours_are_those_asked_for(predictor: Predictor) -> None:
    found = inspect(predictor, words=["GOOD", "a"], most=4).neighbours
    assert [one.word for one in found] == ["good", "a"]
    for one in found:
        assert len(one.nearest) == 4
        assert one.word not in dict(one.nearest)
        values = [value for _, value in one.nearest]
        assert values == sorted(values, reverse=True)
    assert {"good", "bad"} <= {one.word for one in inspect(predictor).neighbours}
    with pytest.raises(InputError, match="did you mean 'good'"):
        inspect(predictor, words=["goood"])


def test_in_texts_they_stand_first_too_with_their_places(predictor: Predictor) -> None:
    texts = [example.text for example in toy.examples(30, "texts")]
    told: dict[str, list[int]] = {}

    def watch(what: str, total: int) -> Advance:
        return told.setdefault(f"{total} {what}", []).append

    found = inspect(predictor, texts=[*texts, "", "xyzzy"], watch=watch).in_texts
    assert found is not None
    assert (found.texts, sum(told["32 texts"])) == (32, 32)
    for one, word in zip(found.classes, ("bad", "good"), strict=True):
        assert one.words[0].text == word
        assert one.words[0].count == sum(text.split().count(word) for text in texts)


@pytest.mark.parametrize("encoder", ["mingru", "gru", "lstm", "rnn", "bag"])
def test_recurrent_readers_have_gates(encoder: str) -> None:
    predictor = trained(encoder)
    found = inspect(predictor, most=2, texts=["good a bad"] * 6)
    if encoder in ("rnn", "bag"):
        assert found.gates is None
        assert "no gates" in str(found.without_gates)
        return
    assert found.gates is not None
    assert found.without_gates is None
    for gate in found.gates.gates:
        (_, highest), (_, second) = gate.most
        assert gate.least[0][1] <= second <= highest
        assert {word for word, _ in (*gate.most, *gate.least)} <= {"good", "a", "bad"}
    said = "wherever it stands" if encoder == "mingru" else "6 texts"
    assert said in found.gates.basis
    alone = inspect(predictor, most=2).gates
    assert alone is not None
    assert ("read alone" in alone.basis) == (encoder != "mingru")


def test_pieces_are_called_so_and_json_can_hold_it() -> None:
    found = inspect(trained(tokenizer="bpe", max_size=40))
    assert found.unit == "piece"
    assert json.loads(json.dumps(found.to_json(), allow_nan=False))["unit"] == "piece"
