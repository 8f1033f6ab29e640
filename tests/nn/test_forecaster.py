"""The forecaster: every encoder of numbers, quantiles that do not cross, anchors, and no word of the "
"future."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from tenor.batching import FeatureBatch
from tenor.config.forecast import NOT_FOR_NUMBERS, ForecastConfig, parse_forecast
from tenor.config.names import apply_name
from tenor.config.network import HAS_DIRECTIONS
from tenor.data.series.windows import Windows
from tenor.errors import ConfigError
from tenor.nn.forecaster import build_forecaster, build_state_classifier, read_windows

NAMES = [
    name
    for encoder, directed in HAS_DIRECTIONS.items()
    if encoder not in NOT_FOR_NUMBERS
    for name in ([encoder, f"bi{encoder}"] if directed else [encoder])
]
SMALL = {
    "window": {"length": 7, "horizon": 3},
    "network": {
        "embedding_size": 4,
        "recurrent": {"hidden_size": 4},
        "mingru": {"hidden_size": 4},
        "cnn": {"filters": 3},
        "transformer": {"hidden_size": 4, "heads": 2, "layers": 1, "feedforward": 8},
    },
}
LEVELS = ForecastConfig().output.quantiles


def config(name: str = "lstm", **output: object) -> ForecastConfig:
    made = parse_forecast({**SMALL, "output": output})
    return replace(made, network=apply_name(made.network, name))


def batch(count: int = 5, features: int = 3) -> FeatureBatch:
    return FeatureBatch(torch.randn(count, 7, features), torch.randn(count, 3, 2))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["quantiles", "gaussian"])
def test_every_encoder_forecasts_and_learns(name: str, kind: str) -> None:
    module = build_forecaster(config(name, kind=kind), features=3, targets=2)
    given = batch()
    said = module.quantiles(given)
    assert said.shape == (5, 3, 2, len(LEVELS))
    assert (said.diff(dim=-1) >= 0).all()
    assert given.targets is not None
    module.losses(module(given), given.targets).mean().backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in module.parameters())


@pytest.mark.parametrize("name", NAMES)
def test_a_window_is_read_alike_alone_and_in_a_batch(name: str) -> None:
    module = build_forecaster(config(name), features=3, targets=2).eval()
    given = batch()
    together = module(given)
    for row in range(5):
        alone = module(FeatureBatch(given.features[row : row + 1], None))
        torch.testing.assert_close(alone[0], together[row], atol=1e-5, rtol=1e-5)


def test_quantiles_do_not_cross_whatever_the_weights() -> None:
    module = build_forecaster(config(), features=3, targets=2)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.mul_(30).add_(torch.randn_like(parameter) * 5)
    assert (module.quantiles(batch(64)).diff(dim=-1) >= 0).all()


@pytest.mark.parametrize(("kind", "at"), [("quantiles", LEVELS.index(0.5)), ("gaussian", 0)])
def test_the_loss_is_least_at_the_truth(kind: str, at: int) -> None:
    # The mean loss of many draws, as a function of what is said, has its minimum at their own quantiles.
    module = build_forecaster(config(kind=kind), features=3, targets=2)
    draws = torch.randn(20_000, 1, 1).double()
    levels = torch.tensor(LEVELS).double()
    truth = torch.special.ndtri(levels) if kind == "quantiles" else torch.tensor([0.0, 1.0]).double()

    def loss(said: torch.Tensor) -> float:
        return float(module.head.loss(said.expand(20_000, 1, 1, -1), draws, levels).mean())

    best = loss(truth)
    for place in range(len(truth)):
        for step in (-0.3, 0.3):
            other = truth.clone()
            other[place] += step
            assert loss(other) > best
    assert module.head.quantiles(truth, levels)[LEVELS.index(0.5)] == pytest.approx(0, abs=1e-6)
    assert at < len(truth)


@pytest.mark.parametrize("anchor", ["last", "mean"])
@pytest.mark.parametrize("kind", ["quantiles", "gaussian"])
def test_an_anchored_forecast_moves_with_the_level(anchor: str, kind: str) -> None:
    module = build_forecaster(config(kind=kind, anchor=anchor), features=3, targets=2).eval()
    torch.nn.init.normal_(module.highway.weight)  # type: ignore[union-attr]
    given = batch()
    moved = given.features.clone()
    moved[..., :2] += torch.tensor([4.0, -7.0])
    shifted = module.quantiles(FeatureBatch(moved, None)) - module.quantiles(given)
    expected = torch.tensor([4.0, -7.0])[:, None].expand_as(shifted)
    torch.testing.assert_close(shifted, expected, atol=1e-4, rtol=1e-4)


def test_the_highway_begins_at_nothing_and_is_linear() -> None:
    torch.manual_seed(1)
    with_it = build_forecaster(config(highway=True), features=3, targets=2).eval()
    torch.manual_seed(1)
    without = build_forecaster(config(highway=False), features=3, targets=2).eval()
    given = batch()
    torch.testing.assert_close(with_it(given), without(given))
    weight = torch.randn(3, 7)
    with_it.highway.weight.data.copy_(weight)  # type: ignore[union-attr]
    added = (with_it(given) - without(given))[..., 0]
    expected = torch.einsum("hl,blk->bhk", weight, given.features[..., :2])
    torch.testing.assert_close(added, expected, atol=1e-5, rtol=1e-5)


def test_gradients_are_those_of_finite_differences() -> None:
    module = build_forecaster(config("gru", anchor="mean"), features=3, targets=2).double().eval()
    features = torch.randn(2, 7, 3, dtype=torch.float64, requires_grad=True)

    def loss(x: torch.Tensor) -> torch.Tensor:
        wanted = torch.zeros(2, 3, 2, dtype=torch.float64)
        head = module.head.loss
        return head(module(FeatureBatch(x, None)), wanted, module.levels).sum()

    loss(features).backward()
    assert features.grad is not None
    direction = torch.randn_like(features)
    with torch.no_grad():
        slope = (loss(features + 1e-6 * direction) - loss(features - 1e-6 * direction)) / 2e-6
    assert float((features.grad * direction).sum()) == pytest.approx(float(slope), rel=1e-3)


def test_states_have_logits() -> None:
    module = build_state_classifier(config("bigru"), features=3, classes=4)
    assert module(batch()).shape == (5, 4)


def test_many_windows_are_read_in_order() -> None:
    steps = np.random.default_rng(0).normal(size=(1200, 3)).astype(np.float32)
    windows = Windows(steps, steps[:, :2], None, np.arange(10, 1190), 7, 3)
    module = build_forecaster(config(), features=3, targets=2)
    module.train()
    said = read_windows(module, windows, module.quantiles, torch.device("cpu"))
    assert module.training
    module.eval()
    for row in (0, 511, 512, 1179):
        one = module.quantiles(FeatureBatch(torch.from_numpy(windows.features([row])), None))
        assert said[row] == pytest.approx(one[0].detach().numpy(), abs=1e-5)


@pytest.mark.parametrize("encoder", [*NOT_FOR_NUMBERS, "lsmt"])
def test_what_reads_no_numbers_is_refused(encoder: str) -> None:
    with pytest.raises(ConfigError, match=encoder):
        parse_forecast({"network": {"encoder": encoder}})


@pytest.mark.parametrize("quantiles", [[0.5], [0.975, 0.9, 0.5, 0.1, 0.025], [0.025, 0.1, 0.9, 0.975]])
def test_quantiles_that_lack_an_interval_are_refused(quantiles: list[float]) -> None:
    with pytest.raises(ConfigError, match=r"output\.quantiles"):
        parse_forecast({"output": {"quantiles": quantiles}})
