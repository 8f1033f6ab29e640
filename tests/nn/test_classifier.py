"""The network as a whole: head, embedding, dropout, and its way to and from NumPy."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn import functional as F
from torch.testing import assert_close

from tenor.batching import collate
from tenor.config.network import NetworkConfig, RecurrentConfig
from tenor.errors import ConfigError, ModelError
from tenor.nn.build import build, load_arrays, round_vectors, to_arrays
from tenor.nn.classifier import Head
from tenor.text.tokens import Tokens
from tenor.text.vectors import Vectors

SMALL = NetworkConfig(embedding_size=4, recurrent=RecurrentConfig(hidden_size=3))


def test_binary_head_is_the_logistic_loss() -> None:
    head = Head(4, 2, hidden=0, dropout=0.0)
    pooled, targets = torch.randn(6, 4), torch.tensor([0, 1, 1, 0, 1, 0])
    logits = head(pooled)
    assert logits.shape == (6, 2)
    expected = F.binary_cross_entropy_with_logits(head.output(pooled).squeeze(1), targets.float())
    assert_close(F.cross_entropy(logits, targets), expected)


@pytest.mark.parametrize(("classes", "hidden", "outputs"), [(2, 0, 1), (2, 7, 1), (3, 0, 3), (5, 7, 5)])
def test_head_has_no_spare_outputs(classes: int, hidden: int, outputs: int) -> None:
    head = Head(4, classes, hidden=hidden, dropout=0.0)
    assert head.output.out_features == outputs
    assert head(torch.randn(2, 4)).shape == (2, classes)


def test_padding_has_a_zero_vector_and_vectors_are_taken() -> None:
    matrix = np.zeros((6, 4), dtype=np.float32)
    matrix[3] = [1, 2, 3, 4]
    vectors = Vectors(matrix, found=np.arange(6) == 3)
    module = build(SMALL, vocabulary_size=6, classes=2, vectors=vectors)
    weight = module.embedding.weight.detach()
    assert not weight[0].any()
    assert weight[3].tolist() == [1, 2, 3, 4]
    assert weight[[1, 2, 4, 5]].any(1).all(), "words without a vector start at random"


def test_frozen_embedding_gets_no_gradient() -> None:
    module = build(replace(SMALL, freeze_embedding=True), vocabulary_size=6, classes=2)
    module(collate(Tokens.of([[2, 3]]))).sum().backward()
    assert module.embedding.weight.grad is None


def test_word_dropout_reads_unknown_words_in_training_only() -> None:
    module = build(replace(SMALL, word_dropout=0.5, embedding_dropout=0.0), vocabulary_size=50, classes=2)
    batch = collate(Tokens.of([list(range(2, 50)), [2, 3]]))
    unknown = module.embedding.weight[1]
    trained = module.train().embed(batch).x
    dropped = (trained == unknown).all(-1)
    assert 0.2 < dropped[0].float().mean() < 0.8
    assert not dropped[1, 2:].any(), "padding stays padding"
    assert not (module.eval().embed(batch).x == unknown).all(-1).any()


@pytest.mark.parametrize(
    ("encoder", "pooling"), [("lstm", "last"), ("mingru", "max"), ("mingru", "attention")]
)
def test_logits_are_made_of_the_pooled_vectors(encoder: str, pooling: str) -> None:
    config = replace(SMALL, encoder=encoder, pooling=pooling, hidden=3)
    module = build(config, vocabulary_size=9, classes=3).eval()
    batch = collate(Tokens.of([[2, 3, 4], [5]]))
    pooled = module.pooled(batch)
    assert pooled.shape == (2, module.pooling.output_size)
    assert_close(module.head(pooled), module(batch))


def test_unknown_encoder_says_what_there_is() -> None:
    with pytest.raises(ConfigError, match=r"'lsmt'.*rnn, lstm, gru.*did you mean lstm"):
        build(replace(SMALL, encoder="lsmt"), vocabulary_size=6, classes=2)


def test_arrays_go_there_and_back() -> None:
    one, other = (build(SMALL, vocabulary_size=6, classes=2).eval() for _ in range(2))
    batch = collate(Tokens.of([[2, 3, 4]]))
    assert not torch.equal(one(batch), other(batch))
    load_arrays(other, to_arrays(one))
    assert torch.equal(one(batch), other(batch))


def test_arrays_of_another_network_are_refused() -> None:
    arrays = to_arrays(build(SMALL, vocabulary_size=6, classes=2))
    with pytest.raises(ModelError, match=r"embedding\.weight has shape"):
        load_arrays(build(SMALL, vocabulary_size=7, classes=2), arrays)


def test_trained_word_vectors_are_rounded_to_half_precision_and_nothing_else() -> None:
    module = build(SMALL, vocabulary_size=6, classes=2)
    with torch.no_grad():
        module.embedding.weight[2, 0] = 1e6
    before = to_arrays(module)
    round_vectors(module)
    after = to_arrays(module)
    vectors = after.pop("embedding.weight")
    largest = np.finfo(np.float16).max
    assert np.array_equal(vectors, np.clip(before["embedding.weight"], -largest, largest).astype(np.float16))
    for name, array in after.items():
        assert np.array_equal(array, before[name])


def test_given_word_vectors_keep_their_digits() -> None:
    module = build(replace(SMALL, freeze_embedding=True), vocabulary_size=6, classes=2)
    before = module.embedding.weight.clone()
    round_vectors(module)
    assert torch.equal(module.embedding.weight, before)
