"""The table engine is the network: same logits, by every route, without torch."""

import itertools
import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
import toy
from numpy.testing import assert_allclose

from tenor.inference import table
from tenor.inference.network import NetworkEngine
from tenor.inference.predictor import load
from tenor.inference.table import TableEngine
from tenor.model import Model
from tenor.nn.build import build, to_arrays
from tenor.nn.pooling import POOLINGS
from tenor.text.pipeline import TextPipeline
from tenor.text.tokens import Tokens


def model(
    classes: int = 2, *, pooling: str = "mean-max", both: bool = True, hidden: int = 0, **mingru
) -> Model:
    """A model with random weights, the gates far from flat."""
    config = toy.config(
        network={
            "encoder": "mingru",
            "bidirectional": both,
            "pooling": pooling,
            "hidden": hidden,
            "mingru": {"hidden_size": 7, **mingru},
        }
    )
    pipeline = TextPipeline.build([e.text for e in toy.examples(40, "train")], config.text)
    network = build(config.network, vocabulary_size=len(pipeline.vocabulary), classes=classes)
    arrays = {name: array * 3 for name, array in to_arrays(network).items()}
    return Model(pipeline, tuple(map(str, range(classes))), config, arrays)


@pytest.fixture
def tokens() -> Tokens:
    generator = np.random.default_rng(2)
    return Tokens.of([generator.integers(0, 12, n).tolist() for n in (1, 2, 30, 7, 1, 200, 15, 3)])


KINDS = [
    {"pooling": pooling, "both": both, "width": width, "layers": layers}
    for pooling in POOLINGS
    for both, width, layers in ((True, 1, 1), (False, 2, 1), (True, 3, 2))
]


@pytest.mark.parametrize("kind", [*KINDS, {"classes": 4}, {"hidden": 3}, {"classes": 3, "hidden": 3}])
@pytest.mark.parametrize("route", ["plain", "compiled"])
def test_equals_the_network(monkeypatch, tokens: Tokens, kind: dict, route: str) -> None:
    monkeypatch.setattr(table, "_FEW", 10**9 if route == "plain" else 0)
    made = model(**kind)
    network = NetworkEngine.of(made)
    expected = network.logits(tokens)
    assert np.ptp(expected, axis=0).max() > 0.1
    assert_allclose(TableEngine(made).logits(tokens), expected, atol=1e-5)
    assert_allclose(TableEngine(made).vectors(tokens), network.vectors(tokens), atol=1e-5)


@pytest.mark.parametrize("most", [1, 10, 250])
def test_pieces_are_the_whole(monkeypatch, tokens: Tokens, most: int) -> None:
    made = model()
    whole = TableEngine(made).logits(tokens)
    monkeypatch.setattr(table, "_MOST_TOKENS", most)
    assert_allclose(TableEngine(made).logits(tokens), whole, atol=1e-6)
    pieces = table._pieces(tokens.offsets)
    assert (pieces[0][0], pieces[-1][1]) == (0, len(tokens))
    assert all(a[1] == b[0] for a, b in itertools.pairwise(pieces))
    sizes = [int(tokens.offsets[end] - tokens.offsets[first]) for first, end in pieces]
    assert all(size <= most or end == first + 1 for size, (first, end) in zip(sizes, pieces, strict=True))
    assert len(pieces) == {1: len(tokens), 10: 6, 250: 2}[most]


def test_words_are_folded_once_and_only_when_met(monkeypatch) -> None:
    made = model()
    engine = TableEngine(made)
    monkeypatch.setattr(table, "_MANY_NEW", 1.0)
    engine.logits(Tokens.of([[3, 4, 3]]))
    assert np.flatnonzero(engine._folded).tolist() == [3, 4]
    engine._table[3] = 100.0  # would be mended if it were folded again
    engine.logits(Tokens.of([[3, 5]]))
    assert (engine._table[3] == 100.0).all()
    assert engine._folded[5]


@pytest.mark.parametrize("pooling", ["mean-max", "attention"])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("few", [0, 10**9])
def test_with_log_count_ratios(monkeypatch, tmp_path: Path, pooling: str, layers: int, few: int) -> None:
    from tenor.experiments.classification import fit

    network = {"encoder": "mingru", "pooling": pooling, "ratios": {"use": True, "min_count": 1}}
    config = toy.config(network={**network, "mingru": {"hidden_size": 5, "layers": layers}})
    fitted = fit(toy.dataset(), config)
    fitted.model.save(tmp_path / "model")
    monkeypatch.setattr(table, "_FEW", few)
    texts = [e.text for e in toy.examples(30, "new")]
    read = load(tmp_path / "model")
    assert read.model.ratios is not None
    assert_allclose(read.predict_proba(texts), fitted.predictor.predict_proba(texts), atol=1e-5)


def test_a_network_that_was_trained_predicts_the_same_from_its_folder(tmp_path: Path) -> None:
    from tenor.experiments.classification import fit

    config = toy.config(network={"encoder": "mingru", "mingru": {"hidden_size": 5}})
    fitted = fit(toy.dataset(), config)
    fitted.model.save(tmp_path / "model")
    texts = [e.text for e in toy.examples(30, "new")] + ["", "good", "zzz " * 500]
    read = load(tmp_path / "model")
    assert isinstance(read._engine, TableEngine)
    assert_allclose(read.predict_proba(texts), fitted.predictor.predict_proba(texts), atol=1e-5)


SCRIPT = """
import json, sys
import tenor
predictor = tenor.load(sys.argv[1])
few = predictor.predict_proba(["a good b", "bad"]).tolist()
numba_for_few = "numba" in sys.modules
many = predictor.predict_proba(["a good b"] * 8000)
print(json.dumps({"few": few, "many": many[-1].tolist(), "numba_for_few": numba_for_few,
                  "numba": "numba" in sys.modules, "torch": "torch" in sys.modules}))
"""


@pytest.mark.parametrize("cache", ["own", "none"])
def test_torch_is_never_imported_and_the_compiler_only_for_many(tmp_path: Path, cache: str) -> None:
    """In a process of its own, also where compiled code can be kept nowhere."""
    model().save(tmp_path / "model")
    blocked = tmp_path / "file"
    blocked.write_text("")
    places = {
        "NUMBA_CACHE_DIR": str(blocked / "x"),
        "HOME": str(blocked / "y"),
        "XDG_CACHE_HOME": str(blocked),
    }
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(SCRIPT), str(tmp_path / "model")],
        env={**os.environ, **(places if cache == "none" else {})},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = json.loads(done.stdout)
    assert not found["torch"]
    assert not found["numba_for_few"]
    assert found["numba"]
    assert_allclose(found["many"], found["few"][0], atol=1e-6)
