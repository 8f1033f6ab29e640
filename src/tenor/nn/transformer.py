"""The transformer encoder (Vaswani et al. 2017), with normalisation before each part (Xiong et al. 2020).

    x = dropout(norm(W word + b) + position)
    x = x + dropout(attention(norm(x)))      in every block
    x = x + dropout(feedforward(norm(x)))
    sequence = norm(x)

A learned class token stands before the text and has no position; its output is `Encoded.last`, so the pooling
`last` is the class token, and mean, max and attention pool the tokens of the text. Words are normalised
before positions are added, so that both weigh alike whatever the scale of the word vectors. Attention goes to
real tokens only, so padding changes nothing.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tenor.config.network import SEES_ALL_AT_ONCE, NetworkConfig, TransformerConfig
from tenor.errors import ConfigError
from tenor.nn.encoder import Embedded, Encoded, State
from tenor.nn.native import Dropout, linear


class Linear(nn.Module):
    """A product of `native.linear`: torch's own took twice as long, in the backward pass above all."""

    def __init__(self, inputs: int, outputs: int, *, parts: int = 1) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(outputs, inputs))
        self.bias = nn.Parameter(torch.zeros(outputs))
        with torch.no_grad():
            for part in self.weight.chunk(parts):  # matrices that lie below each other
                nn.init.xavier_uniform_(part)

    def forward(self, x: Tensor) -> Tensor:
        """(..., inputs) -> (..., outputs)."""
        return linear(x, self.weight, self.bias)


class Attention(nn.Module):
    """Multi-head self-attention."""

    def __init__(self, size: int, heads: int) -> None:
        super().__init__()
        self._heads = heads
        self.inputs = Linear(size, 3 * size, parts=3)  # queries, keys, values
        self.output = Linear(size, size)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """x (B, T, H), mask (B, T) of tokens that may be looked at -> (B, T, H)."""
        split = self.inputs(x).unflatten(-1, (3, self._heads, -1))  # (B, T, 3, heads, H / heads)
        q, k, v = split.permute(2, 0, 3, 1, 4)  # each (B, heads, T, H / heads)
        found = F.scaled_dot_product_attention(q, k, v, attn_mask=mask[:, None, None])
        out: Tensor = self.output(found.transpose(1, 2).flatten(2))
        return out


class Block(nn.Module):
    """Attention and feed-forward, each added to what it read."""

    def __init__(self, settings: TransformerConfig) -> None:
        super().__init__()
        size = settings.hidden_size
        self.attention_norm = nn.LayerNorm(size)
        self.attention = Attention(size, settings.heads)
        self.feedforward_norm = nn.LayerNorm(size)
        self.expand = Linear(size, settings.feedforward)
        self.contract = Linear(settings.feedforward, size)
        self.dropout = Dropout(settings.dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """(B, T, H), (B, T) -> (B, T, H)."""
        x = x + self.dropout(self.attention(self.attention_norm(x), mask))
        x = x + self.dropout(self.contract(torch.relu(self.expand(self.feedforward_norm(x)))))
        return x


class Transformer(nn.Module):
    """Blocks over the tokens of a text and a class token before them."""

    streams = False

    def __init__(self, input_size: int, settings: TransformerConfig) -> None:
        super().__init__()
        size = self.output_size = settings.hidden_size
        if size % settings.heads:
            raise ConfigError(
                f"network.transformer.hidden_size is {size} and cannot be shared by {settings.heads} heads; "
                "choose a multiple of network.transformer.heads"
            )
        self.projection = None if input_size == size else Linear(input_size, size)
        self.input_norm = nn.LayerNorm(size)
        self.class_token = nn.Parameter(torch.randn(size))
        self._sinusoidal = settings.positions == "sinusoidal"
        learned = settings.positions == "learned"
        self.positions = nn.Parameter(torch.randn(settings.most_positions, size) * 0.1) if learned else None
        self.dropout = Dropout(settings.dropout)
        self.blocks = nn.ModuleList(Block(settings) for _ in range(settings.layers))
        self.output_norm = nn.LayerNorm(size)

    def forward(self, embedded: Embedded, state: State | None = None) -> Encoded:
        """(B, T, D) -> sequence (B, T, H) and, of the class token, last (B, H).

        Raises:
            ConfigError: a state was given, or a text is longer than the learned positions.
        """
        if state is not None:
            raise ConfigError(SEES_ALL_AT_ONCE["transformer"])
        x = embedded.x if self.projection is None else self.projection(embedded.x)
        x = self._placed(self.input_norm(x), embedded)
        first = self.class_token.to(x.dtype).expand(len(x), 1, -1)
        x = self.dropout(torch.cat((first, x), 1))  # (B, 1 + T, H)
        mask = F.pad(embedded.mask, (1, 0), value=True)
        for block in self.blocks:
            x = block(x, mask)
        normed: Tensor = self.output_norm(x)
        return Encoded(normed[:, 1:], normed[:, 0])

    def initial_state(self, batch_size: int) -> State:
        """There is none.

        Raises:
            ConfigError: always.
        """
        raise ConfigError(SEES_ALL_AT_ONCE["transformer"])

    def _placed(self, x: Tensor, embedded: Embedded) -> Tensor:
        """Add to each token (B, T, H) the vector of its place."""
        width = x.shape[1]
        if self._sinusoidal:
            return x + sinusoids(width, x.shape[-1]).to(x)
        if self.positions is None:
            return x
        most = len(self.positions)
        if width > most and (longest := int(embedded.lengths.max())) > most:
            raise ConfigError(
                f"a text has {longest:,} tokens, and the transformer learns {most:,} positions; cut texts "
                f"(text.max_length={most}), or train with network.transformer.most_positions={longest} or "
                "network.transformer.positions=sinusoidal"
            )
        places = torch.arange(width, device=x.device).clamp(max=most - 1)  # beyond it is padding
        return x + self.positions[places]


def sinusoids(width: int, size: int) -> Tensor:
    """Return the positions of Vaswani et al. 2017, section 3.5: (T, H) float64, sines and cosines in turn."""
    places = torch.arange(width, dtype=torch.float64)[:, None]
    rates = torch.exp(torch.arange(0, size, 2, dtype=torch.float64) * (-math.log(10_000) / size))
    return torch.stack(((places * rates).sin(), (places * rates).cos()), -1).flatten(1)[:, :size]


def transformer(config: NetworkConfig, input_size: int) -> Transformer:
    """Make the encoder of a configuration."""
    return Transformer(input_size, config.transformer)
