"""Perturbations: their length, where they are added, and that they go where the loss rises most."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from perturbed import BATCH, TOKENS, WAYS, network, number, perturbation
from small import CLASSES, VOCABULARY
from torch.nn import functional as F
from torch.testing import assert_close

from tenor.config.network import RatioConfig
from tenor.nn.encoder import Embedded, Words
from tenor.text.ratios import Counts


def loss(logits: torch.Tensor) -> torch.Tensor:
    return F.cross_entropy(logits, BATCH.targets)


@pytest.mark.parametrize(("encoder", "pooling", "by_word"), WAYS)
def test_the_gradient_is_that_of_finite_differences(encoder: str, pooling: str, by_word: bool) -> None:
    module = network(encoder, pooling)
    around = perturbation(by_word).around(module, module.read(BATCH))
    rows, direction, step = around.random(0.3), around.random(1.0), 1e-6
    found = around.gradient(module, rows, loss)
    ends = [loss(module.forward_embedded(around.at(rows + by * direction))) for by in (step, -step)]
    assert number((found * direction).sum()) == pytest.approx(
        number(ends[0] - ends[1]) / (2 * step), rel=1e-4
    )
    assert all(parameter.grad is None and parameter.requires_grad for parameter in module.parameters())


@pytest.mark.parametrize(("encoder", "pooling", "by_word"), WAYS)
def test_nothing_raises_the_loss_more_at_that_length(encoder: str, pooling: str, by_word: bool) -> None:
    module, length = network(encoder, pooling), 1e-3
    around = perturbation(by_word).around(module, module.read(BATCH))
    rows = around.steepest(around.gradient(module, around.zero(), loss), length)

    def rise(rows: torch.Tensor) -> float:
        return number(loss(module.forward_embedded(around.at(rows))) - loss(module(BATCH)))

    others = [rise(around.random(length)) for _ in range(20)]
    assert rise(rows) > 0
    assert rise(rows) > max(others)
    assert rise(-rows) < min(others)


def test_each_text_is_changed_by_the_length_or_all_together() -> None:
    module = network("mingru", "mean-max")
    by_token = perturbation(False).around(module, module.read(BATCH))
    rows = by_token.random(0.7)
    assert rows.shape == (len(TOKENS.ids), module.embedding.embedding_dim)
    for start, end in zip(TOKENS.offsets, TOKENS.offsets[1:], strict=False):
        assert number(rows[start:end].norm()) == pytest.approx(0.7)
    by_word = perturbation(True).around(module, module.read(BATCH))
    words = by_word.random(0.7)
    assert len(words) < len(rows)
    every = words[torch.from_numpy(by_word.read.rows)]  # of each token
    assert number(every.square().sum()) == pytest.approx(len(BATCH) * 0.7**2)


def test_words_that_fill_up_stay_and_directions_of_nothing_stay_nothing() -> None:
    module = network("mingru", "mean-max")
    around = perturbation(True).around(module, module.read(BATCH))
    filled = replace(around, counts=torch.cat((around.counts[:-1], torch.zeros(1))).double())
    assert not filled.random(1.0)[-1].any()
    assert not around.steepest(around.zero(), 1.0).any()
    vanishing = around.steepest(around.random(1.0) * 1e-200, 1.0)
    assert number(around.norms(vanishing)) == pytest.approx(1.0)


def test_shared_by_a_word_is_the_same_for_each_of_its_tokens() -> None:
    module = network("mingru", "mean-max")
    read = module.read(BATCH)
    by_word, by_token = (perturbation(way).around(module, read) for way in (True, False))
    rows = by_word.random(0.7)
    spread = rows[torch.from_numpy(read.rows)]
    assert_close(
        module.forward_embedded(by_word.at(rows)),
        module.forward_embedded(by_token.at(spread)),
        rtol=0,
        atol=1e-12,
    )
    # The direction is the mean of those of the occurrences.
    shared, each = (around.gradient(module, around.zero(), loss) for around in (by_word, by_token))
    summed = torch.zeros_like(shared).index_add(0, torch.from_numpy(read.rows).long(), each)
    assert_close(shared, summed, rtol=0, atol=1e-12)


@pytest.mark.parametrize("by_word", [True, False])
def test_a_length_does_not_depend_on_the_size_of_the_word_vectors(by_word: bool) -> None:
    """Miyato et al. normalise them so that a network cannot make perturbations small by large vectors."""
    module = network("mingru", "mean-max")
    around = perturbation(by_word).around(module, module.read(BATCH))
    with torch.no_grad():
        module.embedding.weight *= 10
    larger = perturbation(by_word).around(module, module.read(BATCH))
    assert_close(larger.deviation, 10 * around.deviation)
    words = module.embedding.weight[torch.from_numpy(TOKENS.ids).long()]
    assert_close(larger.deviation, words.std(0, correction=0).detach())


@pytest.mark.parametrize(("encoder", "by_word"), [("mingru", True), ("mingru", False), ("lstm", False)])
def test_ratios_and_padding_stay_as_they_are(encoder: str, by_word: bool) -> None:
    config = RatioConfig(use=True, min_count=1)
    targets = BATCH.targets.numpy()
    counts = Counts.of(TOKENS, targets, vocabulary_size=VOCABULARY, classes=CLASSES, config=config)
    module = network(encoder, "mean-max", ratios=config).train()
    module.counts = counts
    for batch in (BATCH, replace(BATCH, targets=None)):  # texts without labels were not counted
        read = module.read(batch)
        around = perturbation(by_word).around(module, read)
        changed = around.at(around.random(1.0))
        size = module.embedding.embedding_dim
        if isinstance(read, Words):
            before, after = (
                torch.cat((r.vectors[torch.from_numpy(r.rows).long()], torch.from_numpy(r.numbers)), 1)
                for r in (read, changed)
            )
        else:
            assert isinstance(changed, Embedded)
            assert_close(changed.x[~read.mask], read.x[~read.mask])
            before, after = read.x[read.mask], changed.x[read.mask]
        assert after.shape[1] > size
        assert torch.equal(before[:, size:], after[:, size:])
        assert (before[:, :size] != after[:, :size]).any(1).all()


def test_a_batch_of_one_word_can_be_read() -> None:
    from tenor.batching import collate
    from tenor.text.tokens import Tokens

    module = network("mingru", "mean-max")
    batch = collate(Tokens.of([[2]]), np.array([1]))
    around = perturbation(True).around(module, module.read(batch))
    assert torch.isfinite(module.forward_embedded(around.at(around.random(1.0)))).all()
