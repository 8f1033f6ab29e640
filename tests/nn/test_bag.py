"""The bag against sums by hand, n-gram by n-gram."""

import math

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from tenor.batching import collate
from tenor.config.network import BagConfig, NetworkConfig
from tenor.errors import ConfigError
from tenor.nn.bag import Bag
from tenor.nn.build import build
from tenor.nn.encoder import Embedded
from tenor.nn.pooling import POOLINGS
from tenor.text.tokens import Tokens

SIZE, BUCKETS, PRIME = 4, 11, 2**31 - 1
TEXTS = [[5, 3, 5, 3, 9], [7], [2, 29_999]]


def bag(ngrams: int, buckets: int = BUCKETS) -> Bag:
    made = Bag(SIZE, BagConfig(ngrams=ngrams, buckets=buckets))
    if made.ngrams is not None:
        nn.init.normal_(made.ngrams)
    return made


def embedded() -> Embedded:
    batch = collate(Tokens.of(TEXTS), width=7)
    return Embedded(torch.randn(*batch.ids.shape, SIZE), batch.mask, batch.ids)


def bucket(ids: list[int]) -> int:
    """The hash that saved models rely on, in whole numbers without limit."""
    hashed = 0
    for token in ids:
        hashed = (hashed * 116_049_371 + token + 1) % PRIME
    return (hashed ^ hashed // 2**15) * 116_049_371 % PRIME % BUCKETS


@pytest.mark.parametrize("ngrams", [1, 2, 3, 6])
def test_outputs_are_tokens_with_the_ngrams_that_end_at_them(ngrams: int) -> None:
    encoder, batch = bag(ngrams), embedded()
    sequence = encoder(batch).sequence
    for row, text in enumerate(TEXTS):
        for place in range(len(text)):
            expected = batch.x[row, place].clone()
            for length in range(2, min(ngrams, place + 1) + 1):
                expected += encoder.ngrams[bucket(text[place + 1 - length : place + 1])]
            assert_close(sequence[row, place], expected)


def test_the_mean_is_that_of_an_embedding_bag_with_words_and_bigrams() -> None:
    words, encoder = nn.Embedding(30_000, SIZE), bag(2)
    batch = embedded()
    batch = Embedded(words(batch.ids), batch.mask, batch.ids)
    pooled = POOLINGS["mean"](SIZE)(encoder(batch), batch.mask)
    joined = nn.EmbeddingBag.from_pretrained(torch.cat((words.weight, encoder.ngrams)).detach(), mode="sum")
    for row, text in enumerate(TEXTS):
        bigrams = [30_000 + bucket(text[at : at + 2]) for at in range(len(text) - 1)]
        expected = joined(torch.tensor([[*text, *bigrams]]))[0] / len(text)
        assert_close(pooled[row], expected)


def test_plain_tokens_have_no_parameters_and_do_without_ids() -> None:
    encoder, batch = bag(1), embedded()
    assert not list(encoder.parameters())
    encoded = encoder(Embedded(batch.x, batch.mask), encoder.initial_state(3))
    assert encoded.sequence is batch.x
    assert_close(encoded.last, torch.stack([batch.x[0, 4], batch.x[1, 0], batch.x[2, 1]]))


def test_order_counts_with_ngrams_only() -> None:
    there, back = (collate(Tokens.of([ids])) for ids in ([2, 3, 4], [4, 3, 2]))
    for ngrams in (1, 2):
        config = NetworkConfig(
            encoder="bag", pooling="mean", embedding_size=SIZE, bag=BagConfig(ngrams=ngrams, buckets=1000)
        )
        module = build(config, vocabulary_size=9, classes=2).eval()
        assert_close(module(there), module(back))  # n-grams start at nothing
        if ngrams == 2:
            nn.init.normal_(module.encoder.ngrams)
            assert not torch.allclose(module(there), module(back))


@pytest.mark.parametrize("buckets", [3600, 5000, 2**12])
def test_hashes_spread(buckets: int) -> None:
    """All pairs of 60 words: about as many buckets are hit as by balls thrown at random."""
    pairs = torch.cartesian_prod(torch.arange(2, 62), torch.arange(2, 62))
    encoder = bag(2, buckets=buckets)
    batch = Embedded(torch.zeros(*pairs.shape, SIZE), torch.ones_like(pairs, dtype=torch.bool), pairs)
    encoder(batch).sequence[:, 1].sum().backward()
    hit = (encoder.ngrams.grad != 0).any(1).double().mean().item()
    assert hit == pytest.approx(1 - math.exp(-len(pairs) / buckets), abs=0.03)


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_ngrams_reach_over_the_cut_between_pieces(cut: int) -> None:
    encoder, ids = bag(4), torch.tensor([[5, 3, 8, 9]])
    x, mask = torch.randn(1, 4, SIZE), torch.ones(1, 4, dtype=torch.bool)
    whole = encoder(Embedded(x, mask, ids)).sequence
    state, pieces = encoder.initial_state(1), []
    for piece in (slice(0, cut), slice(cut, 4)):
        encoded = encoder(Embedded(x[:, piece], mask[:, piece], ids[:, piece]), state)
        state = encoded.state
        pieces.append(encoded.sequence)
    assert_close(torch.cat(pieces, 1), whole)
    assert state[0].tolist() == [[3], [8], [9]]


def test_word_dropout_changes_ngrams_too() -> None:
    config = NetworkConfig(encoder="bag", word_dropout=0.999, bag=BagConfig(ngrams=2))
    module = build(config, vocabulary_size=50, classes=2).train()
    ids = module.embed(collate(Tokens.of([list(range(2, 50))]))).ids
    assert ids is not None
    assert (ids == 1).all()


def test_ngrams_without_ids_are_refused() -> None:
    batch = embedded()
    with pytest.raises(ConfigError, match=r"by the ids of the tokens.*network\.bag\.ngrams=1"):
        bag(2)(Embedded(batch.x, batch.mask))
