"""`Cell`: one training of one model; and the cells that a comparison consists of."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tenor.baselines import BASELINES
from tenor.config.classification import ClassificationConfig
from tenor.config.comparison import ComparisonConfig
from tenor.config.load import assignments, merge, parse, settings, to_values
from tenor.config.names import apply_name, name_of
from tenor.data.suggestion import suggestion
from tenor.errors import ConfigError
from tenor.kernels.parallel import available_cores

NETWORK, BASELINE = "network", "baseline"
# Settings that say where and how fast a cell is computed, not what it is.
_BESIDE = ("threads", "device", "track", "checkpoint_minutes")


@dataclass(frozen=True)
class Cell:
    """One training: what it is called in the tables, its kind, its seed and its whole configuration."""

    model: str
    kind: str  # NETWORK or BASELINE
    seed: int
    config: ClassificationConfig

    @property
    def name(self) -> str:
        """A name for its folder."""
        return re.sub(r"[^\w.=-]+", "_", f"{self.model}-seed-{self.seed}")

    @property
    def fingerprint(self) -> str:
        """SHA-256 of everything that decides its result, but the data itself."""
        values = to_values(self.config)
        for key in _BESIDE:
            values["training"].pop(key, None)
        named = json.dumps([self.kind, self.seed, values], sort_keys=True)
        return hashlib.sha256(named.encode()).hexdigest()

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON-ready values."""
        return {"model": self.model, "kind": self.kind, "seed": self.seed, "config": to_values(self.config)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Cell":
        """Return the cell of `to_json`."""
        return cls(values["model"], values["kind"], values["seed"], parse(values["config"]))


def jobs_of(comparison: ComparisonConfig) -> int:
    """Return how many cells are trained at once."""
    return comparison.jobs or (1 if comparison.budget_seconds else available_cores())


def cells_of(base: ClassificationConfig, comparison: ComparisonConfig) -> list[Cell]:
    """Return the cells of a comparison, seed by seed, so that all models have one before any has two.

    All share data, text, training and evaluation of `base`; a model's name says its network, and what it has
    of its own. Where `base` leaves it open, cells are trained in float32, which does not depend on a
    stopwatch, and with a budget of epochs on one thread, so that any number of jobs gives the same figures.

    Raises:
        ConfigError: unknown models, two names for one network, a setting that cannot be swept.
    """
    if not comparison.models and not comparison.baselines:
        raise ConfigError("there is nothing to compare; name models (--models lstm,gru) or baselines")
    base = _on_equal_terms(base, comparison)
    return [*_baselines(base, comparison), *_networks(base, comparison)]


def _on_equal_terms(base: ClassificationConfig, comparison: ComparisonConfig) -> ClassificationConfig:
    training, budget = base.training, comparison.budget_seconds
    threads = training.threads or (available_cores() // jobs_of(comparison) if budget else 1)
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
    for name in comparison.models:
        config = _named(base, name)
        same = next((other for other, known in named.items() if _network(known) == _network(config)), None)
        if same is not None:
            raise ConfigError(f"{same} and {name} are the same network; name it once")
        named[name] = config
    for seed in range(base.training.seed, base.training.seed + comparison.seeds):
        for name, config in named.items():
            seeded = replace(config, training=replace(config.training, seed=seed))
            for label, swept in _swept(name, seeded, comparison):
                yield Cell(label, NETWORK, seed, swept)


def _named(base: ClassificationConfig, name: str) -> ClassificationConfig:
    """Return the configuration of a model: NAME, or NAME:KEY=VALUE with settings of its own."""
    network, *own = name.split(":")
    config = replace(base, network=apply_name(base.network, network))
    if not own:
        return config
    for setting in own:
        if not setting.startswith(("network.", "training.")):
            raise ConfigError(
                f"{name} sets {setting.partition('=')[0]!r}; a model's own settings are those of network and "
                "training, such as transformer:training.learning_rate=1e-3"
            )
    return parse(merge(to_values(config), assignments(own)))


def _network(config: ClassificationConfig) -> tuple[object, ...]:
    """Return what makes a network this one; the name covers directions that play no part."""
    network = replace(config.network, bidirectional=False)
    return name_of(config.network), network, config.training


def _swept(
    name: str, config: ClassificationConfig, comparison: ComparisonConfig
) -> Iterator[tuple[str, ClassificationConfig]]:
    """Yield the configuration with each value of the setting that is swept, or itself."""
    if not comparison.sweep:
        yield name, config
        return
    keys = swept_settings(comparison.sweep)
    if not comparison.values:
        raise ConfigError(
            f"no values to sweep {comparison.sweep} over; give them as {comparison.sweep}=32,64"
        )
    for value in comparison.values:
        given = assignments(f"{key}={value}" for key in keys)
        yield f"{name} {comparison.sweep.rpartition('.')[2]}={value}", parse(merge(to_values(config), given))


def swept_settings(name: str) -> list[str]:
    """Return the settings that a sweep means: one by its key, or all that end with it (hidden_size)."""
    known = [s.key for s in settings() if s.key.startswith(("text.", "network.", "training."))]
    keys = [key for key in known if name in (key, key.rpartition(".")[2])]
    if not keys or "training.seed" in keys:
        ends = sorted({key.rpartition(".")[2] for key in known})
        raise ConfigError(
            f"{name} cannot be swept; name a setting of text, network or training, such as hidden_size or "
            f"text.max_length{suggestion(name, [*known, *ends])}"
        )
    return keys


def _baselines(base: ClassificationConfig, comparison: ComparisonConfig) -> Iterator[Cell]:
    for name in comparison.baselines:
        if name not in BASELINES:
            raise ConfigError(
                f"unknown baseline {name!r}; there are {', '.join(BASELINES)}{suggestion(name, BASELINES)}"
            )
        yield Cell(name, BASELINE, base.training.seed, base)
