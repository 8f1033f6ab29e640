"""A pretrained encoder on the whole way: one folder decides, and the model needs it no more."""

import shutil
from dataclasses import replace
from pathlib import Path

import encoders
import numpy as np
import pytest
import toy

import tenor
from tenor.config.classification import ClassificationConfig
from tenor.config.load import merge, parse, to_values
from tenor.errors import ConfigError, Interrupted, ModelError
from tenor.estimator import TextClassifier
from tenor.experiments.classification import fit, train
from tenor.experiments.run import stored_config
from tenor.experiments.settling import settled
from tenor.experiments.watching import SilentWatcher
from tenor.inference.network import NetworkEngine
from tenor.training.checkpoint import Progress

TEXTS = [example.text for example in toy.examples(20, "new")]


class StopsAt(SilentWatcher):
    """Presses Ctrl-C after so many steps."""

    def __init__(self, step: int) -> None:
        self.left = step

    def step(self, progress: Progress) -> None:
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt


class ReadsNothing(SilentWatcher):
    def data(self, *_: object) -> None:
        raise AssertionError("the data was read before the folder was looked at")


def configured(folder: Path, *, tune: bool = False, **sections: dict[str, object]) -> ClassificationConfig:
    """Name the folder, and nothing else of what it decides."""
    values = to_values(toy.config(training={"epochs": 3, "learning_rate": 0.01, "checkpoint_minutes": 0.0}))
    del values["network"]["embedding_size"]
    values["network"] |= {"encoder": "pretrained", "pretrained": {"folder": str(folder), "tune": tune}}
    values["text"] = {"max_length": 20}
    return parse(merge(values, sections))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return encoders.write_folder(tmp_path / "encoder")


@pytest.mark.parametrize("tune", [False, True])
def test_saved_and_resumed_without_the_folder_at_the_end(tmp_path: Path, folder: Path, tune: bool) -> None:
    config, data = configured(folder, tune=tune), toy.dataset()
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    run = train(config, dataset=data, out=whole)
    with pytest.raises(Interrupted):
        train(config, dataset=data, out=cut, watcher=StopsAt(11))
    train(stored_config(cut), dataset=data, out=cut, resume=True)
    weights = [(out / "model" / "weights.safetensors").read_bytes() for out in (whole, cut)]
    assert weights[0] == weights[1]

    shutil.rmtree(folder)
    loaded = tenor.load(whole)
    assert loaded.model.config == run.config == settled_again(run.config)
    assert loaded.model.pipeline.vocabulary.tokens == encoders.PIECES
    together = loaded.predict_proba(TEXTS)
    alone = np.concatenate([loaded.predict_proba([text]) for text in TEXTS])
    np.testing.assert_allclose(together, alone, atol=1e-5)
    assert np.array_equal(tenor.load(cut).predict_proba(TEXTS), together)


def settled_again(config: ClassificationConfig) -> ClassificationConfig:
    """Through YAML or JSON and back; with no folder there is nothing to settle."""
    return parse(to_values(config))


def test_frozen_the_encoder_stays_as_the_folder_has_it(folder: Path) -> None:
    frozen, tuned = (fit(toy.dataset(), configured(folder, tune=tune)).model.arrays for tune in (False, True))
    from safetensors.numpy import load_file

    published = load_file(folder / "model.safetensors")
    name = "encoder.layer.0.attention.self.query.weight"
    assert np.array_equal(frozen[f"encoder.transformer.{name}"], published[name])
    assert not np.array_equal(tuned[f"encoder.transformer.{name}"], published[name])
    pieces = published["embeddings.word_embeddings.weight"]
    words = [i for i in range(len(pieces)) if i != encoders.PAD]
    assert np.array_equal(frozen["embedding.weight"][words], pieces[words])


def test_tuned_it_learns(folder: Path) -> None:
    encoders.write_folder(
        folder, network=encoders.library_network(fresh=True, hidden_size=16), hidden_size=16
    )
    config = configured(folder, tune=True, training={"epochs": 8}, network={"word_dropout": 0.0})
    evaluation = fit(toy.dataset(train=128), config).evaluations["test"]
    assert evaluation.metrics["accuracy"].value > 0.9


def test_the_run_keeps_what_the_folder_decided(tmp_path: Path, folder: Path) -> None:
    out = tmp_path / "run"
    train(configured(folder), dataset=toy.dataset(), out=out)
    stored = stored_config(out)
    assert stored.network.embedding_size == 8
    assert stored.text.pretrained == str(folder)
    assert settled(stored) == stored
    # Started from a run's settings, the next one is tuned, and its word vectors with it.
    tuned = replace(stored.network, pretrained=replace(stored.network.pretrained, tune=True))
    model = fit(toy.dataset(), replace(stored, network=tuned)).model
    first = tenor.load(out).model.arrays["embedding.weight"]
    assert not np.array_equal(model.arrays["embedding.weight"], first)


def test_other_encoders_can_read_its_tokens(tmp_path: Path, folder: Path) -> None:
    config = toy.config(text={"pretrained": str(folder)}, network={"encoder": "mingru"})
    train(config, dataset=toy.dataset(), out=tmp_path / "run")
    shutil.rmtree(folder)
    loaded = tenor.load(tmp_path / "run")
    assert loaded.model.pipeline.vocabulary.tokens == encoders.PIECES
    assert len(loaded.predict(TEXTS)) == len(TEXTS)


@pytest.mark.parametrize("encoder", ["lstm", "pretrained"])
def test_its_tokens_and_log_count_ratios_are_refused(folder: Path, encoder: str) -> None:
    """They take ids 0 and 1 for padding and unknown, and here 0 is a token and unknown is not 1."""
    config = parse(
        {
            "text": {"pretrained": str(folder), "max_length": 20},
            "network": {
                "encoder": encoder,
                "pretrained": {"folder": str(folder)},
                "ratios": {"use": True},
            },
        }
    )
    with pytest.raises(ConfigError, match=r"leave out network\.ratios\.use") as caught:
        train(config, dataset=toy.dataset(), watcher=ReadsNothing())
    assert "\n" not in str(caught.value)


def test_behind_the_face_of_scikit_learn(folder: Path) -> None:
    config = {
        "network": {"pretrained": {"folder": str(folder)}},
        "text": {"max_length": 30},
        "training": {"epochs": 1, "precision": "float32", "threads": 1},
    }
    texts = [example.text for example in toy.examples(20, "few")]
    labels = [example.label for example in toy.examples(20, "few")]
    model = TextClassifier("pretrained-last", config=config).fit(texts, labels)
    assert model.predict(texts).shape == (20,)
    assert model.model_.config.text.pretrained == str(folder)


@pytest.mark.parametrize(
    ("sections", "said"),
    [
        ({"text": {"max_length": 31}}, r"max_length is 31.*at most 30 tokens; set text\.max_length=30"),
        ({"text": {"max_length": None}}, r"max_length is null.*at most 30 tokens"),
        ({"text": {"tokenizer": "words"}}, r"leave out text\.tokenizer"),
        ({"text": {"pretrained": "elsewhere"}}, r"leave out text\.tokenizer and text\.pretrained"),
        ({"text": {"vectors": "glove.txt"}}, r"leave out text\.vectors"),
        ({"network": {"pretrained": {"folder": None}}}, r"set network\.pretrained\.folder"),
    ],
)
def test_what_contradicts_the_folder_is_refused(folder: Path, sections: dict, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as caught:
        train(configured(folder, **sections), dataset=toy.dataset(), watcher=ReadsNothing())
    assert "\n" not in str(caught.value)


def test_a_folder_that_has_changed_is_refused(folder: Path) -> None:
    config = settled(configured(folder))
    encoders.write_folder(folder, intermediate_size=16)
    with pytest.raises(ConfigError, match=r"architecture is not that of"):
        settled(config)


def test_a_folder_without_usable_weights_is_refused_before_the_data_is_read(
    tmp_path: Path, folder: Path
) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(ModelError, match="may run code"):
        train(configured(folder), dataset=toy.dataset(), out=tmp_path / "run", watcher=ReadsNothing())
    assert not (tmp_path / "run").exists()


def test_the_ids_of_the_vocabulary_reach_the_network(folder: Path) -> None:
    fitted = fit(toy.dataset(), configured(folder, training={"epochs": 1}))
    trained, loaded = fitted.predictor._engine.module, NetworkEngine.of(fitted.model).module
    for module in (trained, loaded):
        assert (module.embedding.padding_idx, module.unknown) == (encoders.PAD, encoders.UNKNOWN)
