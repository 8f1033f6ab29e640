"""What a classifier may start from, and what is refused in one line."""

from pathlib import Path

import pytest
import sources
import toy

from tenor.config.classification import ClassificationConfig
from tenor.config.dotted import nested
from tenor.config.load import to_values
from tenor.config.network import HAS_DIRECTIONS, SEES_ALL_AT_ONCE
from tenor.errors import ConfigError, ModelError
from tenor.experiments.classification import fit
from tenor.training.source import Source


def refused(source: Source, values: dict[str, object]) -> str:
    with pytest.raises(ConfigError) as caught:
        source.agree(nested(values))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_both_kinds_are_read(tmp_path: Path) -> None:
    model = fit(toy.dataset(), toy.config(training={"epochs": 1})).model
    model.save(tmp_path / "run" / "model")
    classifier = Source.read(str(tmp_path / "run"))
    assert classifier.digest == model.digest
    assert classifier.network == model.config.network
    assert classifier.name == f"the classifier in {tmp_path / 'run'}"
    folder = sources.write(tmp_path / "lm")
    language_model = Source.read(str(folder))
    assert language_model.digest == sources.language_model().digest
    assert language_model.provenance() == {
        "source": str(folder),
        "kind": "language model",
        "digest": language_model.digest,
        "trained_on": "toy texts",
    }


@pytest.mark.parametrize("name", [name for name in HAS_DIRECTIONS if name not in SEES_ALL_AT_ONCE])
def test_its_own_settings_agree_and_each_other_value_is_refused(tmp_path: Path, name: str) -> None:
    source = Source.read(str(sources.write(tmp_path / name, sources.network(name))))
    settings = source.settings()
    source.agree(nested(settings))
    source.agree({})
    assert f"network.{name}" not in settings
    for key, value in settings.items():
        other = (not value) if isinstance(value, bool) else [9] if isinstance(value, list) else f"{value}1"
        said = refused(source, {key: other})
        shown = str(value).lower() if isinstance(value, bool) else str(value)
        assert key in said
        assert shown in said


def test_dropout_and_initial_biases_are_free(tmp_path: Path) -> None:
    source = Source.read(str(sources.write(tmp_path)))
    source.agree({"network": {"recurrent": {"dropout": 0.7, "forget_bias": 3.0}, "pooling": "attention"}})


def test_a_second_direction_says_what_can_be_done(tmp_path: Path) -> None:
    source = Source.read(str(sources.write(tmp_path)))
    said = refused(source, {"network.bidirectional": True})
    assert "network.bidirectional is true" in said
    assert "is false" in said
    assert "one direction only" in said


@pytest.mark.parametrize("key", ["text.pretrained", "text.vectors"])
def test_other_vocabularies_and_vectors_are_refused(tmp_path: Path, key: str) -> None:
    source = Source.read(str(sources.write(tmp_path)))
    assert key in refused(source, {key: "somewhere"})
    source.agree(nested({key: None}))


def test_another_digest_is_refused(tmp_path: Path) -> None:
    source = Source.read(str(sources.write(tmp_path)))
    assert source.digest in refused(source, {"transfer.digest": "0" * 64})
    source.agree(nested({"transfer.digest": source.digest}))


def test_a_whole_configuration_agrees_only_where_it_was_adopted(tmp_path: Path) -> None:
    folder = sources.write(tmp_path)
    source = Source.read(str(folder))
    source.agree(to_values(sources.started(folder)))
    with pytest.raises(ConfigError, match=r"network\.embedding_size is 100, and that of"):
        source.agree(to_values(ClassificationConfig()) | {"text": {}})


@pytest.mark.parametrize("name", ["weights.safetensors", "language-model.json", "manifest.json", "text.json"])
def test_a_damaged_source_is_refused(tmp_path: Path, name: str) -> None:
    file = sources.write(tmp_path) / name
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(bytes(content))
    with pytest.raises(ModelError) as caught:
        Source.read(str(tmp_path))
    assert "\n" not in str(caught.value)


def test_what_holds_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"does not exist; .*tenor pretrain"):
        Source.read(str(tmp_path / "nothing"))
    with pytest.raises(ModelError, match="has no model in it"):
        Source.read(str(tmp_path))
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelError, match=r"Hugging Face.*network\.pretrained\.folder="):
        Source.read(str(tmp_path))
