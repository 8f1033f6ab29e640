"""`Cell`: one training of one model; and the cells that a comparison consists of."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tenor.baselines.baseline import BASELINES
from tenor.config.classification import ClassificationConfig
from tenor.config.comparison import ComparisonConfig
from tenor.config.deciding import deciding
from tenor.config.load import assignments, merge, parse, settings, to_values
from tenor.config.names import apply_name, name_of
from tenor.config.network import HAS_DIRECTIONS, section_of
from tenor.config.transfer import TransferConfig
from tenor.data.suggestion import suggestion
from tenor.errors import ConfigError
from tenor.experiments.settling import settled
from tenor.kernels.parallel import available_cores

NETWORK, BASELINE = "network", "baseline"
# Raised when what a cell computes has changed, so that stored results of before are not taken.
VERSION = 2
NO_LIMIT = 100_000  # epochs, where time is what ends training
# Settings that say where and how fast a cell is computed, not what it is; with a limit in time the first two
# decide how far it comes.
_BESIDE = ("track", "checkpoint_minutes")
_SPEED = ("threads", "device")
# Of training, what a model may have for itself; all else is the terms of the comparison.
_OWN_TRAINING = (
    *("learning_rate", "embedding_rate", "weight_decay", "gradient_clip", "warmup", "decay"),
    *("optimizer", "batch_size"),
)
_OWN_SECTIONS = ("ensemble", "transfer")
_NEVER_SWEPT = {"training.seed", "transfer.source", "transfer.digest"}
_SWEPT = ("text.", "network.", "ensemble.members", "transfer.", "training.")
_NAMED = ("encoder", "bidirectional", "pooling")  # of network, what the name says


@dataclass(frozen=True)
class Cell:
    """One training: what it is called in the tables, its kind, its seed and its whole configuration."""

    model: str
    kind: str  # NETWORK or BASELINE
    seed: int
    config: ClassificationConfig
    chosen: bool = False  # whether its learning rate is one of several that are tried

    @property
    def name(self) -> str:
        """A name for its folder."""
        rate = f"-rate-{self.config.training.learning_rate:g}" if self.chosen else ""
        rows = self.config.data.subset.rows
        part = "" if rows is None else f"-{rows}-rows"
        return re.sub(r"[^\w.=-]+", "_", f"{self.model}{rate}{part}-seed-{self.seed}")

    @property
    def fingerprint(self) -> str:
        """SHA-256 of everything that decides its result, but the data itself."""
        values = deciding(to_values(self.config))
        timed = self.config.training.minutes is not None
        for key in (*_BESIDE, *(() if timed else _SPEED)):
            values["training"].pop(key, None)
        values["data"].pop("augment")  # the variants are texts of the data
        named = json.dumps([VERSION, self.kind, self.seed, values], sort_keys=True)
        return hashlib.sha256(named.encode()).hexdigest()

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON-ready values."""
        return {
            "model": self.model,
            "kind": self.kind,
            "seed": self.seed,
            "config": to_values(self.config),
            "chosen": self.chosen,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Cell":
        """Return the cell of `to_json`."""
        return cls(values["model"], values["kind"], values["seed"], parse(values["config"]), values["chosen"])


def jobs_of(base: ClassificationConfig, comparison: ComparisonConfig) -> int:
    """Return how many cells are trained at once; on an accelerator one, unless told otherwise."""
    if comparison.jobs is not None:
        return comparison.jobs
    alone = comparison.budget_seconds is not None or _accelerated(base.training.device)
    return 1 if alone else available_cores()


def _accelerated(device: str) -> bool:
    import torch

    there = torch.cuda.is_available() or torch.backends.mps.is_available()
    return there if device == "auto" else device != "cpu"


def settled_terms(base: ClassificationConfig, comparison: ComparisonConfig) -> ComparisonConfig:
    """Return the comparison with `training.minutes` as its budget, where it names none itself."""
    minutes = base.training.minutes
    if comparison.budget_seconds is None and minutes is not None:
        return replace(comparison, budget_seconds=60 * minutes)
    return comparison


def trials_of(base: ClassificationConfig, comparison: ComparisonConfig) -> list[Cell]:
    """Return the cells that learning rates are chosen by: each network with each rate and the first seed."""
    comparison = settled_terms(base, comparison)
    networks = _networks(_on_equal_terms(base, comparison), comparison)
    first = [cell for cell in networks if cell.seed == base.training.seed]
    return [with_rate(cell, rate) for cell in first for rate in comparison.rates]


def with_rate(cell: Cell, rate: float) -> Cell:
    """Return the cell with another learning rate."""
    training = replace(cell.config.training, learning_rate=rate)
    return replace(cell, config=replace(cell.config, training=training), chosen=True)


def cells_of(
    base: ClassificationConfig, comparison: ComparisonConfig, rates: Mapping[str, float] | None = None
) -> list[Cell]:
    """Return the cells of a comparison, seed by seed, so that all models have one before any has two.

    `rates` are the learning rates that were chosen, by model.

    All share data, text, training and evaluation of `base`; a model's name says its network, and what it has
    of its own. Where `base` leaves it open, cells are trained in float32, which does not depend on a
    stopwatch, and with a budget of epochs on one thread, so that any number of jobs gives the same figures.

    Raises:
        ConfigError: unknown models, two names for one network, a setting that cannot be swept.
    """
    if not comparison.models and not comparison.baselines:
        raise ConfigError("there is nothing to compare; name models (--models lstm,gru) or baselines")
    comparison = settled_terms(base, comparison)
    base = _on_equal_terms(base, comparison)
    networks = [
        with_rate(cell, rates[cell.model]) if rates and cell.model in rates else cell
        for cell in _networks(base, comparison)
    ]
    return [*_baselines(base, comparison), *networks]


def _on_equal_terms(base: ClassificationConfig, comparison: ComparisonConfig) -> ClassificationConfig:
    training, budget = base.training, comparison.budget_seconds
    threads = training.threads or (available_cores() // jobs_of(base, comparison) if budget else 1)
    return replace(
        base,
        training=replace(
            training,
            threads=max(1, threads),
            precision="float32" if training.precision == "auto" else training.precision,
            minutes=budget / 60 if budget else training.minutes,
            track=(),
        ),
    )


def _networks(base: ClassificationConfig, comparison: ComparisonConfig) -> Iterator[Cell]:
    named: dict[str, ClassificationConfig] = {}
    seen: dict[str, tuple[str, str]] = {}  # what makes a network that one -> its label, and the name it has
    for name in comparison.models:
        for label, swept in _swept(name, _named(base, name), comparison):
            config = _started(swept)
            identity = _identity(config)
            if identity in seen and seen[identity][1] != name:
                raise ConfigError(f"{seen[identity][0]} and {label} are the same network; name it once")
            if identity not in seen:
                seen[identity] = label, name
                named[label] = config
    for seed in range(base.training.seed, base.training.seed + comparison.seeds):
        for label, config in named.items():
            yield Cell(label, NETWORK, seed, replace(config, training=replace(config.training, seed=seed)))


def _started(config: ClassificationConfig) -> ClassificationConfig:
    """Return the configuration with the digest of what training starts from, which tells its cells apart.

    A network that contradicts the source is refused here, before anything is trained.
    """
    if config.transfer.source is None:
        return replace(config, transfer=TransferConfig())
    return settled(config)


def _named(base: ClassificationConfig, name: str) -> ClassificationConfig:
    """Return the configuration of a model: NAME, or NAME:KEY=VALUE with settings of its own."""
    network, *own = name.split(":")
    config = replace(base, network=apply_name(base.network, network))
    if not own:
        return config
    for setting in own:
        section, _, key = setting.partition("=")[0].partition(".")
        of_network = section == "network" and key not in _NAMED
        of_training = section == "training" and key in _OWN_TRAINING
        if not (of_network or of_training or section in _OWN_SECTIONS):
            raise ConfigError(
                f"{name} sets {setting.partition('=')[0]!r}; a model's own settings are those of network "
                f"that its name does not say, of {', '.join(_OWN_SECTIONS)}, and of training "
                f"{', '.join(_OWN_TRAINING)}"
            )
    return parse(merge(to_values(config), assignments(own)))


def _identity(config: ClassificationConfig) -> str:
    """Return what makes a network this one, as text: not the settings that its encoder does not read."""
    network = config.network
    values = to_values(replace(config, network=replace(network, bidirectional=False)))
    for encoder in HAS_DIRECTIONS:
        if section_of(encoder) != section_of(network.encoder):
            values["network"].pop(section_of(encoder), None)
    return json.dumps([name_of(network), values], sort_keys=True)


def _swept(
    name: str, config: ClassificationConfig, comparison: ComparisonConfig
) -> Iterator[tuple[str, ClassificationConfig]]:
    """Yield the configuration with each value of the setting that is swept.

    Itself alone where nothing is swept, or where its encoder does not read the setting.
    """
    if not comparison.sweep:
        yield name, config
        return
    keys = swept_settings(comparison.sweep)
    if not comparison.values:
        raise ConfigError(f"no values to sweep {comparison.sweep} over; give some: {comparison.sweep}=32,64")
    found = {
        value: parse(merge(to_values(config), assignments(f"{key}={value}" for key in keys)))
        for value in comparison.values
    }
    if {_identity(one) for one in found.values()} == {_identity(config)}:
        yield name, config
        return
    for value, swept in found.items():
        yield f"{name} {comparison.sweep.rpartition('.')[2]}={value}", swept


def swept_settings(name: str) -> list[str]:
    """Return the settings that a sweep means: one by its key, or all that end with it (hidden_size)."""
    known = [s.key for s in settings() if s.key.startswith(_SWEPT)]
    keys = [key for key in known if name in (key, key.rpartition(".")[2])]
    if not keys or _NEVER_SWEPT & set(keys):
        ends = sorted({key.rpartition(".")[2] for key in known})
        raise ConfigError(
            f"{name} cannot be swept; name a setting of text, network, transfer or training, such as "
            f"hidden_size or text.max_length{suggestion(name, [*known, *ends])}"
        )
    return keys


def _baselines(base: ClassificationConfig, comparison: ComparisonConfig) -> Iterator[Cell]:
    for name in comparison.baselines:
        if name not in BASELINES:
            raise ConfigError(
                f"unknown baseline {name!r}; there are {', '.join(BASELINES)}{suggestion(name, BASELINES)}"
            )
        yield Cell(name, BASELINE, base.training.seed, base)
