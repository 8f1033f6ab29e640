"""Every setting that changes what is computed, where the contract tests have one of each."""

from dataclasses import replace

import numpy as np
import onnx
import pytest
from exported import engine, model
from small import CLASSES, SMALL, VOCABULARY, wider

from tenor.config.network import (
    BagConfig,
    CNNConfig,
    MinGRUConfig,
    NetworkConfig,
    RatioConfig,
    RecurrentConfig,
    TransformerConfig,
)
from tenor.errors import ModelError
from tenor.export import classifier, ratios
from tenor.export.graph import Graph, Output
from tenor.inference.network import NetworkEngine
from tenor.text.tokens import Tokens

RECURRENT = RecurrentConfig(hidden_size=4, layers=2)


def texts(longest: int = 40) -> Tokens:
    generator = np.random.default_rng(11)
    lengths = (1, longest, 2, 7, 1, longest // 2)
    return Tokens.of([generator.integers(1, VOCABULARY, length).tolist() for length in lengths])


def check(config: NetworkConfig, classes: int = CLASSES) -> None:
    saved = model(config, classes=classes, temperature=0.6)
    expected, tokens = NetworkEngine.of(saved), texts()
    graph = engine(saved)
    np.testing.assert_allclose(graph.logits(tokens), expected.logits(tokens), atol=1e-4)
    np.testing.assert_allclose(graph.vectors(tokens), expected.vectors(tokens), atol=1e-4)
    made = classifier.network(saved)
    onnx.checker.check_model(made, full_check=True)
    nothing_is_idle(made.graph)


def nothing_is_idle(graph: onnx.GraphProto) -> None:
    """Every operator and every constant is read by something."""
    read = {name for node in graph.node for name in node.input} | {one.name for one in graph.output}
    assert all(not read.isdisjoint(node.output) for node in graph.node)
    assert {constant.name for constant in graph.initializer} <= read


@pytest.mark.parametrize("merge", ["concat", "sum", "mean", "product"])
@pytest.mark.parametrize("encoder", ["rnn", "lstm", "gru"])
def test_merges(encoder: str, merge: str) -> None:
    check(replace(SMALL, encoder=encoder, recurrent=replace(RECURRENT, merge=merge, layers=3)))


@pytest.mark.parametrize(
    "changes",
    [
        {"encoder": "rnn", "recurrent": replace(RECURRENT, nonlinearity="relu")},
        {"encoder": "mingru", "mingru": MinGRUConfig(hidden_size=3, width=1)},
        {"encoder": "mingru", "mingru": MinGRUConfig(hidden_size=3, layers=3), "bidirectional": False},
        {"encoder": "bag", "bag": BagConfig(ngrams=1)},
        {"encoder": "bag", "bag": BagConfig(ngrams=4, buckets=1)},
        {"encoder": "cnn", "cnn": CNNConfig(widths=(1,), filters=3)},
        {"encoder": "transformer", "transformer": TransformerConfig(hidden_size=6, heads=3, feedforward=5)},
        {"encoder": "transformer", "embedding_size": 8,
         "transformer": TransformerConfig(hidden_size=8, heads=1, feedforward=5, positions="none")},
        {"encoder": "lstm", "hidden": 7},
    ],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("classes", [2, 4])
def test_settings(changes: dict[str, object], classes: int) -> None:
    check(replace(SMALL, **changes), classes)


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("encoder", ["lstm", "mingru", "bag", "cnn", "transformer"])
def test_ratios_stand_beside_the_words(encoder: str, classes: int) -> None:
    check(replace(SMALL, encoder=encoder, ratios=RatioConfig(use=True), transformer=TransformerConfig(
        hidden_size=4, layers=1, heads=2, feedforward=6)), classes)  # fmt: skip


def test_every_bigram_is_found_and_no_other() -> None:
    from exported import ratios as made

    known = made()
    pairs = [[a, b] for a in range(VOCABULARY) for b in range(VOCABULARY)]
    graph = Graph()
    found = ratios.beside(graph, known, "ids")
    proto = graph.model(
        {"ids": ("texts", "places")}, {"ratios": Output(found, ("texts", "places", known.size))}
    )
    ids = np.array(pairs, np.int64)
    got = _session(proto).run(None, {"ids": ids})[0]
    tokens = Tokens.of(pairs)
    expected = np.concatenate(
        (known.of_words(tokens.ids), known.of_bigrams(known.bigrams.find_plainly(tokens))), 1
    )
    np.testing.assert_array_equal(got.reshape(len(expected), -1), expected)
    assert expected[:, 3:].any(1).sum() >= 15


def test_no_bigrams_at_all() -> None:
    saved = model(replace(SMALL, encoder="mingru", ratios=RatioConfig(use=True)))
    from tenor.text.ratios import LogCountRatios

    bare = replace(saved, ratios=LogCountRatios.none(VOCABULARY, CLASSES))
    tokens = texts()
    np.testing.assert_allclose(engine(bare).logits(tokens), NetworkEngine.of(bare).logits(tokens), atol=1e-4)


def test_far_places_keep_their_digits() -> None:
    config = replace(
        SMALL,
        encoder="transformer",
        pooling="last",
        transformer=TransformerConfig(hidden_size=4, layers=1, heads=1, feedforward=4),
    )
    saved, tokens = model(config), Tokens.of([[5, 7] * 2000])
    np.testing.assert_allclose(
        engine(saved).vectors(tokens), NetworkEngine.of(saved).vectors(tokens), atol=1e-4
    )


def test_an_encoder_without_a_graph_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(classifier.EXPORTERS, "gru")
    with pytest.raises(
        ModelError, match="the encoder gru cannot be exported to ONNX; those that can are rnn, "
    ):
        classifier.network(model(replace(SMALL, encoder="gru")))


def test_a_table_in_whole_numbers_is_near() -> None:
    config = replace(wider(SMALL, 24), encoder="bag")
    saved, tokens = model(config), texts()
    exact, rounded = engine(saved).vectors(tokens), engine(saved, int8=True).vectors(tokens)
    assert 0 < np.abs(exact - rounded).max() < 0.02 * np.abs(exact).max()


def _session(proto: onnx.ModelProto):
    import onnxruntime

    return onnxruntime.InferenceSession(proto.SerializeToString(), providers=["CPUExecutionProvider"])
