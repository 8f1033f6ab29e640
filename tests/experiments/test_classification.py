"""A whole experiment: what it learns, what it writes, what it leaves alone."""

import copy
import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import toy

import tenor
from tenor.errors import ConfigError, DataError, OutputError, StorageError, TrainingError
from tenor.evaluation.calibration import calibration
from tenor.evaluation.temperature import Scaling
from tenor.experiments.classification import fit, train
from tenor.training import rehearsal, runtime


def test_run_folder_holds_everything(tmp_path: Path) -> None:
    out = tmp_path / "run"
    run = train(toy.config(), dataset=toy.dataset(), out=out)
    assert {file.name for file in out.iterdir()} == {
        "config.yaml", "history.csv", "curves.png", "confusion.png", "metrics.json", "model",
        "checkpoint.safetensors", "report.json", "report.html",
    }  # fmt: skip
    with (out / "history.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [int(row["epoch"]) for row in rows] == [1, 2, 3, 4]
    metrics = json.loads((out / "metrics.json").read_text())
    assert (
        metrics["test"]["metrics"]["accuracy"]["value"] == run.evaluations["test"].metrics["accuracy"].value
    )
    assert metrics["runtime"] == {"device": "cpu", "precision": "float32", "threads": 1}
    assert "kind" in run.evaluations["test"].slices
    page = (out / "report.html").read_text()
    assert "16 validation texts are too few" in page
    assert "Reliability" in page


def test_learns_and_the_saved_model_predicts_the_same(tmp_path: Path) -> None:
    config = toy.config(training={"epochs": 15, "learning_rate": 0.03})
    fitted = fit(toy.dataset(), config)
    texts = [e.text for e in toy.dataset().split("test")]
    labels = [e.label for e in toy.dataset().split("test")]
    assert np.mean([a == b for a, b in zip(fitted.predictor.predict(texts), labels, strict=True)]) > 0.9
    fitted.model.save(tmp_path / "model")
    loaded = tenor.load(tmp_path / "model")
    assert np.array_equal(loaded.predict_proba(texts), fitted.predictor.predict_proba(texts))


def test_the_temperature_is_fitted_on_validation_texts_stored_and_used(tmp_path: Path) -> None:
    data = toy.dataset(validation=80)
    odd = [replace(e, label="positive") if n % 16 == 0 else e for n, e in enumerate(data.split("validation"))]
    data = replace(data, splits={**data.splits, "validation": tuple(odd)})
    fitted = fit(data, toy.config(training={"epochs": 12, "learning_rate": 0.02}))
    held_out = fitted.model.held_out
    assert held_out is not None
    assert fitted.model.scaling == Scaling.fitted(held_out)
    assert fitted.model.temperature is not None
    texts, labels = zip(
        *((e.text, data.classes.index(str(e.label))) for e in data.split("test")), strict=True
    )
    probabilities = fitted.predictor.predict_proba(texts)
    confidence = fitted.evaluations["test"].confidence
    assert confidence is not None
    assert confidence.after.brier == pytest.approx(calibration(labels, probabilities).brier)
    assert confidence.before.brier != pytest.approx(confidence.after.brier)
    np.testing.assert_allclose(fitted.scored["test"].probabilities, probabilities, atol=1e-6)
    fitted.model.save(tmp_path / "model")
    np.testing.assert_array_equal(tenor.load(tmp_path / "model").predict_proba(texts), probabilities)


def test_same_seed_same_model_other_seed_another() -> None:
    arrays = [
        fit(toy.dataset(), toy.config(training={"seed": seed})).model.arrays["embedding.weight"]
        for seed in (1, 1, 2)
    ]
    assert np.array_equal(arrays[0], arrays[1])
    assert not np.array_equal(arrays[0], arrays[2])


def test_the_callers_random_state_is_left_alone() -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    fit(toy.dataset(), toy.config())
    assert torch.equal(torch.rand(3), expected)


def test_vocabulary_knows_training_words_only() -> None:
    data = toy.dataset()
    extra = tenor.Example("zebra good", "positive")
    splits = {**data.splits, "validation": (*data.split("validation"), extra), "test": (extra,) * 4}
    fitted = fit(tenor.Dataset("toy", data.classes, splits), toy.config())
    assert "good" in fitted.model.pipeline.vocabulary
    assert "zebra" not in fitted.model.pipeline.vocabulary


def test_without_validation_the_last_epoch_is_kept() -> None:
    fitted = fit(toy.dataset(validation=0), toy.config())
    assert fitted.history.best_epoch == 4
    assert set(fitted.evaluations) == {"test"}


def test_balanced_class_weights_help_the_rare_class() -> None:
    data = toy.dataset(train=200)
    train_split = [e for e in data.split("train") if e.label == "negative"]
    train_split += [e for e in data.split("train") if e.label == "positive"][:6]
    skewed = tenor.Dataset("skewed", data.classes, {**data.splits, "train": tuple(train_split)})
    rates = []
    for weights in ("off", "balanced"):
        fitted = fit(skewed, toy.config(training={"class_weights": weights, "learning_rate": 0.02}))
        rates.append(fitted.predictor.predict_proba([e.text for e in data.split("test")])[:, 1].mean())
    assert rates[1] > rates[0] + 0.1


def test_class_weights_of_another_number_are_refused() -> None:
    with pytest.raises(ConfigError, match="2 classes: negative, positive"):
        fit(toy.dataset(), toy.config(training={"class_weights": [1.0, 2.0, 3.0]}))


def test_existing_folder_is_not_overwritten(tmp_path: Path) -> None:
    out = tmp_path / "run"
    train(toy.config(), dataset=toy.dataset(), out=out)
    with pytest.raises(OutputError, match=r"--resume.*--force"):
        train(toy.config(), dataset=toy.dataset(), out=out)
    train(toy.config(training={"epochs": 1}), dataset=toy.dataset(), out=out, force=True)
    assert len((out / "history.csv").read_text().splitlines()) == 2


def test_force_never_removes_a_folder_that_is_no_run(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(OutputError, match="holds no Tenor run"):
        train(toy.config(), dataset=toy.dataset(), out=tmp_path, force=True)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_out_below_a_file_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises((OutputError, StorageError), match="file"):
        train(toy.config(), dataset=toy.dataset(), out=tmp_path / "file" / "run")


def test_loss_that_is_not_finite_stops_with_advice() -> None:
    config = toy.config(training={"learning_rate": 1e30, "gradient_clip": None, "optimizer": "adam"})
    with pytest.raises(TrainingError, match=r"lower training\.learning_rate"):
        fit(toy.dataset(), config)


def test_validation_is_in_float32_whatever_training_is_in() -> None:
    """The figures by which an epoch is chosen are those of the model that comes out."""
    data = toy.dataset()
    fitted = fit(data, toy.config(training={"precision": "bfloat16", "epochs": 1}))
    probabilities = fitted.predictor.predict_proba([e.text for e in data.split("validation")])
    own = [data.classes.index(e.label) for e in data.split("validation")]
    loss = -np.log(probabilities[np.arange(len(own)), own]).mean()
    assert fitted.history.rows[0]["validation_loss"] == pytest.approx(loss, abs=1e-6)


@pytest.mark.parametrize(("precision", "copies"), [("float32", 0), ("auto", 1)])
def test_the_network_is_copied_only_where_the_precision_is_tried(
    monkeypatch: pytest.MonkeyPatch, precision: str, copies: int
) -> None:
    class Copying:
        made = 0

        @classmethod
        def deepcopy(cls, module: torch.nn.Module) -> torch.nn.Module:
            cls.made += 1
            return copy.deepcopy(module)

    monkeypatch.setattr(rehearsal, "copy", Copying)
    monkeypatch.setattr(runtime, "_has_bfloat16", lambda: True)
    fit(toy.dataset(), toy.config(training={"precision": precision, "epochs": 1, "device": "cpu"}))
    assert Copying.made == copies


def test_no_training_examples() -> None:
    data = toy.dataset()
    with pytest.raises(DataError, match="no training examples"):
        fit(tenor.Dataset("toy", data.classes, {"test": data.split("test")}), toy.config())


def test_a_text_without_end_is_refused_or_cut() -> None:
    data = toy.dataset()
    endless = tenor.Example("so very long " * 800_000, "positive")  # 10 MB
    splits = {**data.splits, "train": (*data.split("train"), endless)}
    config = toy.config(text={"max_length": None}, training={"epochs": 1})
    with pytest.raises(DataError, match=r"2,400,000 tokens.*text\.max_length"):
        fit(tenor.Dataset("toy", data.classes, splits), config)
    fit(tenor.Dataset("toy", data.classes, splits), toy.config(training={"epochs": 1}))


def test_vectors_start_the_embedding(tmp_path: Path) -> None:
    file = tmp_path / "vectors.txt"
    file.write_text("good 1 2 3 4 5 6\nbad -1 -2 -3 -4 -5 -6\n")
    config = toy.config(text={"vectors": str(file)}, network={"freeze_embedding": True})
    fitted = fit(toy.dataset(), config)
    row = fitted.model.pipeline.vocabulary.ids(["good"])[0]
    assert fitted.model.arrays["embedding.weight"][row].tolist() == [1, 2, 3, 4, 5, 6]
