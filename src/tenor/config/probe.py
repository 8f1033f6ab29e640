"""The memory probe: which models read which artificial tasks, and how they are trained for it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Annotated, Any, ClassVar

from annotated_types import Ge, Gt, Len, MultipleOf
from typing_extensions import Doc

from tenor.config.load import Values, parse_flat
from tenor.config.training import DeviceName


@dataclass(frozen=True)
class ProbeConfig:
    """What `tenor probe` runs; every model on the same terms."""

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid", "strict": True}

    tasks: Annotated[tuple[str, ...], Len(1), Doc("probe tasks")] = (
        "first-word",
        "first-of-many",
        "negation",
        "last-clause",
    )
    models: Annotated[
        tuple[str, ...],
        Len(1),
        Doc(
            "models by name; without a pooling cnn takes the maximum, bag the mean, all others the last state"
        ),
    ] = ("rnn", "lstm", "gru", "mingru", "cnn", "lstm-attention", "transformer", "bag")
    seeds: Annotated[int, Ge(1), Doc("trainings of each model on each task: seeds 0, 1, ...")] = 1
    distances: Annotated[
        tuple[Annotated[int, Ge(1)], ...],
        Len(1),
        Doc("distances tested, in words; training mixes all from the least to the greatest"),
    ] = (2, 5, 10, 20, 50, 100, 200, 500)
    texts: Annotated[int, Ge(4), MultipleOf(4), Doc("training texts of a task")] = 12_000
    test_texts: Annotated[int, Ge(4), MultipleOf(4), Doc("test texts at each distance")] = 400
    gradient_texts: Annotated[int, Ge(4), MultipleOf(4), Doc("texts behind the gradient norms")] = 32
    epochs: Annotated[int, Ge(1), Doc("passes over the training texts")] = 6
    hidden_size: Annotated[int, Ge(1), Doc("units of each model")] = 64
    embedding_size: Annotated[int, Ge(1), Doc("length of a word vector")] = 32
    batch_size: Annotated[int, Ge(1), Doc("texts a step")] = 64
    learning_rate: Annotated[float, Gt(0), Doc("highest rate of the schedule")] = 3e-3
    device: Annotated[DeviceName, Doc("auto: cuda, then mps, then cpu")] = "auto"
    threads: Annotated[int | None, Ge(1), Doc("CPU threads; null: all cores this process may use")] = None


# What --quick sets, in about a minute: enough to see that something is learned, not how far it goes.
QUICK: Mapping[str, Any] = {
    "distances": [2, 5, 10, 20, 50],
    "texts": 4_000,
    "test_texts": 200,
    "epochs": 5,
    "batch_size": 32,
    "hidden_size": 32,
}
# Settings that a single cell does not depend on: which cells there are, and where they are computed, which
# changes their last bits only.
_NOT_OF_A_CELL = frozenset({"tasks", "models", "seeds", "device", "threads"})


def parse_probe(values: Mapping[str, Any]) -> ProbeConfig:
    """Build a configuration; unknown keys, wrong types and values out of range are refused."""
    return parse_flat(ProbeConfig, values, "the probe")


def probe_values(config: ProbeConfig) -> Values:
    """Return a configuration as JSON-ready values; `parse_probe` reads them back."""
    values = asdict(config)
    return {
        field.name: list(value) if isinstance(value := values[field.name], tuple) else value
        for field in fields(config)
    }


def cell_values(config: ProbeConfig) -> Values:
    """Return the settings that each cell was run with, whatever other cells there are."""
    return {name: value for name, value in probe_values(config).items() if name not in _NOT_OF_A_CELL}
