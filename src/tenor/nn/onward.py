"""A network that reads on from where it stopped, with NumPy at both ends.

The state is a mapping of arrays with the texts as first axis: those of the encoder, and with log-count
ratios the word before, whose bigram the next one ends.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from tenor.batching import collate
from tenor.nn.classifier import Classifier
from tenor.nn.encoder import Embedded
from tenor.nn.forward import evaluating
from tenor.nn.pooling import Attention, DotAttention
from tenor.text.tokens import Tokens

Array = npt.NDArray[Any]
_BEFORE = "word"  # the state's part with the word before, (B,) int32
_NOTHING = 0  # the word before the first one: no word, so it begins no bigram


@torch.inference_mode()
def initial(module: Classifier, count: int) -> dict[str, Array]:
    """Return the state before the first token of so many texts; `ConfigError` if the encoder has none."""
    state = _named(module.encoder.initial_state(count))
    if module.ratios is not None:
        state[_BEFORE] = np.full(count, _NOTHING, np.int32)
    return state


@torch.inference_mode()
def read(
    module: Classifier, state: Mapping[str, Array], tokens: Tokens
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32] | None, dict[str, Array]]:
    """Read the next tokens of B texts in evaluation mode.

    Returns what the encoder says after each (N, H), what attention's softmax is taken of (N,) or None, and
    the state afterwards.
    """
    device = module.embedding.weight.device
    with evaluating(module):
        embedded = _embedded(module, state.get(_BEFORE), tokens, device)
        # (B, L, ...) -> (L, B, ...), as encoders have it
        before = tuple(torch.from_numpy(state[name]).to(device).transpose(0, 1) for name in _names(state))
        encoded = module.encoder(embedded, tuple(part.contiguous() for part in before))
        sequence = encoded.sequence[embedded.mask]
        attention = module.pooling if isinstance(module.pooling, Attention | DotAttention) else None
        scores = None if attention is None else attention.scores(sequence).cpu().numpy()
    assert encoded.state is not None, "a state went in"  # noqa: S101
    after = _named(encoded.state)
    if module.ratios is not None:
        after[_BEFORE] = tokens.ids[tokens.offsets[1:] - 1]
    return sequence.cpu().numpy(), scores, after


@torch.inference_mode()
def head(module: Classifier, pooled: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return logits (N, C) of pooled vectors (N, H'), in evaluation mode."""
    with evaluating(module):
        logits: Tensor = module.head(torch.from_numpy(pooled).to(module.embedding.weight.device))
    return np.asarray(logits.cpu().numpy())


def _embedded(
    module: Classifier, words: npt.NDArray[np.int32] | None, tokens: Tokens, device: torch.device
) -> Embedded:
    """Embed the tokens; with ratios, those of the bigram of the word before and the first one are right."""
    if words is None:
        return module.embed(collate(tokens).to(device))
    starts = tokens.offsets[:-1]
    longer = Tokens(np.insert(tokens.ids, starts, words), tokens.offsets + np.arange(len(tokens.offsets)))
    whole = module.embed(collate(longer).to(device))
    ids = None if whole.ids is None else whole.ids[:, 1:]
    return Embedded(whole.x[:, 1:], whole.mask[:, 1:], ids)


def _named(state: tuple[Tensor, ...]) -> dict[str, Array]:
    """(L, B, ...) -> (B, L, ...) by name."""
    return {
        f"encoder.{number}": part.transpose(0, 1).cpu().numpy().copy() for number, part in enumerate(state)
    }


def _names(state: Mapping[str, Array]) -> list[str]:
    count = sum(name.startswith("encoder.") for name in state)
    return [f"encoder.{number}" for number in range(count)]
