"""Every attribution method answers for every model; gradients are those of finite differences."""

import copy

import numpy as np
import pytest
import torch
from explained import predictor

from tenor.batching import collate
from tenor.config.network import NetworkConfig
from tenor.explain.attribution import ATTENTION, attribute, methods_for
from tenor.nn.classifier import Classifier
from tenor.nn.encoder import Embedded

TEXT, TOKENS = "a b, zzz d. e f a u", 8


def test_every_method_scores_every_token(module: Classifier, network: NetworkConfig) -> None:
    model = predictor(module, network)
    for method in methods_for(model.model):
        found = attribute(model, TEXT, method, label="1")
        assert found.scores.shape == (TOKENS,), method
        assert np.isfinite(found.scores).all(), method
        assert found.scores.any(), method
        if found.error is not None:
            assert found.error <= max(0.002, 0.02 * abs(found.log_odds - found.baseline)), method
        if method == ATTENTION:
            assert found.scores.sum() == pytest.approx(1.0, abs=1e-5)


def test_gradient_x_input_is_that_of_finite_differences(module: Classifier, network: NetworkConfig) -> None:
    """A score is how fast the log-odds change as the token's vector grows, here in float64."""
    model = predictor(module, network)
    found = attribute(model, TEXT, "gradient-x-input", label="1")
    exact = copy.deepcopy(module).double()
    with torch.no_grad():
        embedded = exact.embed(collate(model.model.pipeline.encode([TEXT])))
        step = 1e-5
        factors = (torch.eye(TOKENS, dtype=torch.float64) * step)[..., None]  # (T, T, 1)
        x = torch.cat((embedded.x * (1 + factors), embedded.x * (1 - factors)))
        ids = None if embedded.ids is None else embedded.ids.expand(len(x), -1)
        logits = exact.forward_embedded(Embedded(x, embedded.mask.expand(len(x), -1), ids))
        log_odds = logits[:, 1] - logits[:, [0, 2]].logsumexp(1)
        slopes = (log_odds[:TOKENS] - log_odds[TOKENS:]) / (2 * step)
    np.testing.assert_allclose(found.scores, slopes.numpy(), atol=2e-5 * max(1.0, slopes.abs().max()))
