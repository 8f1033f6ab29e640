"""The folder of a language model: whole, verified, free of code, and told from that of a classifier."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
import toy

from tenor import folder
from tenor.config.language_model import OutputConfig
from tenor.config.network import NetworkConfig
from tenor.config.text import TextConfig
from tenor.errors import ModelError
from tenor.experiments.classification import fit
from tenor.inference.generation import load
from tenor.model import Model
from tenor.pretrained_model import FORMAT, PretrainedModel
from tenor.text.pipeline import TextPipeline

FILES = ["language-model.json", "manifest.json", "text.json", "weights.safetensors"]


def make() -> PretrainedModel:
    generator = np.random.default_rng(0)
    pipeline = TextPipeline.build(["good day", "bad day"], TextConfig(min_count=1))
    return PretrainedModel(
        kind="language-model",
        pipeline=pipeline,
        config=NetworkConfig(encoder="gru", bidirectional=False),
        arrays={"embedding.weight": generator.normal(size=(5, 3)).astype(np.float32)},
        data={"source": "toy"},
        metrics={"test": {"perplexity": 2.5}},
        output=OutputConfig(tied=False, cutoffs=(3,)),
    )


def test_there_and_back(tmp_path: Path) -> None:
    model = make()
    model.save(tmp_path / "run" / "model")
    loaded = PretrainedModel.load(tmp_path / "run")
    assert sorted(file.name for file in (tmp_path / "run" / "model").iterdir()) == FILES
    assert (loaded.kind, loaded.config, loaded.output) == (model.kind, model.config, model.output)
    assert (loaded.data, loaded.metrics) == (model.data, model.metrics)
    assert loaded.pipeline.to_json() == model.pipeline.to_json()
    assert loaded.arrays.keys() == model.arrays.keys()
    assert np.array_equal(loaded.arrays["embedding.weight"], model.arrays["embedding.weight"])
    assert folder.kind_of(tmp_path / "run") == folder.LANGUAGE_MODEL


def test_the_digest_is_that_of_what_it_says_with(tmp_path: Path) -> None:
    model = make()
    model.save(tmp_path / "model")
    assert PretrainedModel.load(tmp_path / "model").digest == model.digest
    assert dataclasses.replace(model, data=None, metrics=None).digest == model.digest
    others = [
        dataclasses.replace(model, output=OutputConfig()),
        dataclasses.replace(model, config=NetworkConfig(encoder="lstm")),
        dataclasses.replace(model, arrays={"embedding.weight": model.arrays["embedding.weight"] + 1}),
    ]
    assert len({model.digest, *(other.digest for other in others)}) == 4


@pytest.mark.parametrize("name", FILES)
def test_a_changed_byte_is_refused(tmp_path: Path, name: str) -> None:
    make().save(tmp_path)
    content = bytearray((tmp_path / name).read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / name).write_bytes(bytes(content))
    with pytest.raises(ModelError) as caught:
        PretrainedModel.load(tmp_path)
    assert "\n" not in str(caught.value)


def test_one_kind_is_refused_where_the_other_is_wanted(tmp_path: Path) -> None:
    make().save(tmp_path / "language")
    fit(toy.dataset(), toy.config(training={"epochs": 1})).model.save(tmp_path / "classifier")
    with pytest.raises(ModelError, match=r"holds a language model, and what is wanted is a classifier; .*"):
        Model.load(tmp_path / "language")
    with pytest.raises(ModelError, match=r"holds a classifier, and what is wanted is a language model; .*"):
        PretrainedModel.load(tmp_path / "classifier")
    assert folder.kind_of(tmp_path / "classifier") == folder.CLASSIFIER


def test_a_place_without_a_model_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"has no model in it; .*tenor pretrain --out FOLDER"):
        PretrainedModel.load(tmp_path)


@pytest.mark.parametrize("number", range(1, FORMAT + 1))
def test_every_format_is_still_read(number: int) -> None:
    """A model of each format is kept with what it said when it was written."""
    kept = Path(__file__).parent / "formats" / f"language-model-{number}"
    expected = json.loads((kept / "next.json").read_text())
    found = load(kept / "model").next_words(expected["prompt"], 3)
    assert [word.text for word in found.words] == [word["text"] for word in expected["next"]]
    for word, wanted in zip(found.words, expected["next"], strict=True):
        assert word.probability == pytest.approx(wanted["probability"], abs=1e-5)
