"""Promise 5: where an encoder pools as it reads, or has another way by plain operations, all ways agree."""

import copy
from dataclasses import replace

import pytest
import torch
from small import CLASSES, SMALL, VOCABULARY, wider
from torch.testing import assert_close

from tenor.batching import collate
from tenor.config.network import NetworkConfig
from tenor.nn import mingru
from tenor.nn.build import ENCODERS, build
from tenor.nn.classifier import Classifier
from tenor.nn.encoder import WordReader
from tenor.text.tokens import Tokens

Gradients = dict[str, torch.Tensor]


def step(module: Classifier, tokens: Tokens, *, embedded: bool) -> tuple[torch.Tensor, Gradients]:
    """Return logits and all gradients, by `forward` or by way of embedded tokens."""
    module = copy.deepcopy(module)
    batch = collate(tokens)
    logits = module.forward_embedded(module.embed(batch)) if embedded else module(batch)
    logits.square().sum().backward()
    return logits.detach(), {name: p.grad for name, p in module.named_parameters() if p.grad is not None}


def test_all_ways_agree(module: Classifier, tokens: Tokens, monkeypatch: pytest.MonkeyPatch) -> None:
    fused, fused_gradients = step(module, tokens, embedded=False)
    compiled, compiled_gradients = step(module, tokens, embedded=True)
    monkeypatch.setattr(mingru, "compiles", lambda x: False)
    plain, plain_gradients = step(module, tokens, embedded=True)
    for logits, gradients in ((compiled, compiled_gradients), (plain, plain_gradients)):
        assert_close(logits, fused, atol=1e-5, rtol=0)
        assert gradients.keys() == fused_gradients.keys()
        for name, gradient in gradients.items():
            assert_close(gradient.to_dense(), fused_gradients[name].to_dense(), atol=1e-5, rtol=1e-4)


def test_which_encoders_are_concerned() -> None:
    networks = {name: build(replace(SMALL, encoder=name), vocabulary_size=9, classes=2) for name in ENCODERS}
    assert [name for name, n in networks.items() if isinstance(n.encoder, WordReader)] == ["mingru"]


def test_dropout_is_by_word_where_words_are_read_once(network: NetworkConfig) -> None:
    """The same for all occurrences of a word in a batch there, and for each token by itself elsewhere."""
    dropped = replace(wider(network, 64), embedding_dropout=0.5, word_dropout=0.0)
    module = build(dropped, vocabulary_size=VOCABULARY, classes=CLASSES).train()
    x = module.embed(collate(Tokens.of([[2, 3, 2], [3, 2]]))).x
    assert ((x == 0).float().mean((0, 1)) > 0).any()
    by_word = isinstance(module.encoder, WordReader)
    for first, again in ((x[0, 0], x[0, 2]), (x[0, 0], x[1, 1]), (x[0, 1], x[1, 0])):
        assert torch.equal(first, again) == by_word
