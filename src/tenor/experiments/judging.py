"""Judging a forecaster on the test windows, beside baselines on the same windows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from tenor.baselines.forecasting import BASELINES, Given, quantiles_of
from tenor.baselines.states import STATE_BASELINES
from tenor.config.forecast import ForecastConfig
from tenor.data.series.preparing import Prepared
from tenor.evaluation.evaluation import Evaluation, evaluate
from tenor.evaluation.forecasts import ForecastEvaluation, Gap, block_length, evaluate_forecasts, gaps
from tenor.evaluation.metrics import Floats
from tenor.evaluation.temperature import softmax
from tenor.nn.forecaster import Forecaster, StateClassifier, read_windows

SPLITS = ("validation", "test")
NETWORK = "network"


@dataclass(frozen=True)
class Judged:
    """What a network and the baselines are worth on the same test windows.

    `test` and `validation` hold the evaluation of each, by name, the network as `NETWORK`. `gaps` are test
    differences between network and baselines, in `measure`. `said` are the network's test quantiles (N, H, K,
    Q) in the units of the series, or its probabilities (N, C).
    """

    measure: str
    test: Mapping[str, ForecastEvaluation | Evaluation]
    validation: Mapping[str, ForecastEvaluation | Evaluation]
    gaps: tuple[Gap, ...]
    settings: Mapping[str, Mapping[str, object]]  # what was chosen for each baseline
    block: int
    said: Floats

    @property
    def beats_all(self) -> bool:
        """Whether the network errs less than every baseline, whatever windows are drawn."""
        return all(gap.beaten for gap in self.gaps)

    def to_json(self) -> dict[str, Any]:
        """Return all but what was said as JSON-ready values."""
        return {
            "measure": self.measure,
            "test": {name: one.to_json() for name, one in self.test.items()},
            "validation": {name: one.to_json() for name, one in self.validation.items()},
            "gaps": [gap.to_json() for gap in self.gaps],
            "beats_all": self.beats_all,
            "baselines": {name: dict(chosen) for name, chosen in self.settings.items()},
            "block": self.block,
        }


def judge(
    module: Forecaster | StateClassifier, prepared: Prepared, config: ForecastConfig, device: torch.device
) -> Judged:
    """Judge on validation and test windows, and compare with the baselines on the test windows."""
    said = predictions(module, prepared, device)
    others, settings = baselines(prepared, config)
    return compare([said["test"]], {NETWORK: said, **others}, settings, prepared, config)


def compare(
    trainings: list[Floats],
    said: Mapping[str, Mapping[str, Floats]],
    settings: Mapping[str, Mapping[str, object]],
    prepared: Prepared,
    config: ForecastConfig,
) -> Judged:
    """Judge what is `said` by name and split; gaps are between the mean of `trainings` and the baselines."""
    judging, horizon = config.evaluation, max(prepared.windows["test"].horizon, 1)
    block = block_length(len(prepared.windows["test"]), horizon, judging.block)
    judged = {
        split: {name: _evaluated(one[split], prepared, split, config, block) for name, one in said.items()}
        for split in SPLITS
    }
    errors = {name: errors_of(one["test"], prepared, config) for name, one in said.items() if name != NETWORK}
    found = gaps(
        np.stack([errors_of(one, prepared, config) for one in trainings]),
        errors,
        measured(prepared),
        resamples=judging.resamples,
        seed=judging.seed,
        block=block,
    )
    return Judged(
        measure_of(prepared),
        judged["test"],
        judged["validation"],
        found,
        settings,
        block,
        said[NETWORK]["test"],
    )


def predictions(
    module: Forecaster | StateClassifier, prepared: Prepared, device: torch.device
) -> dict[str, Floats]:
    """Return what a network says of validation and test windows, in the units of the series."""
    windows = {split: prepared.windows[split] for split in SPLITS}
    if isinstance(module, StateClassifier):
        logits = {split: read_windows(module, one, module, device) for split, one in windows.items()}
        return {split: softmax(one, None) for split, one in logits.items()}
    return {
        split: measured_units(read_windows(module, one, module.quantiles, device), prepared, split)
        for split, one in windows.items()
    }


def baselines(
    prepared: Prepared, config: ForecastConfig
) -> tuple[dict[str, dict[str, Floats]], dict[str, dict[str, object]]]:
    """Return what each baseline says of validation and test windows, and what was chosen for it."""
    train, validation = prepared.windows["train"], prepared.windows["validation"]
    said: dict[str, dict[str, Floats]] = {}
    settings: dict[str, dict[str, object]] = {}
    if prepared.series.labels is not None:
        for name, make in STATE_BASELINES.items():
            state = make(train, validation, len(prepared.series.classes))
            said[name] = {split: state.probabilities(prepared.windows[split]) for split in SPLITS}
            settings[name] = state.settings
        return said, settings
    given = Given(train, validation, prepared.filled, prepared.season)
    levels = config.output.quantiles
    for name, build in BASELINES.items():
        made = build(given)
        said[name] = {
            split: measured_units(
                quantiles_of(made, validation, prepared.windows[split], levels), prepared, split
            )
            for split in SPLITS
        }
        settings[name] = made.settings
    return said, settings


def measured_units(quantiles: npt.NDArray[Any], prepared: Prepared, split: str) -> Floats:
    """Return scaled quantiles (N, H, K, Q) of the windows of a part in the units of their targets."""
    targets = len(prepared.series.targets)
    mean = prepared.each(split, lambda member: member.scaling.mean[:targets])  # (N, K)
    spread = prepared.each(split, lambda member: member.scaling.spread[:targets])
    return np.asarray(mean[:, None, :, None] + spread[:, None, :, None] * quantiles.astype(np.float64))


def wanted(prepared: Prepared, split: str) -> Floats:
    """Return what came after each window of a part, (N, H, K), in the units of the series."""
    windows = prepared.windows[split]
    steps = windows.ends[:, None] + np.arange(1, windows.horizon + 1)
    return np.asarray(prepared.measured[steps])


def scales_of(prepared: Prepared, split: str) -> Floats:
    """Return what the errors of each window are divided by for the MASE, (N, K)."""
    return prepared.each(split, lambda member: member.scales)


def measure_of(prepared: Prepared) -> str:
    """Return what gaps are differences of: the MAE, of states the error rate.

    Of several targets or several series it is the MASE: their units may differ.
    """
    if prepared.series.labels is not None:
        return "error rate"
    return "MAE" if len(prepared.series.targets) == len(prepared.members) == 1 else "MASE"


def errors_of(said: Floats, prepared: Prepared, config: ForecastConfig) -> Floats:
    """Return the sums of test errors in the measure of the gaps, (N, H); of states (N, 1)."""
    windows = prepared.windows["test"]
    if windows.labels is not None:
        wrong = said.argmax(axis=1) != windows.classes(np.arange(len(windows)))
        return np.asarray(wrong[:, None], np.float64)
    errors = np.abs(wanted(prepared, "test") - said[..., config.output.quantiles.index(0.5)])  # (N, H, K)
    if measure_of(prepared) == "MASE":
        errors = errors / scales_of(prepared, "test")[:, None]
    return np.asarray(np.nansum(errors, axis=-1))


def measured(prepared: Prepared) -> Floats:
    """Return how many errors there are for each test window and step, (N, H)."""
    if prepared.series.labels is not None:
        return np.ones((len(prepared.windows["test"]), 1))
    return np.asarray((~np.isnan(wanted(prepared, "test"))).sum(-1), np.float64)


def _evaluated(
    said: Floats, prepared: Prepared, split: str, config: ForecastConfig, block: int
) -> ForecastEvaluation | Evaluation:
    windows, judging = prepared.windows[split], config.evaluation
    if windows.labels is not None:
        true, classes = windows.classes(np.arange(len(windows))), prepared.series.classes
        return evaluate(true, said, classes, resamples=judging.resamples, seed=judging.seed, block=block)
    return evaluate_forecasts(
        wanted(prepared, split),
        said,
        config.output.quantiles,
        scales_of(prepared, split),
        resamples=judging.resamples,
        seed=judging.seed,
        block=block,
    )
