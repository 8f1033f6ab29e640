"""The model folder: whole, verified, free of code; every format ever written stays readable."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import toy

import tenor
from tenor.errors import ModelError
from tenor.evaluation.held_out import HeldOut
from tenor.experiments.classification import fit
from tenor.model import FORMAT, Model
from tenor.tensors import views

FORMATS = Path(__file__).parent / "formats"
FILES = ["manifest.json", "model.json", "text.json", "validation.safetensors", "weights.safetensors"]


@pytest.fixture(scope="module")
def model() -> Model:
    return replace(fit(toy.dataset(), toy.config(training={"epochs": 1})).model, temperature=1.5)


@pytest.fixture
def folder(model: Model, tmp_path: Path) -> Path:
    model.save(tmp_path / "model")
    return tmp_path / "model"


def test_there_and_back(model: Model, folder: Path) -> None:
    loaded = Model.load(folder)
    assert sorted(file.name for file in folder.iterdir()) == FILES
    assert loaded.classes == model.classes
    assert loaded.config == model.config
    assert loaded.metrics == model.metrics
    assert loaded.data == model.data
    assert loaded.familiarity == model.familiarity
    assert loaded.temperature == model.temperature
    assert model.held_out is not None
    assert loaded.held_out is not None
    assert np.array_equal(loaded.held_out.labels, model.held_out.labels)
    assert np.array_equal(loaded.held_out.logits, model.held_out.logits)
    assert loaded.pipeline.to_json() == model.pipeline.to_json()
    assert loaded.arrays.keys() == model.arrays.keys()
    for name, array in model.arrays.items():
        assert np.array_equal(loaded.arrays[name], array)


def test_word_vectors_take_half_the_space_and_come_back_as_they_were(model: Model, folder: Path) -> None:
    stored = views((folder / "weights.safetensors").read_bytes())
    assert stored["embedding.weight"].dtype == np.float16
    assert stored["head.output.weight"].dtype == np.float32
    loaded = Model.load(folder).arrays["embedding.weight"]
    assert loaded.dtype == np.float32
    assert np.array_equal(loaded, model.arrays["embedding.weight"])


@pytest.mark.parametrize("name", FILES)
def test_a_changed_byte_is_refused(folder: Path, name: str) -> None:
    file = folder / name
    content = file.read_bytes()
    generator = np.random.default_rng(0)
    for place in [0, len(content) - 1, *generator.integers(0, len(content), 40)]:
        changed = bytearray(content)
        changed[place] ^= 1 << int(generator.integers(0, 8))
        file.write_bytes(bytes(changed))
        with pytest.raises(ModelError) as caught:
            Model.load(folder)
        assert "\n" not in str(caught.value)
    file.write_bytes(content)
    Model.load(folder)


@pytest.mark.parametrize("name", FILES)
def test_a_cut_file_is_refused(folder: Path, name: str) -> None:
    file = folder / name
    file.write_bytes(file.read_bytes()[:-7])
    with pytest.raises(ModelError, match="damaged or was changed"):
        Model.load(folder)


def test_a_manifest_that_is_too_deep_is_refused(folder: Path) -> None:
    (folder / "manifest.json").write_text("[" * 100_000)
    with pytest.raises(ModelError, match="damaged or was changed"):
        Model.load(folder)


@pytest.mark.parametrize("name", FILES[1:])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ModelError, match=f"{name} is missing"):
        Model.load(folder)


def test_a_newer_format_is_refused(model: Model, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenor.model.FORMAT", FORMAT + 1)
    model.save(folder)
    with pytest.raises(ModelError, match=f"has format {FORMAT + 1}, this Tenor reads .*upgrade"):
        Model.load(folder)


def test_the_digest_is_that_of_what_it_predicts_with(model: Model, folder: Path) -> None:
    assert Model.load(folder).digest == model.digest
    assert replace(model, metrics={}, data={}).digest == model.digest
    name = next(iter(model.arrays))
    changed = model.arrays[name].copy()
    changed.flat[-1] += 1
    others = [
        replace(model, arrays={**model.arrays, name: changed}),
        replace(model, pipeline=replace(model.pipeline, max_length=7)),
    ]
    assert len({model.digest, *(other.digest for other in others)}) == 3


def test_places_without_a_model_are_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for place, message in [
        ("none", "does not exist"),
        ("file", "is not a folder"),
        (".", "has no model in it"),
    ]:
        with pytest.raises(ModelError, match=message):
            Model.load(tmp_path / place)


def test_a_text_in_place_of_a_model_is_said_to_be_none() -> None:
    with pytest.raises(ModelError, match=r"cannot be read .*too long"):
        Model.load(Path("a long review " * 100))


def test_a_run_folder_will_do(model: Model, tmp_path: Path) -> None:
    model.save(tmp_path / "run" / "model")
    assert Model.load(tmp_path / "run").classes == model.classes


def test_loading_and_reading_text_imports_no_torch(folder: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from tenor.model import Model; "
        f"m = Model.load(Path({str(folder)!r})); m.pipeline.encode(['good']); "
        "sys.exit(int(any(name in sys.modules for name in ('torch', 'sklearn', 'matplotlib', 'pickle5'))))"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.parametrize("temperature", [0.0, -1.0, "1", float("inf")])
def test_what_is_no_temperature_is_refused(model: Model, tmp_path: Path, temperature: object) -> None:
    with pytest.raises((ModelError, ValueError)):
        replace(model, temperature=temperature).save(tmp_path / "model")
        Model.load(tmp_path / "model")


def test_validation_data_of_other_classes_is_refused(model: Model, tmp_path: Path) -> None:
    assert model.held_out is not None
    three = HeldOut(model.held_out.labels, np.zeros((len(model.held_out), 3), np.float32))
    replace(model, held_out=three).save(tmp_path / "model")
    with pytest.raises(ModelError, match="cannot be read as a model"):
        Model.load(tmp_path / "model")


def test_without_validation_texts_there_is_no_file_for_them(model: Model, tmp_path: Path) -> None:
    replace(model, temperature=None, held_out=None).save(tmp_path / "model")
    assert not (tmp_path / "model" / "validation.safetensors").exists()
    loaded = Model.load(tmp_path / "model")
    assert loaded.held_out is None
    assert loaded.scaling.reason == "the model holds no validation data"


@pytest.mark.parametrize("number", range(1, FORMAT + 1))
def test_every_format_is_still_read(number: int, tmp_path: Path) -> None:
    """A model of each format is kept with what it predicted when it was written."""
    kept = tmp_path / "kept"
    shutil.copytree(FORMATS / f"format-{number}", kept)
    expected = json.loads((kept / "predictions.json").read_text())
    probabilities = tenor.load(kept / "model").predict_proba(expected["texts"])
    np.testing.assert_allclose(probabilities, expected["probabilities"], atol=1e-5)
    model = Model.load(kept / "model")
    assert (model.temperature is not None) == (model.held_out is not None) == (number >= 3)
