"""Labelled and unlabelled batches side by side: every text in turn, from epoch to epoch, by seed alone."""

from itertools import chain

import numpy as np
import torch

from tenor.batching import Batches
from tenor.text.tokens import Tokens
from tenor.training.pairs import Pairs


def batches(count: int, size: int, *, labels: bool = True) -> Batches:
    tokens = Tokens.of([[2] * (1 + number % 5) for number in range(count)])
    return Batches(tokens, np.arange(count) % 2 if labels else None, size, seed=3)


def pairs(steps: int | None = None) -> Pairs:
    return Pairs(batches(10, 4), batches(23, 5, labels=False), steps)


def rows(found: Pairs, kind: int, epochs: int) -> list[list[int]]:
    return [pair[kind].tolist() for epoch in range(epochs) for pair in found.order(epoch)]


def test_an_epoch_is_a_pass_over_the_labelled_texts_or_so_many_steps() -> None:
    found = pairs()
    assert len(found) == len(found.order(1)) == 3
    assert found.total == 10
    assert found.whole_epochs
    assert sorted(chain(*rows(found, 0, 1))) == list(range(10))
    longer = pairs(steps=7)
    assert len(longer) == len(longer.order(2)) == 7
    assert longer.total == 23  # 7 of 3 batches that hold 10 texts
    assert not longer.whole_epochs


def test_labelled_texts_are_read_as_without_others() -> None:
    alone = batches(10, 4)
    assert rows(pairs(), 0, 2) == [one.tolist() for epoch in range(2) for one in alone.order(epoch)]


def test_passes_follow_each_other_through_the_epochs() -> None:
    for steps, epochs in ((None, 5), (7, 5), (1, 15)):
        each = rows(pairs(steps), 1, epochs)[:15]
        for number in range(3):  # 5 batches a pass
            assert sorted(chain(*each[5 * number : 5 * number + 5])) == list(range(23))
        assert each[:5] != each[5:10]
    assert rows(pairs(7), 0, 2) == rows(pairs(2), 0, 7)  # wherever epochs end
    assert rows(pairs(7), 1, 1) == rows(pairs(7), 1, 1)


def test_a_pair_has_the_length_of_its_labelled_batch() -> None:
    found = pairs()
    pair = found.batch(found.order(0)[0]).to(torch.device("cpu"))
    assert pair.labelled.targets is not None
    assert pair.unlabelled.targets is None
    assert len(pair) == len(pair.labelled)
    assert len(pair.unlabelled) in (3, 5)


def test_the_beginnings_of_the_longest_texts() -> None:
    found = pairs().beginnings(3)
    assert found.labelled.ids.shape == (4, 3)
    assert found.unlabelled.ids.shape == (5, 3)
