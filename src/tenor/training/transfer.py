"""`transfer`: the word vectors and the encoder of a trained network into a new classifier.

Pooling and head stay as they are made, unless they are asked for, too. So do the rows of words that the
source lacks, and the weights of inputs beside the word vectors (log-count ratios) unless both networks have
as many of them.
"""

import torch
from torch import Tensor

from tenor.errors import ModelError
from tenor.nn.classifier import Classifier
from tenor.training.source import Source

_EMBEDDING, _ENCODER = "embedding.weight", "encoder."


@torch.no_grad()
def transfer(module: Classifier, source: Source, *, head: bool = False) -> None:
    """Put the weights of `source` into `module`, whose settings agree with it; `head`: also pooling and head.

    Raises:
        ModelError: a tensor is missing or of another shape than the settings of the source say.
    """
    more = (0 if module.ratios is None else module.ratios.size) - source.numbers
    for name, tensor in module.state_dict().items():
        if name == _EMBEDDING:
            _copy(tensor, _given(source, name), source, name, axis=0)
        elif head or name.startswith(_ENCODER):
            given = _given(source, name)
            _copy(tensor, given, source, name, axis=_axis(tensor, given, more))
    pad = module.embedding.padding_idx
    if pad is not None:  # a language model may have a vector for the place between two texts
        module.embedding.weight[pad] = 0.0


def _given(source: Source, name: str) -> Tensor:
    if name not in source.arrays:
        raise ModelError(
            f"{source.name} has no tensor {name}, which the new classifier has; log-count ratios "
            "(network.ratios.use) may need a layer that it lacks: set them as the source has them"
        )
    return torch.tensor(source.arrays[name])


def _axis(own: Tensor, given: Tensor, more: int) -> int | None:
    """Return the axis of the inputs, where the one has `more` of them than the other; None: all is alike."""
    if not more or own.ndim != given.ndim:
        return None
    apart = [axis for axis in range(own.ndim) if own.shape[axis] != given.shape[axis]]
    return apart[0] if len(apart) == 1 and own.shape[apart[0]] - given.shape[apart[0]] == more else None


def _copy(own: Tensor, given: Tensor, source: Source, name: str, *, axis: int | None) -> None:
    """Copy as much as both have along `axis`; along all others they must be alike."""
    shared = list(own.shape)
    if axis is not None and own.ndim == given.ndim:
        shared[axis] = min(own.shape[axis], given.shape[axis])
        given = given.narrow(axis, 0, shared[axis])
    if list(given.shape) != shared:
        raise ModelError(
            f"the tensors of {source.name} do not fit its settings: {name} has shape {tuple(given.shape)}, "
            f"expected {tuple(shared)}; the folder was changed by hand, take the original"
        )
    target = own if axis is None else own.narrow(axis, 0, shared[axis])
    target.copy_(given)
