"""Pretrained encoders: equal to the library's own, frozen or tuned, and only from folders that are whole."""

import json
import pickle
from dataclasses import replace
from pathlib import Path

import encoders
import numpy as np
import pytest
import torch
from encoders import FIRST, LAST, LONGEST, PAD, PIECES, UNKNOWN
from torch import nn
from torch.testing import assert_close

from tenor.batching import Batch, collate
from tenor.config.network import NetworkConfig, PretrainedConfig, RatioConfig
from tenor.errors import ConfigError, MissingExtraError, ModelError, TenorError
from tenor.nn import pretrained
from tenor.nn.architecture import KINDS, Architecture, settled
from tenor.nn.build import build, load_arrays, to_arrays
from tenor.nn.classifier import Classifier
from tenor.nn.encoder import Encoded
from tenor.text.tokens import Tokens

TOKENS = Tokens.of([[2, 5, 7], [3], [4, 5, 6, 7, 8, 9, 10]])


def configured(folder: Path, **settings: object) -> NetworkConfig:
    return settled(
        NetworkConfig(encoder="pretrained", pretrained=PretrainedConfig(folder=str(folder), **settings))
    )


def started(config: NetworkConfig) -> Classifier:
    weights = pretrained.read(config)
    return build(
        config, vocabulary_size=len(PIECES), classes=2, weights=weights, pad=PAD, unknown=UNKNOWN
    ).eval()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return encoders.write_folder(tmp_path_factory.mktemp("bert"))


def of_library(network: nn.Module, batch: Batch) -> torch.Tensor:
    """Return what the library makes of the ids with its special tokens, (B, 1 + T + 1, H)."""
    ids = torch.full((len(batch), batch.ids.shape[1] + 2), PAD)
    for row, length in enumerate(batch.lengths.tolist()):
        ids[row, : length + 2] = torch.tensor([FIRST, *batch.ids[row, :length].tolist(), LAST])
    with torch.no_grad():
        made: torch.Tensor = network(input_ids=ids, attention_mask=(ids != PAD).long())[0]
    return made


def assert_like_library(encoded: Encoded, expected: torch.Tensor, lengths: list[int]) -> None:
    assert_close(encoded.last, expected[:, 0], atol=1e-5, rtol=0)
    for row, length in enumerate(lengths):
        assert_close(encoded.sequence[row, :length], expected[row, 1 : 1 + length], atol=1e-5, rtol=0)


@pytest.mark.parametrize("kind", KINDS)
def test_outputs_are_those_of_the_library(tmp_path: Path, kind: str) -> None:
    network = encoders.library_network(kind)
    module = started(configured(encoders.write_folder(tmp_path, kind, network)))
    batch = collate(TOKENS, width=9)
    with torch.no_grad():
        encoded = module.encoder(module.embed(batch))
    assert encoded.sequence.shape == (3, 9, 8)
    expected = of_library(network, batch)
    assert_like_library(encoded, expected, [3, 1, 7])
    assert expected[0, 1].std() > 0.05, "a network whose outputs are all alike would show nothing"


@pytest.mark.parametrize("kind", KINDS)
def test_a_folder_that_the_library_saved_with_a_head(tmp_path: Path, kind: str) -> None:
    from transformers import AutoConfig, AutoModelForMaskedLM, PreTrainedTokenizerFast

    values = encoders.shape(kind)
    network = AutoModelForMaskedLM.from_config(
        AutoConfig.for_model(values.pop("model_type"), **values)
    ).eval()
    network.save_pretrained(tmp_path)
    specials = {"cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "[PAD]", "unk_token": "[UNK]"}
    PreTrainedTokenizerFast(tokenizer_object=encoders.tokenizer(), **specials).save_pretrained(tmp_path)
    module = started(configured(tmp_path))
    batch = collate(TOKENS)
    assert_like_library(module.encoder(module.embed(batch)), of_library(network.base_model, batch), [3, 1, 7])


@pytest.mark.parametrize("kind", ["bert", "roberta", "mpnet"])
def test_the_longest_text_is_read_and_a_longer_one_refused(tmp_path: Path, kind: str) -> None:
    network = encoders.library_network(kind)
    config = configured(encoders.write_folder(tmp_path, kind, network))
    assert Architecture.of_json(str(config.pretrained.architecture)).longest == LONGEST
    module = started(config)
    # Padding makes the batch wider than there are positions.
    batch = collate(Tokens.of([[2 + i % 9 for i in range(LONGEST)], [3]]), width=LONGEST + 7)
    whole = collate(batch.tokens)
    assert_like_library(module.encoder(module.embed(batch)), of_library(network, whole), [LONGEST, 1])
    with pytest.raises(ConfigError, match=r"31 tokens.*at most 30.*text\.max_length=30"):
        module(collate(Tokens.of([[2] * (LONGEST + 1)])))


def test_a_saved_network_needs_no_folder(tmp_path: Path) -> None:
    folder = encoders.write_folder(tmp_path / "bert")
    config = configured(folder)
    module = started(config)
    (tmp_path / "bert").rename(tmp_path / "elsewhere")
    again = build(config, vocabulary_size=len(PIECES), classes=2, pad=PAD, unknown=UNKNOWN).eval()
    batch = collate(TOKENS)
    assert not torch.equal(again(batch), module(batch))
    load_arrays(again, to_arrays(module))
    assert torch.equal(again(batch), module(batch))


def test_a_frozen_encoder_is_never_changed_nor_noisy(folder: Path) -> None:
    module = started(configured(folder)).train()
    assert not any(part.training for part in module.encoder.modules())
    trained = {name.partition(".")[0] for name, p in module.named_parameters() if p.requires_grad}
    assert trained == {"head"}
    config, batch = configured(folder), collate(TOKENS)
    assert config.word_dropout > 0
    assert config.embedding_dropout > 0
    encoded = module.eval().encoder(module.embed(batch)).sequence
    one = module.train().encoder(module.embed(batch)).sequence
    assert torch.equal(one, encoded), "nothing in front of it is dropped either"
    assert one.grad_fn is None, "nothing is kept for gradients that nobody needs"


def test_explanations_reach_through_a_frozen_encoder(folder: Path) -> None:
    module = started(configured(folder))
    embedded = module.embed(collate(TOKENS))
    x = embedded.x.detach().requires_grad_()
    module.forward_embedded(replace(embedded, x=x)).square().sum().backward()
    assert x.grad is not None
    assert x.grad[embedded.mask].any(-1).all()


def test_a_tuned_encoder_is_trained_as_a_whole(folder: Path) -> None:
    module = started(configured(folder, tune=True)).train()
    assert all(part.training for part in module.encoder.modules())
    batch = collate(TOKENS, np.array([0, 1, 0]))
    torch.nn.functional.cross_entropy(module(batch), batch.targets).backward()
    without = [name for name, p in module.named_parameters() if p.grad is None or not p.grad.any()]
    # Keys share one bias, which the softmax over them takes away.
    assert [name for name in without if not name.endswith("key.bias")] == []


def test_only_its_first_layers(folder: Path) -> None:
    module = started(configured(folder, layers=1))
    # The library's network without its second layer.
    network = encoders.library_network()
    network.encoder.layer = network.encoder.layer[:1]
    batch = collate(TOKENS)
    assert_like_library(module.encoder(module.embed(batch)), of_library(network, batch), [3, 1, 7])
    with pytest.raises(ConfigError, match=r"layers is 3, and the encoder has 2"):
        build(configured(folder, layers=3), vocabulary_size=len(PIECES), classes=2)


def test_dropped_words_are_the_folders_unknown_ones(folder: Path) -> None:
    config = replace(configured(folder, tune=True), word_dropout=0.5, embedding_dropout=0.0)
    module = started(config)
    batch = collate(Tokens.of([list(range(2, 20))]))
    x = module.train().embed(batch).x[0]
    dropped = (x == module.embedding.weight[UNKNOWN]).all(-1)
    kept = (x == module.embedding(batch.ids)[0]).all(-1)
    assert dropped.any()
    assert kept.any()
    assert (dropped | kept).all()


def test_padding_is_the_folders(folder: Path) -> None:
    module = started(configured(folder))
    assert not module.embedding.weight[PAD].any()
    assert module.embedding.weight[0].any()


def test_it_carries_no_state(folder: Path) -> None:
    encoder = started(configured(folder)).encoder
    assert not encoder.streams
    with pytest.raises(ConfigError, match=r"whole text at once.*network\.encoder=lstm"):
        encoder.initial_state(1)


def test_names_of_a_network_with_a_head_and_of_the_first_berts(tmp_path: Path, folder: Path) -> None:
    from safetensors.torch import load_file, save_file

    tensors = load_file(folder / "model.safetensors")
    renamed = {
        "bert."
        + name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"): t
        for name, t in tensors.items()
        if "pooler" not in name
    }
    other = encoders.write_folder(tmp_path)
    save_file({**renamed, "cls.bias": torch.zeros(3)}, other / "model.safetensors")
    batch = collate(TOKENS)
    one, two = (
        module.encoder(module.embed(batch)).last for module in map(started, map(configured, (folder, other)))
    )
    assert torch.equal(one, two)


def test_weights_in_several_files_and_in_half_precision(tmp_path: Path, folder: Path) -> None:
    from safetensors.torch import load_file, save_file

    halves = {name: tensor.half() for name, tensor in load_file(folder / "model.safetensors").items()}
    other = encoders.write_folder(tmp_path)
    (other / "model.safetensors").unlink()
    parts = {name: f"part-{number % 2}.safetensors" for number, name in enumerate(halves)}
    for part in set(parts.values()):
        save_file({name: halves[name] for name in halves if parts[name] == part}, other / part)
    (other / "model.safetensors.index.json").write_text(json.dumps({"weight_map": parts}))
    batch = collate(TOKENS)
    module = started(configured(other))
    assert {p.dtype for p in module.parameters()} == {torch.float32}
    assert_close(module(batch).isfinite().all(), torch.tensor(True))
    expected = halves["encoder.layer.1.output.dense.weight"].float()
    assert torch.equal(
        module.state_dict()["encoder.transformer.encoder.layer.1.output.dense.weight"], expected
    )
    (other / "part-1.safetensors").unlink()
    with pytest.raises(ModelError, match="names files that are not there"):
        pretrained.read(configured(other))


def test_nothing_of_anybodys_machine_is_kept(tmp_path: Path) -> None:
    mine = {
        "_name_or_path": "/home/someone/bert",
        "auto_map": {"AutoModel": "code.Model"},
        "is_decoder": True,
    }
    config = configured(encoders.write_folder(tmp_path, **mine))
    kept = json.loads(str(config.pretrained.architecture))["config"]
    assert not mine.keys() & kept.keys()
    assert settled(config) == config


def test_a_special_token_without_a_vector_is_refused(tmp_path: Path) -> None:
    folder = encoders.write_folder(tmp_path)
    values = json.loads((folder / "tokenizer.json").read_text())
    values["post_processor"]["sep"] = ["[SEP]", 99]
    (folder / "tokenizer.json").write_text(json.dumps(values))
    with pytest.raises(ModelError, match="take the tokenizer that belongs to the encoder"):
        configured(folder)


class Trap:
    """Unpickled, it makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.path,)


def test_pickled_weights_are_refused_and_not_opened(tmp_path: Path) -> None:
    folder = encoders.write_folder(tmp_path / "bert")
    (folder / "model.safetensors").unlink()
    trap = tmp_path / "sprung"
    (folder / "pytorch_model.bin").write_bytes(pickle.dumps(Trap(trap)))
    with pytest.raises(ModelError, match=r"pytorch_model\.bin.*may run code.*save_pretrained") as caught:
        pretrained.read(configured(folder))
    assert "\n" not in str(caught.value)
    assert not trap.exists()


def without_a_layer(folder: Path) -> None:
    from safetensors.torch import load_file, save_file

    tensors = load_file(folder / "model.safetensors")
    save_file(
        {name: t for name, t in tensors.items() if "layer.1." not in name}, folder / "model.safetensors"
    )


def with_settings(**changes: object):
    def change(folder: Path) -> None:
        values = {**json.loads((folder / "config.json").read_text()), **changes}
        (folder / "config.json").write_text(json.dumps(values))

    return change


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda folder: (folder / "model.safetensors").unlink(), "holds no weights .*model.safetensors"),
        (
            lambda folder: (folder / "model.safetensors").write_bytes(b"x" * 99),
            "model.safetensors cannot be read",
        ),
        (without_a_layer, r"encoder\.layer\.1\..* is missing"),
        (lambda folder: (folder / "config.json").unlink(), "has no config.json"),
        (lambda folder: (folder / "config.json").write_text("{"), "config.json cannot be read"),
        (
            lambda folder: (folder / "config.json").write_text("{}"),
            "of the kind 'None', and can be one of albert",
        ),
        (with_settings(model_type="gpt2"), "of the kind 'gpt2', and can be one of albert"),
        (with_settings(model_type="own", auto_map={"AutoModel": "code.M"}), "code in a folder is never run"),
        (with_settings(hidden_size="many"), "describes none that can be built"),
        (with_settings(num_attention_heads=3), "describes none that can be built"),
        (with_settings(hidden_size=16), r"has shape \(22, 8\), expected"),
        (with_settings(intermediate_size=14), r"has shape \(12, 8\), expected \(14, 8\)"),
        (with_settings(vocab_size=20), "tokenizer of .* has 22 tokens, its encoder vectors for 20"),
    ],
)
def test_folders_that_are_not_whole_are_refused(tmp_path: Path, damage, said: str) -> None:
    folder = encoders.write_folder(tmp_path)
    damage(folder)
    with pytest.raises(ModelError, match=said) as caught:
        started(configured(folder))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"pretrained": PretrainedConfig()}, r"none is named; set network\.pretrained\.folder"),
        ({"embedding_size": 50}, r"embedding_size is 50.* 8 numbers; leave network\.embedding_size out"),
        ({"ratios": RatioConfig(use=True)}, r"leave out network\.ratios\.use"),
        ({"pretrained": PretrainedConfig(architecture="{}")}, "architecture is damaged"),
    ],
)
def test_settings_that_contradict_it_are_refused(folder: Path, changes: dict[str, object], said: str) -> None:
    given = NetworkConfig(encoder="pretrained", pretrained=PretrainedConfig(folder=str(folder)))
    with pytest.raises(ConfigError, match=said):
        settled(replace(given, **changes))


def test_texts_read_with_another_vocabulary_are_refused(folder: Path) -> None:
    config = configured(folder)
    with pytest.raises(ConfigError, match=r"vocabulary of 9 tokens.* has 22.*text\.pretrained"):
        build(config, vocabulary_size=9, classes=2, weights=pretrained.read(config))


def test_other_encoders_are_left_alone() -> None:
    config = NetworkConfig(encoder="lstm", pretrained=PretrainedConfig(folder="nowhere"))
    assert settled(config) == config
    assert pretrained.read(config) is None


def test_without_the_library_the_extra_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "transformers", None)
    with pytest.raises(MissingExtraError, match=r"tenor\[hf\]") as caught:
        configured(folder)
    assert isinstance(caught.value, TenorError)
