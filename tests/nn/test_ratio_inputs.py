"""Log-count ratios on their way into a network: every encoder gets them, training leaves the batch out."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from small import CLASSES, SMALL, VOCABULARY
from torch.testing import assert_close

from tenor.batching import collate
from tenor.config.network import RatioConfig
from tenor.nn.build import ENCODERS, build
from tenor.nn.classifier import Classifier
from tenor.text.ratios import Counts
from tenor.text.tokens import Tokens

USED = replace(SMALL, ratios=RatioConfig(use=True, min_count=1), embedding_dropout=0.0)
GENERATOR = np.random.default_rng(5)
TOKENS = Tokens.of([GENERATOR.integers(0, VOCABULARY, n).tolist() for n in (5, 9, 1, 12, 7, 4)])
TARGETS = np.array([0, 1, 2, 0, 1, 2])
# A pretrained encoder brings its inputs with it, and refuses others.
READING = [name for name in ENCODERS if name != "pretrained"]


def classifier(encoder: str, **changes: object) -> Classifier:
    network = replace(USED, encoder=encoder, **changes)
    counts = Counts.of(TOKENS, TARGETS, vocabulary_size=VOCABULARY, classes=CLASSES, config=network.ratios)
    module = build(network, vocabulary_size=VOCABULARY, classes=CLASSES, ratios=counts.ratios())
    module.counts = counts
    return module


@pytest.mark.parametrize("encoder", READING)
def test_inputs_are_vector_word_ratios_bigram_ratios(encoder: str) -> None:
    module = classifier(encoder).eval()
    ratios = module.ratios
    assert ratios is not None
    x = module.embed(collate(TOKENS)).x
    row, place = 3, 4
    word = int(TOKENS.ids[TOKENS.offsets[row] + place])
    bigram = ratios.of_bigrams(ratios.bigrams.find(TOKENS))[TOKENS.offsets[row] + place]
    expected = np.concatenate((module.embedding.weight[word].detach().numpy(), ratios.words[word], bigram))
    assert_close(x[row, place], torch.from_numpy(expected))
    assert (x[0, 5:] == 0).all()  # padding


@pytest.mark.parametrize("encoder", READING)
@pytest.mark.parametrize("pooling", ["mean-max", "attention"])
def test_embedded_and_whole_are_the_same_with_gradients(encoder: str, pooling: str) -> None:
    module = classifier(encoder, pooling=pooling).eval()
    batch, found = collate(TOKENS), []
    for whole in (True, False):
        module.zero_grad()
        logits = module(batch) if whole else module.forward_embedded(module.embed(batch))
        logits.square().sum().backward()
        found.append((logits.detach(), {n: p.grad.clone() for n, p in module.named_parameters()}))
    assert_close(found[0][0], found[1][0], atol=1e-5, rtol=0)
    for name, gradient in found[0][1].items():
        assert_close(gradient, found[1][1][name], atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("encoder", ["lstm", "mingru"])
def test_in_training_the_batch_itself_is_not_counted(encoder: str) -> None:
    rows, others = np.array([0, 1, 2]), np.array([3, 4, 5])
    module = classifier(encoder, word_dropout=0.0).train()
    batch = collate(TOKENS.select(rows), TARGETS[rows])
    size = SMALL.embedding_size
    rest = Counts.of(
        TOKENS.select(others),
        TARGETS[others],
        vocabulary_size=VOCABULARY,
        classes=CLASSES,
        config=USED.ratios,
    )
    x = module.embed(batch).x
    word = int(batch.ids[1, 2])
    assert_close(x[1, 2, size : size + CLASSES], torch.from_numpy(rest.ratios().words[word]))
    assert not torch.equal(module.eval().embed(batch).x[1, 2, size:], x[1, 2, size:])


@pytest.mark.parametrize("encoder", ["lstm", "mingru"])
def test_a_bigram_with_a_dropped_word_has_no_ratio(encoder: str) -> None:
    module = classifier(encoder, word_dropout=0.999).train()
    x = module.embed(collate(TOKENS, TARGETS)).x
    assert (x[..., SMALL.embedding_size :] == 0).all()


def test_where_none_are_given_they_are_zero() -> None:
    module = build(USED, vocabulary_size=VOCABULARY, classes=CLASSES).eval()
    assert (module.embed(collate(TOKENS)).x[..., SMALL.embedding_size :] == 0).all()
