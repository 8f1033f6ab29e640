"""Scoring texts with a language model: -log p of each of their tokens, given those before it."""

import numpy as np
import numpy.typing as npt
import torch

from tenor.batching import by_length
from tenor.nn.chunks import chunk, of_rows, places
from tenor.nn.encoder import State
from tenor.nn.forward import evaluating
from tenor.nn.language_model import LanguageModel
from tenor.text.tokens import Tokens

# Texts read at once, and tokens of each: enough for full matrix products, tens of megabytes of probabilities.
_MOST_TEXTS, _LENGTH = 32, 64


@torch.inference_mode()
def token_losses(
    module: LanguageModel, tokens: Tokens, *, boundary: int, device: torch.device
) -> npt.NDArray[np.float32]:
    """Return -log p (nats) of every token but the first of each text, text by text: (N - B,).

    `tokens` are framed by boundaries (`nn.chunks.framed`). Evaluation mode, float32; the module's own mode is
    put back afterwards.
    """
    out = np.empty(len(tokens.ids) - len(tokens), np.float32)
    starts = tokens.offsets[:-1] - np.arange(len(tokens))  # of each text in `out`
    everything = 1 << 62
    with evaluating(module):
        for rows in by_length(tokens.lengths, most_texts=_MOST_TEXTS, most_tokens=everything):
            state: State = module.initial_state(len(rows))
            for place in places(tokens, rows, _LENGTH):
                batch = chunk(tokens, place, _LENGTH, boundary).to(device)
                losses, state = module.losses(batch.ids, batch.targets, of_rows(state, len(place.rows)))
                counts = np.minimum(tokens.lengths[place.rows] - 1 - place.start, _LENGTH)
                ends = np.cumsum(counts)
                where = np.arange(ends[-1]) + np.repeat(
                    starts[place.rows] + place.start - (ends - counts), counts
                )
                out[where] = losses.cpu().numpy()
    return out
