"""What `tenor forecast` trains: a network over windows of a series, and what it is judged by."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Literal

from annotated_types import Ge, Gt, Lt, MinLen
from typing_extensions import Doc

from tenor.config.load import Setting, merge, parse_as, settings_in, to_values
from tenor.config.names import unknown_encoder
from tenor.config.network import HAS_DIRECTIONS, NetworkConfig
from tenor.config.training import TrainingConfig
from tenor.errors import ConfigError

OutputName = Literal["quantiles", "gaussian"]
AnchorName = Literal["none", "last", "mean"]

# Encoders that read numbers; the others read words: why they do not.
NOT_FOR_NUMBERS: dict[str, str] = {
    "bag": "it knows no order, which is all a series has",
    "pretrained": "it reads the words it was trained on",
}
_MEDIAN = 0.5
# Interval that is judged, in per cent -> the quantiles at its ends.
INTERVALS: dict[int, tuple[float, float]] = {80: (0.1, 0.9), 95: (0.025, 0.975)}


@dataclass(frozen=True)
class SeriesConfig:
    """Which columns of which file, and which of its times are for training, validation and test."""

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid", "strict": True}

    source: Annotated[str, Doc("file of the series: CSV, TSV, JSONL (plain or .gz) or Parquet")] = ""
    time: Annotated[str | None, Doc("column of dates, or of whole numbers that count steps; null: found")] = (
        None
    )
    target: Annotated[
        tuple[str, ...], Doc("columns to forecast; none: the only column of numbers, where there is one")
    ] = ()
    inputs: Annotated[
        tuple[str, ...] | None,
        Doc("further columns of numbers that are read; null: all there are, none: the targets alone"),
    ] = None
    label: Annotated[
        str | None, Doc("column of classes: the state at a window's last step is told, nothing forecast")
    ] = None
    series_id: Annotated[
        str | None,
        Doc("column that tells several series of one file apart, each with times of its own; null: one"),
    ] = None
    calendar: Annotated[
        bool, Doc("read the time of the day, week and year as well, as sine and cosine, as the step allows")
    ] = True
    season: Annotated[
        int | None, Ge(1), Doc("steps of a season, for the seasonal naive forecast; null: found in training")
    ] = None
    until: Annotated[str | None, Doc("a time from which on nothing is read")] = None
    validation_from: Annotated[str | None, Doc("the time at which validation begins; null: by share")] = None
    test_from: Annotated[str | None, Doc("the time at which the test begins; null: by share")] = None
    validation_fraction: Annotated[
        float, Gt(0), Lt(1), Doc("share of the steps before the test, the last of them, for validation")
    ] = 0.15
    test_fraction: Annotated[float, Gt(0), Lt(1), Doc("share of all steps, the last, for the test")] = 0.2
    encoding: Annotated[str, Doc("character encoding of text files")] = "utf-8"


@dataclass(frozen=True)
class WindowConfig:
    """What the network is given at a time, and what it has to tell."""

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid", "strict": True}

    length: Annotated[int, Ge(1), Doc("steps that are read")] = 48
    horizon: Annotated[int, Ge(1), Doc("steps that are forecast; with a label there is none")] = 8
    stride: Annotated[int, Ge(1), Doc("steps from one training window to the next; others are all read")] = 1


@dataclass(frozen=True)
class OutputConfig:
    """From the pooled vector to a forecast with its uncertainty."""

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid", "strict": True}

    kind: Annotated[
        OutputName,
        Doc(
            "quantiles, by the pinball loss (Koenker & Bassett 1978), or a normal distribution, by likelihood"
        ),
    ] = "quantiles"
    quantiles: Annotated[
        tuple[Annotated[float, Gt(0), Lt(1)], ...],
        MinLen(1),
        Doc("which quantiles, rising, 0.5 and the ends of the 80 and 95 % interval among them"),
    ] = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
    anchor: Annotated[
        AnchorName, Doc("what of the window's targets is taken off before reading and added to the forecast")
    ] = "none"
    highway: Annotated[
        bool, Doc("add a linear function of the window to the forecast (Lai et al. 2018, LSTNet)")
    ] = True


@dataclass(frozen=True)
class JudgingConfig:
    """The bootstrap over test windows."""

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid", "strict": True}

    resamples: Annotated[int, Ge(100), Doc("draws behind every 95 % interval")] = 1000
    seed: Annotated[int, Ge(0), Doc("seed of the draws")] = 0
    block: Annotated[
        int | None,
        Ge(1),
        Doc("neighbouring windows that are drawn together (Kuensch 1989); null: twice the horizon, or more"),
    ] = None


@dataclass(frozen=True)
class ForecastConfig:
    """What `tenor forecast` runs. Its network and training have defaults of their own, for numbers."""

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid", "strict": True}

    description: Annotated[str, Doc("what this configuration is and where it comes from")] = ""
    data: Annotated[SeriesConfig, Doc("source, columns, parts")] = field(default_factory=SeriesConfig)
    window: Annotated[WindowConfig, Doc("window and horizon")] = field(default_factory=WindowConfig)
    network: Annotated[NetworkConfig, Doc("encoder, pooling")] = field(
        default_factory=lambda: NetworkConfig(
            bidirectional=False,
            pooling="last",
            embedding_size=32,
            embedding_dropout=0.0,
            word_dropout=0.0,
            output_dropout=0.1,
        )
    )
    output: Annotated[OutputConfig, Doc("distribution")] = field(default_factory=OutputConfig)
    training: Annotated[TrainingConfig, Doc("batches, optimizer, schedule, device")] = field(
        default_factory=lambda: TrainingConfig(
            epochs=30, batch_size=64, learning_rate=2e-3, patience=6, precision="float32"
        )
    )
    evaluation: Annotated[JudgingConfig, Doc("intervals")] = field(default_factory=JudgingConfig)


def parse_forecast(values: Mapping[str, Any]) -> ForecastConfig:
    """Build a configuration; what `values` leave out has the default of forecasts, not of texts."""
    return checked(parse_as(ForecastConfig, merge(to_values(ForecastConfig()), values)))


def forecast_settings() -> Iterator[Setting]:
    """Yield every setting with its default in `ForecastConfig`."""
    return settings_in(ForecastConfig())


def checked(config: ForecastConfig) -> ForecastConfig:
    """Return the configuration; settings that do not go together are refused.

    Raises:
        ConfigError: an encoder that reads no numbers; quantiles that do not rise or lack one that is needed;
            a column that is target and label.
    """
    encoder = config.network.encoder
    if encoder not in HAS_DIRECTIONS:
        raise unknown_encoder(encoder)
    if encoder in NOT_FOR_NUMBERS:
        raise ConfigError(
            f"the encoder {encoder} does not suit a series: {NOT_FOR_NUMBERS[encoder]}; "
            "take rnn, lstm, gru, mingru, cnn or transformer"
        )
    if config.network.ratios.use:
        raise ConfigError("network.ratios.use counts words, and a series has none; leave it out")
    levels = config.output.quantiles
    needed = {_MEDIAN, *(end for ends in INTERVALS.values() for end in ends)}
    if list(levels) != sorted(set(levels)) or not needed <= set(levels):
        raise ConfigError(
            f"output.quantiles is {list(levels)}; the quantiles must rise and hold "
            f"{', '.join(f'{level:g}' for level in sorted(needed))}"
        )
    if config.data.label is not None and config.data.target:
        raise ConfigError(
            f"both a label ({config.data.label}) and a target ({', '.join(config.data.target)}) are named; "
            "name one: --label tells the state at a window's end, --target forecasts numbers"
        )
    return config
