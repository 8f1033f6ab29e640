"""Running logits: the table engine says what the network says, and refusals name what can be read so."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import toy
from numpy.testing import assert_allclose

from tenor.errors import ConfigError
from tenor.experiments.classification import fit
from tenor.inference import table
from tenor.inference.engine import Outputs
from tenor.inference.network import NetworkEngine
from tenor.inference.pooling import RunningPooling
from tenor.inference.predictor import Predictor, load
from tenor.inference.steps import Steps
from tenor.inference.table import TableEngine
from tenor.model import Model
from tenor.nn.build import build, to_arrays
from tenor.nn.pooling import POOLINGS
from tenor.text.pipeline import TextPipeline
from tenor.text.tokens import Tokens

KINDS = [
    {"pooling": pooling, "width": width, "layers": layers}
    for pooling in POOLINGS
    for width, layers in ((1, 1), (2, 1), (3, 2))
]


def model(*, pooling: str = "mean-max", hidden: int = 0, **mingru: int) -> Model:
    """A minGRU that reads one way, its gates far from flat."""
    network = {"encoder": "mingru", "bidirectional": False, "pooling": pooling, "hidden": hidden}
    config = toy.config(network={**network, "mingru": {"hidden_size": 7, **mingru}})
    pipeline = TextPipeline.build([e.text for e in toy.examples(40, "train")], config.text)
    made = build(config.network, vocabulary_size=len(pipeline.vocabulary), classes=2)
    return Model(pipeline, toy.CLASSES, config, {name: 3 * array for name, array in to_arrays(made).items()})


@pytest.fixture
def tokens() -> Tokens:
    generator = np.random.default_rng(2)
    return Tokens.of([generator.integers(0, 12, n).tolist() for n in (1, 2, 30, 7, 1, 40, 15, 3)])


@pytest.mark.parametrize("kind", [*KINDS, {"hidden": 3}])
def test_the_table_engine_is_the_network(kind: dict[str, object], tokens: Tokens) -> None:
    made = model(**kind)
    expected = Steps(NetworkEngine.of(made)).running(tokens)
    assert np.ptp(expected, axis=0).max() > 0.1
    assert_allclose(Steps(TableEngine(made)).running(tokens), expected, atol=1e-5)


@pytest.mark.parametrize("kind", [{"width": 1}, {"width": 3, "layers": 2}])
def test_the_table_engine_reads_piece_by_piece(kind: dict[str, int], tokens: Tokens) -> None:
    engine = TableEngine(model(**kind))
    steps = Steps(engine)
    state = steps.initial(2)
    pieces = ([[3, 4], [5]], [[6], [7, 8, 3, 4]], [[9, 9, 2, 1, 1], [3]])
    for piece in pieces:
        before = {name: array.copy() for name, array in state.items()}
        after = steps.advance(state, Tokens.of(piece))
        for name, array in before.items():
            np.testing.assert_array_equal(state[name], array)  # what was given stays
        state = after
    whole = Tokens.of([[word for piece in pieces for word in piece[text]] for text in range(2)])
    assert_allclose(steps.current(state), engine.logits(whole), atol=1e-5)


@pytest.mark.parametrize(("layers", "few"), [(1, 0), (2, 10**9)])
def test_the_table_engine_carries_bigrams_over(
    layers: int, few: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = {"encoder": "mingru", "bidirectional": False, "ratios": {"use": True, "min_count": 1}}
    config = toy.config(network={**network, "mingru": {"hidden_size": 5, "layers": layers, "width": 3}})
    fit(toy.dataset(), config).model.save(tmp_path / "model")
    monkeypatch.setattr(table, "_FEW", few)
    predictor = load(tmp_path / "model")
    tokens = predictor.model.pipeline.encode(e.text for e in toy.examples(30, "new"))
    running = predictor.running(tokens)
    assert_allclose(running[tokens.offsets[1:] - 1], predictor.probabilities(tokens), atol=1e-5)
    state = predictor.steps.initial(1)
    text = tokens.select(np.array([int(tokens.lengths.argmax())]))
    for word in text.ids.tolist():
        state = predictor.steps.advance(state, Tokens.of([[word]]))
    found = predictor.of_logits(predictor.steps.current(state))
    assert_allclose(found, predictor.probabilities(text), atol=1e-5)


@pytest.mark.parametrize(("start", "end"), [(-1e4, 1e4), (1e4, -1e4), (300.0, 300.0)])
def test_attention_survives_any_score(start: float, end: float) -> None:
    pooling = RunningPooling("attention", 2)
    state = pooling.initial(1)
    sequence = np.array([[1.0, 2.0], [3.0, 5.0]], np.float32)
    outputs = Outputs(sequence, np.array([start, end], np.float32))
    with np.errstate(all="raise", under="ignore"):
        pooling.add(state, outputs, np.array([0, 2]))
        found = pooling.value(state)
    expected = sequence.mean(0) if start == end else sequence[int(end > start)]
    assert_allclose(found[0], expected, rtol=1e-6)


@pytest.mark.parametrize(
    ("network", "named"),
    [
        ({"encoder": "gru", "bidirectional": True}, "two-directional.*network.bidirectional=false"),
        ({"encoder": "mingru", "bidirectional": True}, "two-directional.*network.bidirectional=false"),
        (
            {"encoder": "transformer", "transformer": {"hidden_size": 4, "layers": 1, "heads": 1}},
            "a transformer sees the whole text.*network.encoder=lstm",
        ),
    ],
)
def test_models_of_whole_texts_say_why_they_do_not_read_on(network: dict[str, object], named: str) -> None:
    predictor = fit(toy.dataset(), toy.config(network=network, training={"epochs": 1})).predictor
    assert predictor.reads_on is not None
    with pytest.raises(ConfigError, match=named) as raised:
        predictor.running(Tokens.of([[2, 3]]))
    assert str(raised.value) == predictor.reads_on


def test_running_probabilities_go_the_one_way_from_logits() -> None:
    class Halved(Predictor):
        def of_logits(self, logits):
            return super().of_logits(np.asarray(logits) / 2)

    made = model()
    predictor = Halved(made, TableEngine(made))
    assert predictor.reads_on is None
    tokens = Tokens.of([[2, 3, 4], [5]])
    assert_allclose(predictor.running(tokens)[[2, 3]], predictor.probabilities(tokens), atol=1e-6)


SCRIPT = """
import json, sys
import tenor
from tenor.text.tokens import Tokens
running = tenor.load(sys.argv[1]).running(Tokens.of([[2, 3, 4]]))
print(json.dumps({"running": running.tolist(), "heavy": sorted({"torch", "numba"} & set(sys.modules))}))
"""


def test_a_mingru_is_read_on_without_torch_and_compiler(tmp_path: Path) -> None:
    made = model()
    made.save(tmp_path / "model")
    command = [sys.executable, "-c", SCRIPT, str(tmp_path / "model")]
    found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert found["heavy"] == []
    assert len(found["running"]) == 3
