"""Promises 3 and 4 for every encoder, on the whole way: saved = predicted, stopped = never stopped.

One that starts from a folder has tests of its own.
"""

from pathlib import Path

import numpy as np
import pytest
import torch
import toy
from small import CLASSES, VOCABULARY

import tenor
from tenor.batching import collate
from tenor.config.classification import ClassificationConfig
from tenor.experiments.classification import fit
from tenor.experiments.run import RunFolder
from tenor.experiments.watching import SilentWatcher
from tenor.nn.build import ENCODERS, build
from tenor.nn.forward import autocast
from tenor.text.tokens import Tokens
from tenor.training.checkpoint import Progress

SIZES = {
    "mingru": {"hidden_size": 5},
    "bag": {"ngrams": 2, "buckets": 50},
    "cnn": {"widths": [2, 3], "filters": 4, "layers": 2, "dropout": 0.2},
    "transformer": {"hidden_size": 16, "heads": 2, "feedforward": 32, "positions": "learned"},
}
FRESH = [name for name in ENCODERS if name != "pretrained"]


class StopsAt(SilentWatcher):
    """Presses Ctrl-C after so many steps."""

    def __init__(self, step: int) -> None:
        self.left = step

    def step(self, progress: Progress) -> None:
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt


def configured(encoder: str, **training: object) -> ClassificationConfig:
    base = toy.config().network
    network = {"encoder": encoder, "embedding_size": base.embedding_size, **SIZES}
    return toy.config(network=network, training={"epochs": 2, "checkpoint_minutes": 0.0, **training})


@pytest.mark.parametrize("encoder", FRESH)
def test_saved_and_resumed(tmp_path: Path, encoder: str) -> None:
    config, data = configured(encoder), toy.dataset()
    whole = fit(data, config)
    folder = RunFolder.open(tmp_path / "run", config, resume=False, force=False)
    with pytest.raises(KeyboardInterrupt):
        fit(data, config, folder=folder, watcher=StopsAt(11))
    resumed = fit(data, config, folder=RunFolder.open(folder.path, config, resume=True, force=False))
    assert whole.model.arrays.keys() == resumed.model.arrays.keys()
    for name, array in whole.model.arrays.items():
        assert np.array_equal(resumed.model.arrays[name], array), name

    resumed.model.save(tmp_path / "model")
    loaded = tenor.load(tmp_path / "model")
    assert loaded.model.config == whole.model.config
    texts = [example.text for example in toy.examples(20, "new")]
    np.testing.assert_allclose(loaded.predict_proba(texts), whole.predictor.predict_proba(texts), atol=1e-5)
    alone = np.concatenate([loaded.predict_proba([text]) for text in texts])
    np.testing.assert_allclose(loaded.predict_proba(texts), alone, atol=1e-5)


@pytest.mark.parametrize("encoder", FRESH)
def test_learns_in_bfloat16(encoder: str) -> None:
    """Outputs and gradients of one step are close to those in float32."""
    network = configured(encoder).network
    module = build(network, vocabulary_size=VOCABULARY, classes=CLASSES).eval()
    batch = collate(Tokens.of([[2, 3, 4, 5, 6], [7, 8], [9]]), np.array([0, 1, 2]))
    found = []
    for precision in (torch.float32, torch.bfloat16):
        module.zero_grad()
        with autocast(torch.device("cpu"), precision):
            logits = module(batch)
        torch.nn.functional.cross_entropy(logits.float(), batch.targets).backward()
        gradient = torch.cat([p.grad.flatten() for p in module.parameters() if p.grad is not None])
        found.append((logits.float(), gradient))
    (exact, exact_gradient), (rounded, rounded_gradient) = found
    torch.testing.assert_close(rounded, exact, atol=0.03, rtol=0.03)
    assert (rounded_gradient - exact_gradient).norm() < 0.1 * exact_gradient.norm()
