"""Gates in NumPy are those of torch: the states they lead to are the same."""

import numpy as np
import pytest
import torch
import toy
from numpy.testing import assert_allclose

from tenor.batching import collate
from tenor.config.network import HAS_DIRECTIONS
from tenor.explain import gates
from tenor.inference.network import NetworkEngine
from tenor.model import Model
from tenor.nn.build import build, to_arrays
from tenor.text.pipeline import TextPipeline
from tenor.text.ratios import Counts
from tenor.text.tokens import Tokens


def model(encoder: str, *, both: bool = True, width: int = 2, ratios: bool = False) -> Model:
    """A model of two layers with random weights, its gates far from flat."""
    cell = {"hidden_size": 4, "layers": 2}
    config = toy.config(
        network={
            "encoder": encoder, "bidirectional": both, "mingru": {**cell, "width": width},
            "recurrent": cell, "ratios": {"use": ratios, "min_count": 1},
        }
    )  # fmt: skip
    texts = [e.text for e in toy.examples(40, "train")]
    pipeline = TextPipeline.build(texts, config.text)
    size = len(pipeline.vocabulary)
    counts = None
    if ratios:
        targets, settings = np.arange(40) % 2, config.network.ratios
        tokens = pipeline.encode(texts)
        counts = Counts.of(tokens, targets, vocabulary_size=size, classes=2, config=settings).ratios()
    network = build(config.network, vocabulary_size=size, classes=2, ratios=counts)
    generator = np.random.default_rng(3)
    arrays = {
        name: generator.normal(size=array.shape).astype(np.float32)
        for name, array in to_arrays(network).items()
    }
    return Model(pipeline, ("no", "yes"), config, arrays, ratios=counts)


TOKENS = Tokens.of([[2, 3, 4, 5, 3, 2], [6, 5, 4, 3, 2, 2]])


@torch.inference_mode()
def states_of_torch(made: Model) -> list[np.ndarray]:
    """Return the states of each direction of the first layer, places as in the text, (B, T, H)."""
    module = NetworkEngine.of(made).module
    embedded = module.embed(collate(TOKENS))
    layer = module.encoder.layers[0]
    if made.config.network.encoder == "mingru":
        module.encoder.layers = torch.nn.ModuleList([layer])
        sequence = module.encoder(embedded).sequence.numpy()
        return np.split(sequence, sequence.shape[-1] // 4, axis=-1)
    turned = [embedded.x, embedded.x.flip(1)][: len(layer)]
    found = [cell(x)[0] for cell, x in zip(layer, turned, strict=True)]
    return [h.flip(1).numpy() if number else h.numpy() for number, h in enumerate(found)]


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize(
    "kind",
    [
        {"encoder": "lstm"},
        {"encoder": "gru"},
        *({"encoder": "mingru", "width": width} for width in (1, 2, 3)),
        {"encoder": "mingru", "ratios": True},
        {"encoder": "gru", "ratios": True},
    ],
)
def test_states_are_those_of_torch(kind: dict, both: bool) -> None:
    made = model(both=both, **kind)
    found, expected = gates.read(made, TOKENS), states_of_torch(made)
    assert len(found) == len(expected) == 1 + both
    for own, theirs in zip(found, expected, strict=True):
        assert_allclose(own.states, theirs, atol=1e-5)
        assert ((own.gates >= 0) & (own.gates <= 1)).all()


def test_the_update_gates_say_how_much_of_the_state_is_new() -> None:
    for encoder in ("mingru", "gru"):
        (found,) = gates.read(model(encoder, both=False), TOKENS)
        moved = np.abs(np.diff(found.states, axis=1))  # (B, T-1, H), of states between -1 and 1
        assert (moved <= 2 * found.gates[0][:, 1:] + 1e-6).all()
        assert (found.gates[0] < 0.3).any()


@torch.inference_mode()
def test_the_gates_of_an_lstm_are_in_the_order_of_their_names() -> None:
    made = model("lstm", both=False)
    (found,) = gates.read(made, TOKENS)
    cell = NetworkEngine.of(made).module.encoder.layers[0][0]
    x = torch.from_numpy(made.arrays["embedding.weight"][TOKENS.ids[0]])
    i, f, _, o = torch.sigmoid(cell.weight_ih_l0 @ x + cell.bias_ih_l0 + cell.bias_hh_l0).chunk(4)
    assert [gate.name for gate in gates.GATES["lstm"]] == ["input", "forget", "output"]
    for own, theirs in zip(found.gates[:, 0, 0], (i, f, o), strict=True):
        assert_allclose(own, theirs, atol=1e-6)


@pytest.mark.parametrize("encoder", ["lstm", "gru", "mingru"])
def test_openness_is_the_mean_over_units_at_each_token(encoder: str) -> None:
    made = model(encoder)
    texts = [[2, 3, 4], [5], [6, 2, 2], [4, 3, 5, 2]]
    found = gates.openness(made, Tokens.of(texts))
    assert found.shape == (11, len(gates.GATES[encoder]))
    start = 0
    for text in texts:
        each = [one.gates.mean(-1)[:, 0].T for one in gates.read(made, Tokens.of([text]))]  # (T, G)
        assert_allclose(found[start : start + len(text)], np.mean(each, 0), atol=1e-6)
        start += len(text)


def test_mingru_of_width_1_sees_words_alone() -> None:
    made = model("mingru", width=1)
    assert gates.sees_words_alone(made)
    found = gates.openness(made, Tokens.of([[2], [5, 2, 3, 2]]))[:, 0]
    assert_allclose(found[[2, 4]], found[0], atol=1e-6)
    for other in (model("mingru", width=2), model("mingru", width=1, ratios=True), model("gru")):
        assert not gates.sees_words_alone(other)


def test_every_encoder_has_gates_or_a_reason() -> None:
    assert set(gates.GATES) | set(gates.WITHOUT) == set(HAS_DIRECTIONS)
    assert not set(gates.GATES) & set(gates.WITHOUT)
    assert set(gates.GATES) == set(gates.READERS)
