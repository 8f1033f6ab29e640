"""What `tenor tune` searches, and how."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from annotated_types import Ge, Gt
from typing_extensions import Doc

from tenor.config.classification import ClassificationConfig
from tenor.config.dotted import flat, nested
from tenor.config.load import merge, parse, settings, to_values
from tenor.errors import ConfigError

Value = str | int | float | bool | None
Notation = Mapping[str, list[Any]]

DEFAULT_TRIALS = 30


@dataclass(frozen=True)
class TuningConfig:
    """How long a study is and when it gives a trial up."""

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid", "strict": True}

    trials: Annotated[
        int | None, Ge(1), Doc(f"trials in all; {DEFAULT_TRIALS} where no budget is given either")
    ] = None
    budget_seconds: Annotated[float | None, Gt(0), Doc("no trial begins after so much time")] = None
    random_trials: Annotated[
        int,
        Ge(1),
        Doc("trials drawn at random before the sampler learns from them (TPE, Bergstra et al. 2011)"),
    ] = 10
    pruning_trials: Annotated[int, Ge(1), Doc("finished trials before any is given up")] = 5
    pruning_epochs: Annotated[int, Ge(1), Doc("epochs before a trial may be given up")] = 2


@dataclass(frozen=True)
class Numbers:
    """All numbers between two, both included."""

    low: float
    high: float
    log: bool
    whole: bool

    def holds(self, value: object) -> bool:
        """Whether `value` is one of them."""
        return isinstance(value, int | float) and self.low <= value <= self.high


@dataclass(frozen=True)
class Choices:
    """A few values, by the name each is stored under: itself, or its JSON if it is a list."""

    values: Mapping[Value, object]

    def holds(self, value: object) -> bool:
        """Whether `value` is one of them."""
        return any(value == one and type(value) is type(one) for one in self.values.values())


Dimension = Numbers | Choices

# A range is [low, high, log] or [low, high, linear]; every other list is one of choices.
_COMMON: Notation = {
    "training.learning_rate": [5e-4, 2e-2, "log"],
    "training.weight_decay": [1e-4, 0.3, "log"],
    "training.batch_size": [16, 32, 64],
    "network.embedding_size": [50, 100, 200],
    "network.embedding_dropout": [0.0, 0.6, "linear"],
    "network.word_dropout": [0.0, 0.4, "linear"],
    "network.output_dropout": [0.0, 0.6, "linear"],
}
_POOLINGS: Notation = {"network.pooling": ["mean", "max", "mean-max", "attention"]}
_RECURRENT: Notation = {
    **_COMMON,
    **_POOLINGS,
    "network.recurrent.hidden_size": [32, 256, "log"],
}

# Encoder -> what is searched where the user names nothing.
SPACES: Mapping[str, Notation] = {
    "rnn": _RECURRENT,
    "lstm": _RECURRENT,
    "gru": _RECURRENT,
    "mingru": {
        **_COMMON,
        **_POOLINGS,
        "network.mingru.hidden_size": [32, 256, "log"],
        "network.mingru.width": [1, 2, 3],
    },
    "bag": {**_COMMON, "network.pooling": ["mean", "max", "mean-max"], "network.bag.ngrams": [1, 2, 3]},
    "cnn": {
        **_COMMON,
        "network.pooling": ["max", "mean-max", "attention"],
        "network.cnn.filters": [50, 200, "log"],
        "network.cnn.widths": [[3, 4, 5], [2, 3, 4], [3]],
    },
    "transformer": {
        **_COMMON,
        "training.learning_rate": [1e-4, 5e-3, "log"],
        "network.pooling": ["last", "mean", "mean-max", "attention"],
        "network.transformer.hidden_size": [64, 128, 256],
        "network.transformer.layers": [1, 2, 3],
        "network.transformer.dropout": [0.0, 0.4, "linear"],
    },
    "pretrained": {
        "training.learning_rate": [1e-5, 1e-2, "log"],
        "training.weight_decay": [1e-4, 0.3, "log"],
        "training.batch_size": [8, 16, 32],
        "network.output_dropout": [0.0, 0.6, "linear"],
        "network.pooling": ["last", "mean", "max"],
    },
}

# Trials with different ones of these could not be compared, or would be chosen by luck.
_FIXED = ("data.", "evaluation.", "description", "training.monitor", "training.seed", "training.track")


def default_space(config: ClassificationConfig, decided: Collection[str] = ()) -> Notation:
    """Return what is searched for the encoder of `config` unless the user says otherwise.

    Settings that are `decided` by what training starts from are left out.
    """
    encoder = config.network.encoder
    if encoder not in SPACES:
        raise ConfigError(
            f"there is no search space for encoder {encoder!r}, only for {', '.join(SPACES)}; "
            "give one with --search"
        )
    space = {key: written for key, written in SPACES[encoder].items() if key not in decided}
    if config.text.vectors is not None:
        space.pop("network.embedding_size", None)  # the file has its own
    return space


def search_space(notation: Mapping[str, Any], config: ClassificationConfig) -> dict[str, Dimension]:
    """Return the dimensions of a written space: setting -> [low, high, log | linear] or a list of choices.

    Sections may be nested, as in a configuration. Bounds and choices must be values `config` could have.

    Raises:
        ConfigError: no such setting, a value it cannot have, a list that is neither, or nothing to search.
    """
    types = {setting.key: setting.type for setting in settings()}
    space = {}
    for key, written in flat(notation).items():
        if key.startswith(_FIXED):
            raise ConfigError(
                f"{key} cannot be searched: trials must share data and measure; give it with --set instead"
            )
        if not isinstance(written, list) or not written:
            raise ConfigError(
                f"the search space of {key} is {written!r}; write [low, high, log], [low, high, linear] "
                "or a list of choices"
            )
        space[key] = _dimension(key, written, types.get(key, ""))
        for value in _extremes(space[key]):
            parse(merge(to_values(config), nested({key: value})))
    if not space:
        raise ConfigError(
            "the search space is empty; name at least one setting, such as training.learning_rate"
        )
    return space


def _dimension(key: str, written: list[Any], type_name: str) -> Dimension:
    if written[-1] in ("log", "linear") and len(written) == 3 and all(map(_number, written[:2])):
        low, high, scale = written
        if not low < high or (scale == "log" and low <= 0):
            above = ", and above 0 for log" if scale == "log" else ""
            raise ConfigError(
                f"the range of {key} is {low} to {high}; the first must be below the second{above}"
            )
        whole = "float" not in type_name and isinstance(low, int) and isinstance(high, int)
        return Numbers(low, high, scale == "log", whole)
    if any(isinstance(value, Mapping) for value in written):
        raise ConfigError(f"the choices of {key} hold sections; write values")
    named = {json.dumps(value) if isinstance(value, list) else value: value for value in written}
    if len(named) < len(written):
        raise ConfigError(f"the choices of {key} hold a value twice: {written}")
    return Choices(named)


def _extremes(dimension: Dimension) -> list[object]:
    if isinstance(dimension, Numbers):
        return [dimension.low, dimension.high]
    return list(dimension.values.values())


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
