"""The promises of every model, kept by models of several networks, with and without n-grams."""

import csv
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import toy

import tenor
from tenor.errors import ConfigError, DataError, Interrupted, ModelError
from tenor.evaluation.temperature import softmax
from tenor.experiments.classification import Fitted, fit, train
from tenor.experiments.watching import SilentWatcher
from tenor.explain.attribution import attribute, methods_for
from tenor.explain.inspection import inspect
from tenor.explain.trajectory import trajectory
from tenor.inference import ensemble
from tenor.inference.ensemble import EnsembleEngine, mean
from tenor.model import Model
from tenor.text.tokens import Tokens
from tenor.training.checkpoint import Progress

TEXTS = ["good a b", "bad", "", "an unknown good word", "a b c d bad " * 40]
MINGRU = {"encoder": "mingru", "mingru": {"hidden_size": 4}, "ratios": {"use": True, "min_count": 1}}
# name -> network, members, n-grams
KINDS = {
    "two-mingrus": (MINGRU, 2, False),
    "two-mingrus-and-ngrams": (MINGRU, 2, True),
    "one-lstm-and-ngrams": ({"encoder": "lstm"}, 1, True),
    "two-streaming-grus": ({"encoder": "gru", "bidirectional": False, "pooling": "attention"}, 2, False),
}


def configured(kind: str, **sections):
    network, members, ngrams = KINDS[kind]
    training = {"epochs": 2, "checkpoint_minutes": 0.0, **sections.pop("training", {})}
    parts = {"members": members, "ngrams": {"use": ngrams, "min_count": 1, **sections.pop("ngrams", {})}}
    return toy.config(network=network, ensemble=parts, training=training, **sections)


@pytest.fixture(scope="module", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def fitted(kind: str) -> Fitted:
    return fit(toy.dataset(validation=60), configured(kind))


@pytest.fixture(scope="module")
def folder(fitted: Fitted, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ensemble") / "model"
    fitted.model.save(path)
    return path


def test_the_sum_of_its_parts(fitted: Fitted) -> None:
    model = fitted.model
    tokens = model.pipeline.encode(TEXTS)
    logits = mean([ensemble.network_engine(member).logits(tokens) for member in model.members])
    if model.ngrams is not None:
        assert model.mixture is not None
        scores = model.ngrams.scores_plainly(tokens)
        added = np.hstack([np.zeros_like(scores), scores])
        logits = model.mixture.network * logits + model.mixture.ngrams * added
    np.testing.assert_allclose(fitted.predictor.logits(tokens), logits, atol=1e-5)
    found = fitted.predictor.predict_proba(TEXTS)
    np.testing.assert_allclose(found, softmax(np.asarray(logits), model.temperature), atol=1e-5)


def test_saved_and_loaded_is_the_same(fitted: Fitted, folder: Path) -> None:
    loaded = tenor.load(folder)
    assert loaded.model.digest == fitted.model.digest
    assert loaded.model.mixture == fitted.model.mixture
    assert loaded.model.parts == fitted.model.parts
    expected = fitted.predictor.predict_proba(TEXTS)
    np.testing.assert_allclose(loaded.predict_proba(TEXTS), expected, atol=1e-5)
    loaded.model.save(folder.with_name("again"))
    for file in folder.iterdir():
        assert (folder.with_name("again") / file.name).read_bytes() == file.read_bytes()


def test_batch_is_single_and_order_stays(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ensemble, "_FEW", 0)  # the kernels for all, and below plain ones for each alone
    together = tenor.load(folder).predict_proba(TEXTS)
    monkeypatch.undo()
    loaded = tenor.load(folder)
    alone = np.concatenate([loaded.predict_proba([text]) for text in TEXTS])
    np.testing.assert_allclose(alone, together, atol=1e-5)
    np.testing.assert_allclose(loaded.predict_proba(TEXTS[::-1]), together[::-1], atol=1e-5)


def test_vectors_are_those_of_all_networks(fitted: Fitted) -> None:
    model = fitted.model
    tokens = model.pipeline.encode(TEXTS)
    own = [ensemble.network_engine(member).vectors(tokens) for member in model.members]
    vectors, labels = fitted.predictor.labelled_vectors(TEXTS)
    np.testing.assert_allclose(vectors, np.concatenate(own, axis=1), atol=1e-6)
    np.testing.assert_allclose(fitted.predictor.vectors(TEXTS), vectors, atol=1e-6)
    assert labels == fitted.predictor.predict(TEXTS)


class StopsAt(SilentWatcher):
    """Presses Ctrl-C after so many steps."""

    def __init__(self, step: int) -> None:
        self.left = step
        self.parts: list[str] = []

    def part(self, name: str, *, number: int, parts: int) -> None:
        self.parts.append(f"{number}/{parts} {name}")

    def step(self, progress: Progress) -> None:
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt


def rows(run: Path) -> list[dict[str, str]]:
    """Return history.csv without what depends on the clock."""
    with (run / "history.csv").open(newline="") as file:
        found = list(csv.DictReader(file))
    times = ("seconds", "texts_per_second", "tokens_per_second")
    return [{name: value for name, value in row.items() if name not in times} for row in found]


# Steps within the first network, at its end, and within the second.
@pytest.mark.parametrize("step", [5, 16, 21])
def test_stopped_and_resumed_is_never_stopped(tmp_path: Path, step: int) -> None:
    config, data = configured("two-mingrus-and-ngrams"), toy.dataset(validation=60)
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    watcher = StopsAt(-1)
    train(config, dataset=data, out=whole, watcher=watcher)
    assert watcher.parts == ["1/3 n-grams", "2/3 network 1 of 2", "3/3 network 2 of 2"]
    with pytest.raises(Interrupted, match="--resume"):
        train(config, dataset=data, out=cut, watcher=StopsAt(step))
    assert not (cut / "model").exists()
    train(config, dataset=data, out=cut, resume=True)
    for name in ("weights", "ngrams", "ratios", "validation"):
        file = f"model/{name}.safetensors"
        assert (cut / file).read_bytes() == (whole / file).read_bytes(), name
    assert rows(cut) == rows(whole)
    assert [(row["member"], row["epoch"]) for row in rows(whole)] == [
        ("1", "1"), ("1", "2"), ("2", "3"), ("2", "4")
    ]  # fmt: skip
    metrics = [json.loads((run / "metrics.json").read_text()) for run in (whole, cut)]
    assert metrics[0]["test"] == metrics[1]["test"]
    assert metrics[0]["best_epoch"] == metrics[1]["best_epoch"]


def test_members_are_the_networks_of_their_seeds() -> None:
    data = toy.dataset()
    members = fit(data, configured("two-mingrus")).model.members
    config = configured("two-mingrus")
    alone = replace(config, ensemble=type(config.ensemble)())
    for number, member in enumerate(members):
        seeded = replace(alone, training=replace(alone.training, seed=alone.training.seed + number))
        expected = fit(data, seeded).model
        assert member.arrays.keys() == expected.arrays.keys()
        for name, array in expected.arrays.items():
            np.testing.assert_array_equal(member.arrays[name], array)


def test_mingrus_and_ngrams_need_no_torch(tmp_path: Path) -> None:
    fit(toy.dataset(validation=60), configured("two-mingrus-and-ngrams")).model.save(tmp_path)
    script = (
        "import sys, tenor; p = tenor.load(sys.argv[1]); p.predict(['a good b', 'bad']); "
        "loaded = [name for name in ('torch', 'sklearn', 'scipy', 'numba') if name in sys.modules]; "
        "p.predict(['a good b c'] * 8000); loaded += [n for n in ('torch', 'sklearn') if n in sys.modules]; "
        "print(loaded)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path], check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == "[]"


def test_explained_by_every_method_that_can(fitted: Fitted) -> None:
    predictor = fitted.predictor
    methods = methods_for(fitted.model)
    assert ("gradient-x-input" in methods) == (fitted.model.ngrams is None)
    for method in methods:
        found = attribute(predictor, "a good b", method)
        assert np.isfinite(found.scores).all()
        if found.error is not None:
            assert found.error <= max(0.002, 0.02 * abs(found.log_odds - float(found.baseline or 0)))
    if fitted.model.ngrams is not None:
        with pytest.raises(ConfigError, match="gradients do not reach the n-grams"):
            attribute(predictor, "a good b", "integrated-gradients")
    whole = predictor.predict_proba(["a good b"])[0]
    np.testing.assert_allclose(trajectory(predictor, "a good b").probabilities, whole, atol=1e-6)
    assert inspect(predictor, read=8, most=2).neighbours


def test_streams_where_all_its_parts_do(fitted: Fitted, kind: str) -> None:
    predictor = fitted.predictor
    if kind != "two-streaming-grus":
        with pytest.raises(ConfigError, match=r"n-grams are those of whole texts|backwards"):
            predictor.stream()
        return
    stream = predictor.stream()
    for piece in ("a go", "od b", " c bad"):
        stream.feed(piece)
    resumed = predictor.stream(stream.state)
    expected = predictor.predict_proba(["a good b c bad"])[0]
    for found in (stream.prediction, resumed.prediction):
        np.testing.assert_allclose(list(found.probabilities.values()), expected, atol=1e-5)


def test_exported_as_one_graph_or_refused(fitted: Fitted, tmp_path: Path) -> None:
    from tenor.export.onnx import export

    if fitted.model.ngrams is not None:
        with pytest.raises(ModelError, match="a model with n-grams cannot be exported"):
            export(fitted.model, tmp_path / "m.onnx")
        return
    assert export(fitted.model, tmp_path / "m.onnx").parity.holds
    found = tenor.load(tmp_path / "m.onnx").predict_proba(TEXTS)
    np.testing.assert_allclose(found, fitted.predictor.predict_proba(TEXTS), atol=1e-4)


@pytest.mark.parametrize(
    ("validation", "reason"), [(0, "0 validation texts are too few"), (16, "16 validation texts are too few")]
)
def test_default_weights_where_validation_says_too_little(validation: int, reason: str) -> None:
    config = configured("two-mingrus-and-ngrams", ngrams={"weight": 0.3})
    mixture = fit(toy.dataset(validation=validation), config).model.mixture
    assert mixture is not None
    assert (mixture.network, mixture.ngrams) == (1.0, 0.3)
    assert reason in str(mixture.reason)


def test_one_class_in_training_is_refused_before_any_network_is_trained() -> None:
    data = toy.dataset()
    one = tuple(replace(example, label="positive") for example in data.split("train"))
    data = replace(data, splits={**data.splits, "train": one})
    with pytest.raises(DataError, match="a linear model needs two classes"):
        fit(data, configured("two-mingrus-and-ngrams"), watcher=StopsAt(1))


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        ({"members": 0}, r"ensemble\.members is 0"),
        ({"ngrams": {"orders": 0}}, r"ensemble\.ngrams\.orders is 0"),
        ({"ngrams": {"penalties": []}}, r"ensemble\.ngrams\.penalties"),
    ],
)
def test_settings_out_of_range_are_refused(sections: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        toy.config(ensemble=sections)


def test_ngrams_of_another_vocabulary_are_refused() -> None:
    config = configured("one-lstm-and-ngrams", text={"pretrained": "somewhere"})
    with pytest.raises(ConfigError, match="n-grams are counted over a vocabulary made from the training"):
        fit(toy.dataset(), config)


def test_damaged_parts_are_refused(tmp_path: Path) -> None:
    model = fit(toy.dataset(validation=60), configured("two-mingrus-and-ngrams")).model
    assert model.ngrams is not None
    model.save(tmp_path / "whole")
    ngrams = tmp_path / "whole" / "ngrams.safetensors"
    ngrams.write_bytes(ngrams.read_bytes()[:-3] + b"abc")
    with pytest.raises(ModelError, match=r"ngrams\.safetensors is damaged or was changed"):
        Model.load(tmp_path / "whole")
    second = {name: array for name, array in model.arrays.items() if not name.startswith("1.embedding")}
    fewer = replace(model.ngrams, weights=model.ngrams.weights[1:])
    for number, damaged in enumerate(
        (replace(model, arrays=second), replace(model, mixture=None), replace(model, ngrams=fewer))
    ):
        damaged.save(tmp_path / str(number))
        with pytest.raises(ModelError, match="cannot be read as a model"):
            Model.load(tmp_path / str(number))


def test_training_starts_from_no_ensemble(folder: Path, kind: str) -> None:
    from tenor.training.source import Source

    if kind.startswith("two"):
        with pytest.raises(ModelError, match="a model of 2 networks, and training starts from one"):
            Source.read(str(folder))
    else:
        assert Source.read(str(folder)).network.encoder == "lstm"


def test_an_ensemble_of_engines_reads_no_texts_too() -> None:
    fitted = fit(toy.dataset(), configured("two-mingrus-and-ngrams", training={"epochs": 1}))
    assert isinstance(fitted.predictor._engine, EnsembleEngine)
    assert fitted.predictor.logits(Tokens.of([])).shape == (0, 2)
