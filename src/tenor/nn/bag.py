"""The bag of words: the embedded tokens themselves are the sequence (NBoW), order is left to n-grams.

With `ngrams` above 1 each token's output is its vector plus those of the n-grams that end at it, so the mean
over a text is that of its words plus its n-grams, each counted by the number of tokens. N-grams have no
vocabulary: a hash of their ids names one of `buckets` vectors (Joulin et al. 2017, "Bag of tricks for
efficient text classification"). They start at zero: an n-gram whose bucket training never met adds nothing.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tenor.config.network import BagConfig, NetworkConfig
from tenor.errors import ConfigError
from tenor.nn.encoder import Embedded, Encoded, State, take_last

# h = (h * factor + id + 1) mod prime over the ids from left to right; then, lest neighbouring ids fall into
# neighbouring buckets, h = (h xor h / 2^15) * factor mod prime; then h mod buckets. Saved models rely on it.
# Products stay below 2^63, so that no integer overflows.
FACTOR, PRIME, SHIFT = 116_049_371, 2_147_483_647, 15
NOTHING = -1  # the id of what stands before the first token


class Bag(nn.Module):
    """Tokens as they are, and the n-grams that end at them: reads left to right."""

    streams = True

    def __init__(self, input_size: int, settings: BagConfig) -> None:
        super().__init__()
        self.output_size = input_size
        self._longest = settings.ngrams
        # (buckets, D)
        self.ngrams = nn.Parameter(torch.zeros(settings.buckets, input_size)) if settings.ngrams > 1 else None

    @property
    def receptive_field(self) -> int:
        """Tokens that one output sees: those of the longest n-gram."""
        return self._longest

    def forward(self, embedded: Embedded, state: State | None = None) -> Encoded:
        """(B, T, D) -> sequence (B, T, D), last (B, D), and the new state if one was given.

        Raises:
            ConfigError: n-grams are read, and there are no ids.
        """
        sequence, after = embedded.x, state
        if self.ngrams is not None:
            ids = _ids(embedded)
            kept = self._longest - 1
            before = ids.new_full((kept, len(ids)), NOTHING) if state is None else state[0]
            ids = torch.cat((before.t(), ids), 1)  # (B, n-1 + T)
            sequence = sequence + self._sums(self.ngrams, ids)
            if state is not None:
                places = embedded.lengths[:, None] + torch.arange(kept, device=ids.device)  # (B, n-1)
                after = (ids.gather(1, places).t(),)
        return Encoded(sequence, take_last(sequence, embedded.mask), after)

    def initial_state(self, batch_size: int) -> State:
        """Return the ids of the n - 1 tokens before the first, which are none: (n-1, B) int64."""
        device = None if self.ngrams is None else self.ngrams.device
        return (torch.full((self._longest - 1, batch_size), NOTHING, device=device),)

    def _sums(self, vectors: Tensor, ids: Tensor) -> Tensor:
        """Return the sum of the n-grams that end at each token, (B, T, D), of ids (B, n-1 + T)."""
        tokens = ids.unfold(1, self._longest, 1)  # (B, T, n), the token itself last
        buckets, there = [], []
        for length in range(2, self._longest + 1):
            hashed = torch.zeros_like(tokens[..., 0])  # (B, T)
            for token in tokens[..., -length:].unbind(-1):
                hashed = (hashed * FACTOR + token + 1) % PRIME
            buckets.append((hashed ^ (hashed >> SHIFT)) * FACTOR % PRIME % len(vectors))
            there.append(tokens[..., -length] != NOTHING)
        sums = F.embedding_bag(
            torch.stack(buckets, -1).flatten(0, 1),  # (B * T, n-1)
            vectors,
            mode="sum",
            per_sample_weights=torch.stack(there, -1).flatten(0, 1).to(vectors.dtype),
        )
        return sums.view(*tokens.shape[:2], -1)


def _ids(embedded: Embedded) -> Tensor:
    if embedded.ids is None:
        raise ConfigError(
            "a bag with n-grams looks them up by the ids of the tokens, and only vectors were given; "
            "give ids as well, or train with network.bag.ngrams=1"
        )
    return embedded.ids


def bag(config: NetworkConfig, input_size: int) -> Bag:
    """Make the encoder of a configuration."""
    return Bag(input_size, config.bag)
