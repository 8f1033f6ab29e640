"""Streams: after any pieces, however cut, the prediction is that of the text so far."""

import functools
import math
import random
from dataclasses import replace

import pytest
import toy
from hypothesis import given, settings
from hypothesis import strategies as st

from tenor.errors import ConfigError, InputError, ModelError
from tenor.inference import stream, stream_state
from tenor.inference.network import NetworkEngine
from tenor.inference.predictor import ENGINES, Prediction, Predictor
from tenor.model import Model
from tenor.nn.build import build, to_arrays
from tenor.tensors import views
from tenor.text.pipeline import TextPipeline
from tenor.text.tokenizer import TOKENIZERS

TEXTS = ["Good don't 8/10 <b>bad</b> a b :) 😀 Σ", "bad, was &lt;3 it? <br />x c d", *["a b c d e f g h"] * 2]
ODD = [
    "",
    " ",
    "zzz",
    "😀👍🏽",
    "<script>bad</script>",
    "טוב",
    "bad\0good",
    "\ud800",
    "<b and on",
    "&amp",
    "ΟΔΟΣ",
]
PRINTED = """good bad a b don't 8/10 :) <br /> <b> </b> &lt; &#39; 😀 Σ İ < > " &"""
PIECES = [*PRINTED.split(), *"    \n", *ODD]


def predictor(name: str = "reviews", *, seed: int = 0, **changes: object) -> Predictor:
    """A model with random weights, far from flat."""
    network = {"encoder": "mingru", "bidirectional": False, "mingru": {"hidden_size": 5}}
    given_text = changes.pop("text", {})
    config = toy.config(
        text={"tokenizer": name, "min_count": 1, "max_size": 80, "max_length": None, **given_text},
        network={**network, **changes},
    )
    pipeline = TextPipeline.build(TEXTS, config.text)
    import torch

    torch.manual_seed(seed)
    made = build(config.network, vocabulary_size=len(pipeline.vocabulary), classes=2)
    arrays = {name: 3 * array for name, array in to_arrays(made).items()}
    model = Model(pipeline, toy.CLASSES, config, arrays)
    return Predictor(model, ENGINES.get(config.network.encoder, NetworkEngine.of)(model))


shared = functools.cache(predictor)


def check(found: Prediction, whole: Prediction) -> None:
    assert found.probabilities == pytest.approx(whole.probabilities, abs=1e-5)
    assert found.unknown_share == pytest.approx(whole.unknown_share)


def one(predictor: Predictor, text: str) -> Prediction:
    return next(predictor.predictions([text]))


def cut_at_random(text: str, chance: random.Random) -> list[str]:
    places = sorted(chance.randrange(len(text) + 1) for _ in range(chance.randrange(6)))
    return [text[a:b] for a, b in zip([0, *places], [*places, len(text)], strict=True)]


@pytest.mark.parametrize("name", TOKENIZERS)
@settings(deadline=None, max_examples=40)
@given(
    pieces=st.lists(
        st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3)), max_size=4).map("".join),
        max_size=5,
    )
)
def test_chunked_is_whole_after_every_piece(name: str, pieces: list[str]) -> None:
    reader = shared(name)
    reading, so_far = reader.stream(), ""
    for piece in pieces:
        found, so_far = reading.feed(piece), so_far + piece
        check(found, one(reader, so_far))
        assert reading.prediction == found
    tokens = reader.model.pipeline.tokenizer.tokenize(so_far)
    assert reading.tokens == len(tokens)


@pytest.mark.parametrize(
    "network",
    [
        {"encoder": "lstm", "pooling": "attention"},
        {"encoder": "gru", "pooling": "last"},
        {"encoder": "cnn", "cnn": {"widths": (2, 3), "filters": 3}},
        {"encoder": "bag", "bag": {"ngrams": 2, "buckets": 50}},
    ],
)
def test_other_encoders_stream_through_the_network(network: dict[str, object]) -> None:
    reader, chance = predictor(**network), random.Random(1)
    text = " ".join(chance.choices(PIECES, k=40))
    reading, so_far = reader.stream(), ""
    for piece in cut_at_random(text, chance):
        so_far += piece
        check(reading.feed(piece), one(reader, so_far))


@pytest.mark.parametrize("length", [1, 3, 7])
def test_head_truncation_reads_no_further(length: int) -> None:
    reader, chance = predictor(text={"max_length": length}), random.Random(2)
    for _ in range(10):
        reading, so_far = reader.stream(), ""
        for piece in cut_at_random(" ".join(chance.choices(PIECES, k=12)), chance):
            so_far += piece
            check(reading.feed(piece), one(reader, so_far))
        assert reading.tokens <= length
    enough = reading.state
    reading.feed("good " * 100)
    assert reading.state == enough


def test_many_side_by_side_are_as_if_alone() -> None:
    reader, chance = shared(), random.Random(3)
    together = reader.streams()
    so_far: dict[int, str] = {}
    for _ in range(8):
        fed = {key: chance.choice(PIECES) + chance.choice(["", " "]) for key in chance.sample(range(50), 30)}
        found = together.feed(fed)
        assert list(found) == list(fed)
        for key, piece in fed.items():
            so_far[key] = so_far.get(key, "") + piece
            check(found[key], one(reader, so_far[key]))
    assert len(together) == len(so_far)
    closed = next(iter(so_far))
    together.close(closed)
    assert closed not in together
    fresh = together.feed({"new": "good", closed: "a"})  # in the room of the one that was closed
    check(fresh["new"], one(reader, "good"))
    check(fresh[closed], one(reader, "a"))
    other = list(so_far)[1]
    check(together.predictions([other])[other], one(reader, so_far[other]))
    assert together.feed({}) == {}


def test_a_stream_that_is_not_there_is_an_error() -> None:
    together = shared().streams()
    for call in (together.close, together.state, together.tokens, lambda key: together.predictions([key])):
        with pytest.raises(InputError, match="no stream 'x'"):
            call("x")
    with pytest.raises(TypeError, match="'x' is bytes"):
        together.feed({"x": b"good"})
    assert len(together) == 0


@pytest.mark.parametrize("begun", ["", "good bad <b cl", "don'", "a b c \ud800", "good " * 50])
def test_a_stream_goes_on_from_its_state(begun: str) -> None:
    reader, rest = shared(), "t 'x'> bad 8/10 a"
    first = reader.stream()
    first.feed(begun)
    again = reader.stream(first.state)
    assert again.tokens == first.tokens
    check(again.feed(rest), one(reader, begun + rest))
    many = reader.streams()
    many.feed({"k": "something else"})
    many.restore("k", first.state)
    check(many.feed({"k": rest})["k"], one(reader, begun + rest))


def test_a_state_takes_the_same_room_however_long_the_text() -> None:
    reading = shared().stream()
    reading.feed("good bad a b ")
    size = len(reading.state)
    for _ in range(30):
        reading.feed("good <b>a</b> 8/10 " * 100)
    assert len(reading.state) <= size + 10  # digits of the counts
    assert set(views(reading.state)) == set(shared().steps.initial(1))


@pytest.mark.parametrize("length", [0, 7, 100, -1])
def test_a_state_that_was_cut_is_refused(length: int) -> None:
    with pytest.raises(ModelError, match="no stream's state, or were damaged"):
        shared().stream(shared().stream().state[:length])


def test_a_state_with_any_byte_changed_is_refused() -> None:
    reading = shared().stream()
    reading.feed("good bad <b x")
    state = reading.state
    for place in range(0, len(state), 37):
        damaged = state[:place] + bytes([state[place] ^ 1]) + state[place + 1 :]
        with pytest.raises(ModelError, match="stream's state"):
            shared().stream(damaged)


def test_a_state_of_another_model_or_format_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    state = shared().stream().state
    for other in (predictor(seed=1), predictor("words"), predictor(pooling="last")):
        with pytest.raises(ModelError, match="another model; load that model"):
            other.stream(state)
    with pytest.raises(TypeError, match="bytes, and str"):
        shared().stream("state")
    monkeypatch.setattr(stream_state, "_FORMAT", 2)
    newer = shared().stream().state
    monkeypatch.undo()
    with pytest.raises(ModelError, match="format 2, this Tenor reads 1"):
        shared().stream(newer)


def test_the_same_model_has_the_same_digest_wherever_it_lies(tmp_path) -> None:
    model = shared().model
    model.save(tmp_path / "model")
    assert Model.load(tmp_path / "model").digest == model.digest
    changed = {**model.arrays, "head.output.bias": model.arrays["head.output.bias"] + 1}
    assert replace(model, arrays=changed).digest != model.digest
    noted = replace(model, metrics={"accuracy": 1.0})
    assert noted.digest == model.digest  # nothing that logits depend on


@pytest.mark.parametrize("chunk", [1, 7, 1000])
@pytest.mark.parametrize("run", ["x" * 60, "<b " + "good " * 12, "<b" + "x" * 70 + " bad " * 9])
def test_what_is_held_back_is_bounded(run: str, chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "MOST_PENDING", 20)
    reading = shared().streams()
    for start in range(0, len(run), chunk):
        found = reading.feed({0: run[start : start + chunk]})[0]
        assert len(reading._readings[0].pending) <= 20
        assert math.isclose(sum(found.probabilities.values()), 1)
    assert reading.tokens(0) >= len(run) // 20


@pytest.mark.parametrize("name", ["words", "reviews", "bpe"])
def test_of_a_language_without_spaces_a_clause_is_held_back(name: str) -> None:
    clause = "電影很好看，演員也很好。"
    reader = shared(name)
    reading = reader.streams()
    for letter in 9 * clause:
        found = reading.feed({0: letter})[0]
        assert len(reading._readings[0].pending) <= len(clause)
    check(found, one(reader, 9 * clause))


@pytest.mark.parametrize("truncation", ["tail", "head+tail"])
def test_tail_truncation_refuses(truncation: str) -> None:
    reader = predictor(text={"max_length": 5, "truncation": truncation})
    with pytest.raises(ConfigError, match=r"text\.truncation=head or text\.max_length=null"):
        reader.stream()
    predictor(text={"truncation": truncation}).stream()  # nothing is cut off


def test_models_of_whole_texts_refuse() -> None:
    reader = predictor(bidirectional=True)
    with pytest.raises(ConfigError, match=r"network\.bidirectional=false"):
        reader.streams()


def test_a_hundred_thousand_words_at_once() -> None:
    # Under a mean of so many tokens the scan itself, whose sums are float32, is further off than 1e-5.
    reader = predictor(pooling="max")
    text = "good bad a b " * 25_000
    check(reader.stream().feed(text), one(reader, text))
