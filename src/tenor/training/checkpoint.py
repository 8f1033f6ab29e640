"""Checkpoints: the whole state of a training run in one safetensors file, replaced in one step."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from tenor.errors import TrainingError
from tenor.files import atomic_file
from tenor.training.runtime import Runtime

FORMAT = 1
Row = dict[str, float]


@dataclass
class Progress:
    """How far training is; with the tensors beside it everything a resumed run needs."""

    epoch: int = 0  # epochs finished
    batch: int = 0  # batches done of the epoch under way
    step: int = 0  # optimizer steps in all
    loss: float = 0.0  # sums over the texts of the epoch under way
    correct: int = 0
    texts: int = 0
    seconds: float = 0.0
    rate: float = 0.0  # learning rate of the last step
    best_epoch: int = 0
    best_figure: float | None = None
    finished: bool = False
    history: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class Checkpoint:
    """Progress, where it was computed, and tensors by name: module/, average/, best/, ..."""

    progress: Progress
    runtime: Runtime
    fingerprint: str  # of configuration and data: a checkpoint of another run is refused
    tensors: dict[str, Tensor]

    def save(self, path: Path) -> None:
        """Write the checkpoint under a temporary name and rename it."""
        from safetensors.torch import save

        described = {
            "format": FORMAT,
            "progress": asdict(self.progress),
            "runtime": asdict(self.runtime),
            "fingerprint": self.fingerprint,
        }
        with atomic_file(path) as temporary:
            tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in self.tensors.items()}
            # Not save_file, whose error for a full disk is no OSError.
            temporary.write_bytes(save(tensors, {"tenor": json.dumps(described)}))

    @classmethod
    def load(cls, path: Path, fingerprint: str) -> "Checkpoint":
        """Read a checkpoint of the run with this fingerprint."""
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(path, framework="pt") as file:
                described: dict[str, Any] = json.loads(file.metadata()["tenor"])
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
        except (SafetensorError, KeyError, TypeError, ValueError) as error:
            raise TrainingError(
                f"checkpoint {path} is damaged ({error}); start again with --force"
            ) from error
        if described["format"] != FORMAT:
            raise TrainingError(
                f"checkpoint {path} has format {described['format']}, this Tenor resumes format {FORMAT}; "
                "resume with the version that wrote it, or start again with --force"
            )
        if described["fingerprint"] != fingerprint:
            raise TrainingError(
                f"checkpoint {path} belongs to other settings or other data; "
                "resume with those it was started with, or start again with --force"
            )
        return cls(Progress(**described["progress"]), Runtime(**described["runtime"]), fingerprint, tensors)


def random_state(device: torch.device) -> dict[str, Tensor]:
    """Return the state of every torch generator that training draws from."""
    state = {"cpu": torch.get_rng_state()}
    if device.type == "cuda":
        state["cuda"] = torch.cuda.get_rng_state(device)
    if device.type == "mps":
        state["mps"] = torch.mps.get_rng_state()
    return state


def set_random_state(state: dict[str, Tensor], device: torch.device) -> None:
    """Put the generators back to a state that `random_state` returned."""
    torch.set_rng_state(state["cpu"])
    if "cuda" in state:
        torch.cuda.set_rng_state(state["cuda"], device)
    if "mps" in state:
        torch.mps.set_rng_state(state["mps"])


def optimizer_tensors(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """Return the optimizer's state flat: 'parameter number/name' -> tensor."""
    state: dict[int, dict[str, Tensor]] = optimizer.state_dict()["state"]
    return {f"{number}/{name}": value for number, one in state.items() for name, value in one.items()}


def load_optimizer(optimizer: torch.optim.Optimizer, tensors: dict[str, Tensor]) -> None:
    """Put back what `optimizer_tensors` returned."""
    state: dict[int, dict[str, Tensor]] = {}
    for key, value in tensors.items():
        number, _, name = key.partition("/")
        state.setdefault(int(number), {})[name] = value
    optimizer.load_state_dict({**optimizer.state_dict(), "state": state})
