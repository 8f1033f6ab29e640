"""Promise 7 for whole models: after each token and after any pieces, the logits of the text so far."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose
from small import CLASSES, SMALL, VOCABULARY, classifier

from tenor.config.names import name_of
from tenor.config.network import NetworkConfig, RatioConfig, whole_texts_only
from tenor.inference import steps
from tenor.inference.network import NetworkEngine
from tenor.inference.steps import Steps
from tenor.nn.build import ENCODERS, build
from tenor.nn.pooling import POOLINGS
from tenor.text.ratios import Counts
from tenor.text.tokens import Tokens

STREAMING = [
    network
    for encoder in ENCODERS
    for pooling in POOLINGS
    if not whole_texts_only(network := replace(SMALL, encoder=encoder, bidirectional=False, pooling=pooling))
]


def prefixes(tokens: Tokens) -> Tokens:
    """Return every prefix of every text, one for each token."""
    return Tokens.of(
        [
            tokens.ids[first : last + 1]
            for first, end in zip(tokens.offsets, tokens.offsets[1:], strict=False)
            for last in range(first, end)
        ]
    )


def lasts(logits: np.ndarray, tokens: Tokens) -> np.ndarray:
    return logits[tokens.offsets[1:] - 1]


def test_which_networks_read_on_is_known_without_building_them(network: NetworkConfig) -> None:
    encoder = build(network, vocabulary_size=VOCABULARY, classes=CLASSES).encoder
    assert (whole_texts_only(network) is None) == encoder.streams


@pytest.mark.parametrize("streaming", STREAMING, ids=name_of)
def test_running_logits_are_those_of_each_prefix(streaming: NetworkConfig, tokens: Tokens) -> None:
    engine = NetworkEngine(classifier(streaming))
    assert_allclose(Steps(engine).running(tokens), engine.logits(prefixes(tokens)), atol=1e-5)


@pytest.mark.parametrize("streaming", STREAMING, ids=name_of)
@pytest.mark.parametrize("most", [1, 9, 1 << 14])
def test_pieces_are_the_whole(
    streaming: NetworkConfig, tokens: Tokens, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "_MOST_TOKENS", most)
    engine = NetworkEngine(classifier(streaming))
    reading = Steps(engine)
    state = reading.initial(len(tokens))
    generator = np.random.default_rng(3)
    read = np.zeros(len(tokens), np.int64)
    while (rows := np.flatnonzero(read < tokens.lengths)).size:
        rows = generator.permutation(rows)[: generator.integers(1, len(rows) + 1)]
        sizes = np.minimum(generator.integers(1, 6, len(rows)), (tokens.lengths - read)[rows])
        starts = tokens.offsets[rows] + read[rows]
        piece = Tokens.of([tokens.ids[a : a + n] for a, n in zip(starts, sizes, strict=True)])
        before = {name: array[rows].copy() for name, array in state.items()}
        after = reading.advance(before, piece)
        for name, array in after.items():
            assert (array.dtype, array.shape) == (state[name].dtype, state[name][rows].shape)
            state[name][rows] = array
        read[rows] += sizes
    assert_allclose(reading.current(state), engine.logits(tokens), atol=1e-5)


@pytest.mark.parametrize("encoder", ["lstm", "mingru", "bag", "cnn"])
def test_bigrams_reach_over_the_border_of_pieces(encoder: str, tokens: Tokens) -> None:
    network = replace(
        SMALL, encoder=encoder, bidirectional=False, ratios=RatioConfig(use=True, min_count=1), pooling="mean"
    )
    targets = np.arange(len(tokens)) % CLASSES
    counts = Counts.of(tokens, targets, vocabulary_size=VOCABULARY, classes=CLASSES, config=network.ratios)
    module = build(network, vocabulary_size=VOCABULARY, classes=CLASSES, ratios=counts.ratios()).eval()
    engine = NetworkEngine(module)
    reading = Steps(engine)
    state = reading.initial(1)
    text = tokens.select(np.array([2]))
    for word in text.ids.tolist():
        state = reading.advance(state, Tokens.of([[word]]))
    assert_allclose(reading.current(state), engine.logits(text), atol=1e-5)
    assert_allclose(reading.running(tokens), engine.logits(prefixes(tokens)), atol=1e-5)
