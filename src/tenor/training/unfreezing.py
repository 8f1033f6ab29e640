"""`Unfreezing`: which layers of a transferred network are trained when, and how fast (Howard & Ruder 2018).

The head, with what pools, is group 0; below it each layer of the encoder is a group, the top one first; the
word vectors are the last. Group l begins to be trained l * `epochs` epochs after the start (gradual
unfreezing, section 3.3), at the learning rate divided by factor^l (discriminative fine-tuning, section 3.2).
A parameter that is not trained yet has no gradient, hence no state in the optimizer, no decay and no share in
the clipped norm; its state begins with its first step.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from torch import nn

from tenor.config.transfer import TransferConfig

_LAYER = re.compile(r"encoder\.(?:layers|blocks)\.(\d+)\.")
_TOP = "encoder.output_norm."  # of a transformer, behind its last block
_NOTHING: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True)
class Unfreezing:
    """The group of each parameter by name, and what the groups are called; without any, all is one group."""

    depths: Mapping[str, int] = field(default_factory=lambda: _NOTHING)  # of those that are to be trained
    groups: tuple[str, ...] = ("network",)
    epochs: float = 0.0
    factor: float = 1.0

    @classmethod
    def of(cls, module: nn.Module, config: TransferConfig) -> "Unfreezing":
        """Return the groups of a network; what is frozen now stays so, and a group of nothing is left out."""
        names = [name for name, parameter in module.named_parameters() if parameter.requires_grad]
        layers = [int(found[1]) for name in names if (found := _LAYER.match(name))]
        top = max(layers, default=0)
        of_names = {name: _group(name, top) for name in names}
        groups = sorted(set(of_names.values()))
        depths = {name: groups.index(group) for name, group in of_names.items()}
        return cls(depths, tuple(title for _, title in groups), config.unfreeze, config.factor)

    def rate(self, name: str) -> float:
        """Return the factor of a parameter's learning rate."""
        return float(self.factor ** -self.depths.get(name, 0))

    def start(self, group: int) -> float:
        """Return the epochs, from the start, after which a group is trained."""
        return group * self.epochs

    def apply(self, module: nn.Module, *, epochs: float) -> None:
        """Let the parameters have gradients that are trained `epochs` epochs after the start."""
        if not self.epochs:
            return
        for name, parameter in module.named_parameters():
            if name in self.depths:
                parameter.requires_grad_(epochs >= self.start(self.depths[name]))

    def untouched(self, epochs: int) -> tuple[str, ...]:
        """Return the groups that so many epochs never train."""
        return tuple(name for number, name in enumerate(self.groups) if self.start(number) >= epochs)


def _group(name: str, top: int) -> tuple[int, str]:
    """Return the place of a parameter's group from the head down, and what it is called."""
    if name.startswith("embedding."):
        return top + 2, "word vectors"
    if not name.startswith("encoder."):
        return 0, "head"
    found = _LAYER.match(name)
    layer = int(found[1]) if found else top if name.startswith(_TOP) else 0
    return 1 + top - layer, f"encoder layer {layer + 1}"
