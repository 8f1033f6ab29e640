"""The transformer against softmax attention spelled out, head by head and text by text."""

import math

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.testing import assert_close

from tenor.config.network import TransformerConfig
from tenor.errors import ConfigError
from tenor.nn.encoder import Embedded
from tenor.nn.transformer import Transformer, sinusoids

INPUT, SIZE = 5, 8
LENGTHS = [6, 1, 4]


def transformer(input_size: int = INPUT, **changes: object) -> Transformer:
    settings = {"hidden_size": SIZE, "layers": 2, "heads": 2, "feedforward": 12, "positions": "learned"}
    made = Transformer(input_size, TransformerConfig(**{**settings, **changes}))
    for parameter in made.parameters():  # norms and biases, too, are to count
        nn.init.normal_(parameter, std=0.5)
    return made.eval()


def embedded(lengths: list[int] | None = None, width: int = 9, size: int = INPUT) -> Embedded:
    lengths = lengths or LENGTHS
    return Embedded(
        torch.randn(len(lengths), width, size), torch.arange(width) < torch.tensor(lengths)[:, None]
    )


def norm(x: Tensor, module: nn.LayerNorm) -> Tensor:
    centred = x - x.mean(-1, keepdim=True)
    return (
        centred / (centred.square().mean(-1, keepdim=True) + module.eps).sqrt() * module.weight + module.bias
    )


def by_hand(encoder: Transformer, x: Tensor, positions: Tensor, heads: int) -> Tensor:
    """One text without padding: x (T, D), positions (T, H) -> (1 + T, H), the class token first."""
    if encoder.projection is not None:
        x = x @ encoder.projection.weight.T + encoder.projection.bias
    x = torch.cat((encoder.class_token[None], norm(x, encoder.input_norm) + positions))
    for block in encoder.blocks:
        given = norm(x, block.attention_norm)
        q, k, v = (given @ block.attention.inputs.weight.T + block.attention.inputs.bias).chunk(3, -1)
        outputs = []
        for head in range(heads):
            own = slice(head * SIZE // heads, (head + 1) * SIZE // heads)
            scores = q[:, own] @ k[:, own].T / math.sqrt(SIZE / heads)
            outputs.append(scores.exp() / scores.exp().sum(1, keepdim=True) @ v[:, own])
        x = x + F.linear(torch.cat(outputs, -1), block.attention.output.weight, block.attention.output.bias)
        inner = F.linear(norm(x, block.feedforward_norm), block.expand.weight, block.expand.bias).relu()
        x = x + F.linear(inner, block.contract.weight, block.contract.bias)
    return norm(x, encoder.output_norm)


@pytest.mark.parametrize("heads", [1, 2, 4])
@pytest.mark.parametrize("positions", ["learned", "sinusoidal", "none"])
@pytest.mark.parametrize("input_size", [INPUT, SIZE])
def test_equals_attention_by_hand(heads: int, positions: str, input_size: int) -> None:
    encoder, batch = (
        transformer(input_size, heads=heads, positions=positions),
        embedded(size=input_size),
    )
    assert (encoder.projection is None) == (input_size == SIZE)
    encoded = encoder(batch)
    for row, length in enumerate(LENGTHS):
        places = {
            "learned": lambda n: encoder.positions[:n],
            "sinusoidal": lambda n: sinusoids(n, SIZE).float(),
            "none": lambda n: torch.zeros(n, SIZE),
        }[positions](length)
        expected = by_hand(encoder, batch.x[row, :length], places, heads)
        assert_close(encoded.last[row], expected[0], atol=1e-5, rtol=1e-5)
        assert_close(encoded.sequence[row, :length], expected[1:], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("size", [6, 7])
def test_sinusoids_are_those_of_the_paper(size: int) -> None:
    found = sinusoids(5, size)
    for place in range(5):
        for unit in range(size):
            angle = place / 10_000 ** (unit // 2 * 2 / size)
            assert found[place, unit].item() == pytest.approx([math.sin, math.cos][unit % 2](angle))


@pytest.mark.parametrize(("positions", "sees"), [("none", False), ("learned", True), ("sinusoidal", True)])
def test_order_is_seen_by_positions_only(positions: str, sees: bool) -> None:
    encoder, batch = transformer(positions=positions), embedded([7], width=7)
    turned = Embedded(batch.x.flip(1), batch.mask)
    assert torch.allclose(encoder(batch).last, encoder(turned).last, atol=1e-5) != sees


def test_every_output_sees_every_token() -> None:
    encoder, batch = transformer(layers=1), embedded([7], width=7)
    x = batch.x.requires_grad_()
    for place in (0, 6):
        (gradient,) = torch.autograd.grad(encoder(batch).sequence[0, place].square().sum(), x)
        assert (gradient != 0).any(-1).all()


def test_words_weigh_alike_whatever_their_scale() -> None:
    encoder, batch = transformer(SIZE, positions="sinusoidal"), embedded(size=SIZE)
    large = Embedded(batch.x * 100, batch.mask)
    assert_close(encoder(large).last, encoder(batch).last, atol=1e-3, rtol=1e-3)


def test_learned_positions_end_with_the_text_not_with_the_padding() -> None:
    encoder = transformer(most_positions=4)
    batch = embedded([4, 2], width=4)
    wide = Embedded(F.pad(batch.x, (0, 0, 0, 5)), F.pad(batch.mask, (0, 5)))
    assert_close(encoder(wide).last, encoder(batch).last)
    with pytest.raises(ConfigError, match=r"5 tokens.*4 positions.*text\.max_length=4.*most_positions=5"):
        encoder(embedded([2, 5], width=6))
    for positions in ("sinusoidal", "none"):
        transformer(most_positions=4, positions=positions)(embedded([5], width=6))


def test_heads_must_share_the_units() -> None:
    with pytest.raises(ConfigError, match=r"hidden_size is 8.*3 heads"):
        transformer(heads=3)


def test_dropout_is_on_in_training_only() -> None:
    encoder, batch = transformer(dropout=0.5), embedded()
    assert torch.equal(encoder(batch).last, encoder(batch).last)
    encoder.train()
    assert not torch.equal(encoder(batch).last, encoder(batch).last)
