"""All texts through a network: batches by length in, logits in the order of the texts out."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import numpy.typing as npt
import torch

from tenor.batching import by_length, collate, round_width
from tenor.nn.classifier import Classifier
from tenor.text.tokens import Tokens

# Enough rows for full matrix products, few enough tokens that a batch stays in tens of megabytes.
_MOST_TEXTS = 256
_MOST_TOKENS = 32_768


@torch.inference_mode()
def forward(module: Classifier, tokens: Tokens, *, device: torch.device) -> npt.NDArray[np.float32]:
    """Return logits (B, C) in evaluation mode and float32; the module's own mode is put back afterwards."""
    classes = module.head.classes
    out = np.empty((len(tokens), classes), dtype=np.float32)
    with evaluating(module):
        for rows in by_length(tokens.lengths, most_texts=_MOST_TEXTS, most_tokens=_MOST_TOKENS):
            width = round_width(int(tokens.lengths[rows].max()))
            batch = collate(tokens.select(rows), width=width).to(device)
            out[rows] = module(batch).cpu().numpy()
    return out


@contextmanager
def evaluating(module: Classifier) -> Iterator[None]:
    """Put the network into evaluation mode, and back into its own mode afterwards."""
    training = module.training
    module.eval()
    try:
        yield
    finally:
        module.train(training)


def autocast(device: torch.device, precision: torch.dtype) -> torch.autocast:
    """Return a context in which matrix products run in `precision`; in float32 it does nothing."""
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=precision is torch.bfloat16)
