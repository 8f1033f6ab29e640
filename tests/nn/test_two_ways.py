"""A language model that reads both ways is two that share words, and one encoder of a classifier."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from small import SMALL, VOCABULARY

from tenor.config.language_model import OutputConfig
from tenor.errors import ConfigError
from tenor.nn.build import BOTH_WAYS, build, build_language_model, language_arrays, load_language_model
from tenor.nn.chunks import framed
from tenor.nn.encoder import Embedded
from tenor.nn.language_model import TwoWayLanguageModel
from tenor.nn.scoring import token_losses
from tenor.text.tokens import Tokens

CPU = torch.device("cpu")
ENCODERS = tuple(BOTH_WAYS)


def network(encoder: str, **changes):
    return replace(
        SMALL,
        encoder=encoder,
        bidirectional=True,
        recurrent=replace(SMALL.recurrent, layers=1),
        mingru=replace(SMALL.mingru, layers=1),
        **changes,
    )


def model(encoder: str, output: OutputConfig | None = None) -> TwoWayLanguageModel:
    torch.manual_seed(3)
    made = build_language_model(network(encoder), output or OutputConfig(), vocabulary_size=VOCABULARY)
    assert isinstance(made, TwoWayLanguageModel)
    return made.eval()


def texts(*lengths: int) -> Tokens:
    generator = np.random.default_rng(7)
    return Tokens.of([generator.integers(2, VOCABULARY, n).tolist() for n in lengths])


def test_texts_are_turned_one_by_one() -> None:
    assert texts().turned().ids.tolist() == []
    turned = Tokens.of([[1, 2, 3], [4], [5, 6]]).turned()
    assert (turned.ids.tolist(), turned.offsets.tolist()) == ([3, 2, 1, 4, 6, 5], [0, 3, 4, 6])


@pytest.mark.parametrize("encoder", ENCODERS)
def test_each_direction_knows_its_own_side_alone(encoder: str) -> None:
    module = model(encoder)
    one, other = [2, 3, 4, 5, 6, 7], [2, 3, 9, 5, 6, 7]  # they differ at the third token
    tokens = framed(Tokens.of([one, other]), 0)
    ahead = token_losses(module, tokens, boundary=0, device=CPU).reshape(2, -1)
    back = token_losses(module.back, tokens.turned(), boundary=0, device=CPU).reshape(2, -1)[:, ::-1]
    differ = np.abs(np.diff(ahead, axis=0)[0]) > 1e-5  # of tokens 2 to 7, and the end
    assert differ.tolist() == [False] * 2 + [True] * 5
    differ = np.abs(np.diff(back, axis=0)[0]) > 1e-5  # of the beginning, and tokens 2 to 7
    assert differ.tolist() == [True] * 4 + [False] * 3


@pytest.mark.parametrize("encoder", ENCODERS)
def test_a_classifier_reads_as_both_do(encoder: str) -> None:
    module, config = model(encoder), network(encoder)
    classifier = build(config, vocabulary_size=VOCABULARY, classes=2).eval()
    arrays = language_arrays(module, config)
    for name, tensor in classifier.state_dict().items():
        if name.startswith(("encoder.", "embedding.")):
            assert arrays[name].shape == tuple(tensor.shape)
            tensor.copy_(torch.from_numpy(arrays[name]))
    ids = torch.from_numpy(texts(6, 6).padded())
    mask = torch.ones_like(ids, dtype=torch.bool)
    with torch.inference_mode():
        read = [
            one.encoder(Embedded(one.embedding(given), mask, given)).sequence
            for one, given in ((module, ids), (module.back, ids.flip(1)))
        ]
        both = classifier.encoder(Embedded(classifier.embedding(ids), mask, ids)).sequence
    torch.testing.assert_close(both, torch.cat((read[0], read[1].flip(1)), -1))


@pytest.mark.parametrize("encoder", ENCODERS)
@pytest.mark.parametrize("output", [OutputConfig(), OutputConfig(tied=False)], ids=["tied", "own"])
def test_what_reads_on_is_had_again_from_the_folder(encoder: str, output: OutputConfig) -> None:
    module, config = model(encoder, output), network(encoder)
    again = build_language_model(replace(config, bidirectional=False), output, vocabulary_size=VOCABULARY)
    load_language_model(again, config, language_arrays(module, config))
    tokens = framed(texts(4, 7), 0)
    given = {"boundary": 0, "device": CPU}
    np.testing.assert_array_equal(token_losses(again, tokens, **given), token_losses(module, tokens, **given))


def test_words_and_softmax_are_shared_and_each_parameter_is_there_once() -> None:
    module = model("lstm", OutputConfig(tied=False))
    assert module.back.embedding is module.embedding
    assert module.back.output is module.output
    assert module.back.output_weight is module.output_weight
    names = [name for name, _ in module.named_parameters(remove_duplicate=False)]
    own = {id(parameter) for parameter in module.parameters()}
    assert len(names) == len(own)
    assert {id(parameter) for parameter in module.back.parameters()} <= own
    module.train()
    assert module.back.training
    assert not module.eval().back.training


@pytest.mark.parametrize(("encoder", "section"), [("lstm", "recurrent"), ("mingru", "mingru")])
def test_a_second_layer_would_see_what_is_to_be_said(encoder: str, section: str) -> None:
    config = network(encoder)
    deep = replace(config, **{section: replace(getattr(config, section), layers=2)})
    with pytest.raises(ConfigError, match=rf"seen both sides; .* network\.{section}\.layers=1"):
        build_language_model(deep, OutputConfig(), vocabulary_size=VOCABULARY)
