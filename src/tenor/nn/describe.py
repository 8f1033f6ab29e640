"""`describe`: the parts of a network with their output shapes and parameters, without training it."""

import itertools
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from tenor.batching import collate
from tenor.nn.classifier import Classifier
from tenor.nn.encoder import Encoded, Windowed
from tenor.text.tokens import Tokens


@dataclass(frozen=True, slots=True)
class Part:
    """A module of the network; `parameters` covers the modules within it."""

    name: str  # as the tensors of the model folder are called
    kind: str
    level: int  # 0: embedding, encoder, pooling, head; 1: a layer within
    output: tuple[str, ...]  # such as ("B", "T", "256"); empty if it was not run
    parameters: int


@dataclass(frozen=True)
class Description:
    """A network as a table."""

    parts: tuple[Part, ...]
    parameters: int
    trainable: int
    receptive_field: int | None = None  # tokens that one output of the encoder sees, where that is limited

    @property
    def sections(self) -> dict[str, int]:
        """Parameters of embedding, encoder, pooling and head."""
        return {part.name: part.parameters for part in self.parts if part.level == 0}

    def to_json(self) -> dict[str, object]:
        """Return the description as JSON-ready values."""
        return {
            "parts": [{**asdict(part), "output": list(part.output)} for part in self.parts],
            "parameters": self.parameters,
            "trainable": self.trainable,
            "receptive_field": self.receptive_field,
        }


@torch.inference_mode()
def describe(module: Classifier) -> Description:
    """Send one small batch through the network and note what each part returns.

    B stands for the texts of a batch, T for its tokens, U for its distinct words.
    """
    axes = _axes(module)
    shapes: dict[str, tuple[str, ...]] = {}
    named = [(name, part) for name, part in module.named_modules() if _shown(name, part)]
    hooks = [part.register_forward_hook(partial(_note, shapes, axes, name)) for name, part in named]
    training = module.training
    module.eval()
    try:
        words, rows, width, *_ = axes
        # Texts of one token each, padded: no encoder has too few positions for them.
        ids = np.arange(rows, dtype=np.int32) % min(words, module.embedding.num_embeddings)
        batch = collate(Tokens(ids, np.arange(rows + 1, dtype=np.int64)), width=width)
        module.forward_embedded(module.embed(batch))  # not a fused way, which passes parts over
    finally:
        module.train(training)
        for hook in hooks:
            hook.remove()
    return Description(
        parts=tuple(
            Part(name, type(part).__name__, int("." in name), shapes.get(name, ()), _count(part))
            for name, part in named
        ),
        parameters=_count(module),
        trainable=sum(p.numel() for p in module.parameters() if p.requires_grad),
        receptive_field=encoder.receptive_field if isinstance(encoder := module.encoder, Windowed) else None,
    )


def _axes(module: Classifier) -> dict[int, str]:
    """Return numbers of words, texts and tokens that no layer has as its size: a shape tells them.

    An encoder may put one or two tokens of its own beside those of the text.
    """
    sizes = {size for parameter in module.parameters() for size in parameter.shape} | {module.head.classes}
    words, texts = itertools.islice((n for n in itertools.count(2) if n not in sizes), 2)
    tokens = next(n for n in itertools.count(texts + 1) if sizes.isdisjoint((n, n + 1, n + 2)))
    return {words: "U", texts: "B", tokens: "T", tokens + 1: "T+1", tokens + 2: "T+2"}


def _shown(name: str, part: nn.Module) -> bool:
    """Whether a module is a section of the network, or a layer with parameters of its own within one."""
    if name.startswith("encoder.transformer"):  # a pretrained one, with a hundred layers of its own
        return name == "encoder.transformer"
    sections = {"embedding", "encoder", "pooling", "head"}
    own = any(True for _ in part.parameters(recurse=False))
    return name in sections or ("." in name and own)


def _note(
    shapes: dict[str, tuple[str, ...]],
    axes: dict[int, str],
    name: str,
    _part: nn.Module,
    _given: Any,
    out: Any,
) -> None:
    tensor = out.sequence if isinstance(out, Encoded) else out[0] if isinstance(out, tuple) else out
    if isinstance(tensor, Tensor):
        shapes[name] = tuple(axes.get(size, str(size)) for size in tensor.shape)


def _count(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())
