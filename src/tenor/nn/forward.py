"""All texts through a network: batches by length in, rows in the order of the texts out."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from tenor.batching import Batch, by_length, collate, round_width
from tenor.nn.classifier import Classifier
from tenor.text.tokens import Tokens

# Enough rows for full matrix products, few enough tokens that a batch stays in tens of megabytes.
_MOST_TEXTS = 256
_MOST_TOKENS = 32_768


def forward(module: Classifier, tokens: Tokens, *, device: torch.device) -> npt.NDArray[np.float32]:
    """Return logits (B, C) in evaluation mode and float32; the module's own mode is put back afterwards."""
    return _in_batches(module, module, module.head.classes, tokens, device)


def pooled(module: Classifier, tokens: Tokens, *, device: torch.device) -> npt.NDArray[np.float32]:
    """Return the vectors before the head, (B, H'), as `forward` returns logits."""
    return _in_batches(module, module.pooled, module.pooling.output_size, tokens, device)


@contextmanager
def evaluating(module: nn.Module) -> Iterator[None]:
    """Put the network into evaluation mode, and back into its own mode afterwards."""
    training = module.training
    module.eval()
    try:
        yield
    finally:
        module.train(training)


@torch.inference_mode()
def _in_batches(
    module: Classifier, read: Callable[[Batch], Tensor], size: int, tokens: Tokens, device: torch.device
) -> npt.NDArray[np.float32]:
    out = np.empty((len(tokens), size), dtype=np.float32)
    with evaluating(module):
        for rows in by_length(tokens.lengths, most_texts=_MOST_TEXTS, most_tokens=_MOST_TOKENS):
            width = round_width(int(tokens.lengths[rows].max()))
            batch = collate(tokens.select(rows), width=width).to(device)
            out[rows] = read(batch).cpu().numpy()
    return out


def autocast(device: torch.device, precision: torch.dtype) -> torch.autocast:
    """Return a context in which matrix products run in `precision`; in float32 it does nothing."""
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=precision is torch.bfloat16)
