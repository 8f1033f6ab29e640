"""`Forecaster`: the encoders of the classifier over windows of numbers, under heads for forecasts or states.

    x = W u + b                          the F numbers of a step become D, as a word becomes a vector
    pooled = pooling(encoder(x))
    forecast = head(pooled) + highway(u) + anchor

The highway is a linear function of the targets' own past (the autoregressive part of Lai et al. 2018,
LSTNet); it begins at 0. The anchor is the last value or the mean of the window's targets, which is taken off
before reading and added to what is said, so that the level of a series may drift.
"""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tenor.batching import FeatureBatch
from tenor.config.forecast import ForecastConfig, OutputConfig
from tenor.data.series.windows import Windows
from tenor.nn.build import ENCODERS
from tenor.nn.classifier import Head
from tenor.nn.encoder import Embedded, Encoder
from tenor.nn.forward import evaluating
from tenor.nn.pooling import POOLINGS, Pooling

_MOST_WINDOWS = 512  # read at a time
_LEAST_SCALE = 1e-4  # of a normal distribution over scaled values: a likelihood must not grow without end

# name -> targets of a window (B, L, K) -> what is taken off and added again, (B, 1, K)
ANCHORS: dict[str, Callable[[Tensor], Tensor]] = {
    "none": lambda targets: torch.zeros_like(targets[:, :1]),
    "last": lambda targets: targets[:, -1:],
    "mean": lambda targets: targets.mean(1, keepdim=True),
}


class QuantileHead(nn.Module):
    """Quantiles that cannot cross: the median, and above and below it sums of positive steps."""

    def __init__(self, input_size: int, horizon: int, targets: int, levels: Sequence[float]) -> None:
        super().__init__()
        self.shape = (horizon, targets, len(levels))
        self.median = list(levels).index(0.5)
        self.output = nn.Linear(input_size, horizon * targets * len(levels))

    def forward(self, pooled: Tensor, shift: Tensor) -> Tensor:
        """(B, H'), what is added (B, H, K) -> quantiles (B, H, K, Q), rising."""
        raw = self.output(pooled).unflatten(-1, self.shape)
        middle = raw[..., self.median : self.median + 1] + shift.unsqueeze(-1)
        below = F.softplus(raw[..., : self.median]).flip(-1).cumsum(-1).flip(-1)
        above = F.softplus(raw[..., self.median + 1 :]).cumsum(-1)
        return torch.cat((middle - below, middle, middle + above), -1)

    @staticmethod
    def loss(said: Tensor, wanted: Tensor, levels: Tensor) -> Tensor:
        """Return the pinball loss of each value, mean over quantiles: (B, H, K, Q), (B, H, K) -> (B, H, K).

        max(q e, (q - 1) e) with e = y - quantile (Koenker & Bassett 1978).
        """
        error = wanted.unsqueeze(-1) - said
        return torch.maximum(levels * error, (levels - 1) * error).mean(-1)

    @staticmethod
    def quantiles(said: Tensor, levels: Tensor) -> Tensor:
        """Return the quantiles, which is what it says."""
        return said


class GaussianHead(nn.Module):
    """A normal distribution for each step and target."""

    def __init__(self, input_size: int, horizon: int, targets: int, levels: Sequence[float]) -> None:
        super().__init__()
        self.shape = (horizon, targets, 2)
        self.output = nn.Linear(input_size, horizon * targets * 2)

    def forward(self, pooled: Tensor, shift: Tensor) -> Tensor:
        """(B, H'), what is added (B, H, K) -> mean and scale (B, H, K, 2)."""
        mean, raw = self.output(pooled).unflatten(-1, self.shape).unbind(-1)
        return torch.stack((mean + shift, F.softplus(raw) + _LEAST_SCALE), -1)

    @staticmethod
    def loss(said: Tensor, wanted: Tensor, levels: Tensor) -> Tensor:
        """Return the negative log-likelihood of each value in nats: (B, H, K, 2), (B, H, K) -> (B, H, K)."""
        mean, scale = said.unbind(-1)
        loss: Tensor = F.gaussian_nll_loss(mean, wanted, scale.square(), full=True, reduction="none")
        return loss

    @staticmethod
    def quantiles(said: Tensor, levels: Tensor) -> Tensor:
        """(B, H, K, 2) -> (B, H, K, Q)."""
        mean, scale = said.unbind(-1)
        quantiles: Tensor = mean.unsqueeze(-1) + scale.unsqueeze(-1) * torch.special.ndtri(levels)
        return quantiles


Distribution = QuantileHead | GaussianHead

HEADS: dict[str, Callable[[int, int, int, Sequence[float]], Distribution]] = {
    "quantiles": QuantileHead,
    "gaussian": GaussianHead,
}


class Reader(nn.Module):
    """Windows of numbers -> a vector each: the part that forecasts and states share."""

    def __init__(self, projection: nn.Linear, encoder: Encoder, pooling: Pooling, dropout: float) -> None:
        super().__init__()
        self.projection = projection
        self.encoder = encoder
        self.pooling = pooling
        self.dropout = nn.Dropout(dropout)
        self.output_size = pooling.output_size

    def forward(self, features: Tensor, mask: Tensor) -> Tensor:
        """(B, L, F), (B, L) -> (B, H')."""
        encoded = self.encoder(Embedded(self.projection(features), mask))
        pooled: Tensor = self.dropout(self.pooling(encoded, mask))
        return pooled


class Forecaster(nn.Module):
    """Says the distribution of the next H steps of K targets; the first K features are their past."""

    def __init__(
        self,
        reader: Reader,
        head: Distribution,
        *,
        output: OutputConfig,
        length: int,
        targets: int,
        horizon: int,
    ) -> None:
        super().__init__()
        self.reader = reader
        self.head = head
        self.targets = targets
        self.horizon = horizon
        self.register_buffer("levels", torch.tensor(output.quantiles), persistent=False)
        self._anchor = ANCHORS[output.anchor]
        self.highway: nn.Linear | None = None
        if output.highway:
            self.highway = nn.Linear(length, horizon)
            nn.init.zeros_(self.highway.weight)
            nn.init.zeros_(self.highway.bias)

    def forward(self, batch: FeatureBatch) -> Tensor:
        """Batch of B windows -> what its head says of each, (B, H, K, ...)."""
        past, others = batch.features[..., : self.targets], batch.features[..., self.targets :]
        anchor = self._anchor(past)  # (B, 1, K)
        past = past - anchor
        shift = anchor.expand(-1, self.horizon, -1)
        if self.highway is not None:
            shift = shift + self.highway(past.transpose(1, 2)).transpose(1, 2)  # (B, H, K)
        pooled = self.reader(torch.cat((past, others), -1), batch.mask)
        said: Tensor = self.head(_wide(pooled), _wide(shift))
        return said

    def losses(self, said: Tensor, wanted: Tensor) -> Tensor:
        """Return the loss of each value, (B, H, K)."""
        return self.head.loss(said, wanted, self._levels)

    def quantiles(self, batch: FeatureBatch) -> Tensor:
        """Batch of B windows -> quantiles (B, H, K, Q), scaled as the targets are."""
        return self.head.quantiles(self(batch), self._levels)

    @property
    def _levels(self) -> Tensor:
        return self.get_buffer("levels")


class StateClassifier(nn.Module):
    """Says the class of a window's last step."""

    def __init__(self, reader: Reader, head: Head) -> None:
        super().__init__()
        self.reader = reader
        self.head = head

    def forward(self, batch: FeatureBatch) -> Tensor:
        """Batch of B windows -> logits (B, C)."""
        logits: Tensor = self.head(self.reader(batch.features, batch.mask))
        return logits


def build_forecaster(config: ForecastConfig, *, features: int, targets: int) -> Forecaster:
    """Make a forecaster of K targets that reads F numbers a step, with fresh weights of torch's generator."""
    reader = _reader(config, features)
    window, output = config.window, config.output
    head = HEADS[output.kind](reader.output_size, window.horizon, targets, output.quantiles)
    return Forecaster(
        reader, head, output=output, length=window.length, targets=targets, horizon=window.horizon
    )


def build_state_classifier(config: ForecastConfig, *, features: int, classes: int) -> StateClassifier:
    """Make a classifier of states that reads F numbers a step, with fresh weights of torch's generator."""
    reader = _reader(config, features)
    return StateClassifier(
        reader, Head(reader.output_size, classes, hidden=config.network.hidden, dropout=0.0)
    )


def batch_of(windows: Windows, rows: npt.NDArray[np.int64]) -> FeatureBatch:
    """Return some windows with what is wanted of them."""
    wanted = windows.wanted(rows) if windows.labels is None else windows.classes(rows)
    return FeatureBatch(torch.from_numpy(windows.features(rows)), torch.from_numpy(wanted))


@torch.inference_mode()
def read_windows(
    module: nn.Module, windows: Windows, read: Callable[[FeatureBatch], Tensor], device: torch.device
) -> npt.NDArray[np.float32]:
    """Return what `read`, of a module in evaluation mode, says of every window, (N, ...)."""
    with evaluating(module):
        said = [
            read(batch_of(windows, rows).to(device)).float().cpu().numpy()
            for rows in np.array_split(np.arange(len(windows)), max(1, -(-len(windows) // _MOST_WINDOWS)))
        ]
    return np.concatenate(said)


def _wide(x: Tensor) -> Tensor:
    """At least float32: forecasts keep their digits where products are made in bfloat16."""
    return x.to(torch.promote_types(x.dtype, torch.float32))


def _reader(config: ForecastConfig, features: int) -> Reader:
    network = config.network
    projection = nn.Linear(features, network.embedding_size)
    encoder = ENCODERS[network.encoder](network, network.embedding_size)
    pooling = POOLINGS[network.pooling](encoder.output_size)
    return Reader(projection, encoder, pooling, network.output_dropout)
