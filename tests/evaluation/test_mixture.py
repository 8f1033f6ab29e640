"""Weights of parts: those by which held-out texts are likeliest, and defaults where nothing can be chosen."""

import numpy as np
import pytest

from tenor.evaluation.mixture import Mixture, best_weights


def parts(good: tuple[float, ...], count: int = 400, classes: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Return labels (N,) and logits (P, N, C), each part as good as told."""
    generator = np.random.default_rng(2)
    labels = generator.integers(0, classes, count)
    truth = np.eye(classes)[labels]
    return labels, np.stack([one * truth + generator.normal(size=truth.shape) for one in good])


def loss(labels: np.ndarray, logits: np.ndarray) -> float:
    margins = logits - logits[np.arange(len(labels)), labels][:, None]
    return float(np.logaddexp.reduce(margins, axis=1).mean())


def test_no_other_weights_are_better() -> None:
    labels, logits = parts((1.0, 2.0))
    weights, least = best_weights(labels, logits)
    assert least == pytest.approx(loss(labels, np.tensordot(weights, logits, 1)))
    for change in ([0.01, 0], [-0.01, 0], [0, 0.01], [0, -0.01], [0.01, -0.01]):
        assert loss(labels, np.tensordot(weights + change, logits, 1)) > least


def test_a_part_that_misleads_has_no_weight() -> None:
    labels, logits = parts((2.0, -1.0))
    weights, _ = best_weights(labels, logits)
    assert weights[0] > 0
    assert weights[1] == 0
    assert Mixture.fitted(labels, *logits, default=0.5) == Mixture(1.0, 0.0)
    assert Mixture.fitted(labels, *logits[::-1], default=0.5) == Mixture(0.0, 1.0)


def test_separable_texts_end_at_the_limit() -> None:
    labels = np.arange(60) % 2
    logits = np.eye(2)[labels]
    weights, _ = best_weights(labels, np.stack([logits, logits]))
    assert weights.max() == 10
    mixed = Mixture.fitted(labels, logits, logits, default=0.5)
    assert (mixed.network, mixed.ngrams, mixed.reason) == (
        1.0,
        0.5,
        "every validation text is read right as it is",
    )


@pytest.mark.parametrize(
    ("labels", "sign", "reason"),
    [
        (np.arange(49) % 2, 1, "49 validation texts are too few"),
        (np.zeros(90, np.int64), 1, "of one class"),
        (np.arange(90) % 2, -1, "against both parts"),
    ],
)
def test_defaults_where_nothing_can_be_chosen(labels: np.ndarray, sign: int, reason: str) -> None:
    logits = sign * np.eye(2)[labels]
    found = Mixture.fitted(labels, logits, logits, default=0.3)
    assert (found.network, found.ngrams) == (1.0, 0.3)
    assert found.reason is not None
    assert reason in found.reason


def test_there_and_back() -> None:
    made = Mixture(1.0, 0.25, "because")
    assert Mixture.from_json(made.to_json()) == made
    with pytest.raises(ValueError, match="weights"):
        Mixture.from_json({"network": 1.0, "ngrams": float("nan"), "reason": None})
