"""Promises 1 and 2: a text's logits are its own, whatever stands beside it and behind it."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from tenor.batching import Batch, collate
from tenor.nn import mingru
from tenor.nn.classifier import Classifier
from tenor.nn.encoder import Windowed
from tenor.nn.forward import forward
from tenor.text.tokens import Tokens

CPU = torch.device("cpu")


def padded_further(batch: Batch, columns: int, filler: int = 0) -> Batch:
    more = torch.full((len(batch), columns), filler, dtype=batch.ids.dtype)
    return replace(batch, ids=torch.cat((batch.ids, more), 1))


@pytest.mark.parametrize("columns", [1, 30])
def test_more_padding_changes_nothing(module: Classifier, tokens: Tokens, columns: int) -> None:
    batch = collate(tokens)
    with torch.no_grad():
        torch.testing.assert_close(module(padded_further(batch, columns)), module(batch), atol=1e-5, rtol=0)


def test_what_stands_in_the_padding_changes_nothing(module: Classifier, tokens: Tokens) -> None:
    batch = collate(tokens)
    noisy = replace(batch, ids=torch.where(batch.mask, batch.ids, 9))
    with torch.no_grad():
        torch.testing.assert_close(module(noisy), module(batch), atol=1e-5, rtol=0)


@pytest.mark.parametrize("compiled", [True, False])
def test_what_stands_in_embedded_padding_changes_nothing(
    module: Classifier, tokens: Tokens, monkeypatch: pytest.MonkeyPatch, compiled: bool
) -> None:
    """By way of embedded tokens, since an encoder that pools as it reads never looks at padded ids."""
    batch = collate(tokens)
    with torch.no_grad():
        expected = module(batch)
        if not compiled:
            monkeypatch.setattr(mingru, "compiles", lambda x: False)
        embedded = module.embed(padded_further(batch, 5))
        garbage = 9 * torch.randn(embedded.x.shape, generator=torch.Generator().manual_seed(1))
        ids = None if embedded.ids is None else torch.where(embedded.mask, embedded.ids, 9)
        noisy = replace(embedded, x=torch.where(embedded.mask.unsqueeze(-1), embedded.x, garbage), ids=ids)
        torch.testing.assert_close(module.forward_embedded(noisy), expected, atol=1e-5, rtol=0)


def test_batch_is_single(module: Classifier, tokens: Tokens) -> None:
    together = forward(module, tokens, device=CPU)
    alone = [forward(module, tokens.select(np.array([row])), device=CPU) for row in range(len(tokens))]
    np.testing.assert_allclose(np.concatenate(alone), together, atol=1e-5)


def test_order_in_is_order_out(module: Classifier, tokens: Tokens) -> None:
    order = np.random.default_rng(1).permutation(len(tokens))
    np.testing.assert_allclose(
        forward(module, tokens.select(order), device=CPU),
        forward(module, tokens, device=CPU)[order],
        atol=1e-5,
    )


def test_padding_has_no_gradient(module: Classifier, tokens: Tokens) -> None:
    batch = padded_further(collate(tokens), 3)
    embedded = module.embed(batch)
    x = embedded.x.detach().requires_grad_()
    module.forward_embedded(replace(embedded, x=x)).square().sum().backward()
    assert x.grad is not None
    assert not x.grad[~batch.mask].any()
    assert x.grad[batch.mask].any()


def test_every_token_is_read(module: Classifier, tokens: Tokens) -> None:
    """The counterpart of the above: no real token is masked away, the first and last included.

    Of an encoder that sees so many tokens at a time, the last output sees no more than those.
    """
    batch = collate(tokens)
    embedded = module.embed(batch)
    x = embedded.x.detach().requires_grad_()
    logits = module.forward_embedded(replace(embedded, x=x))
    logits.square().sum().backward()
    assert x.grad is not None
    reached, read = x.grad.abs().sum(-1) > 0, batch.mask
    if isinstance(module.encoder, Windowed) and module.pooling.name == "last":
        places = torch.arange(batch.ids.shape[1])
        assert not reached[places < batch.lengths[:, None] - module.encoder.receptive_field].any()
        read = places == batch.lengths[:, None] - 1
    # A maximum may pass a token over, and a few units of single tokens pass over half; then many are enough.
    assert reached[read].float().mean() > 0.3
