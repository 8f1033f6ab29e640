"""What is kept of validation texts: all, or a sample that fits a model folder; nothing else is read."""

import numpy as np
import pytest

from tenor.evaluation.held_out import HeldOut


def test_few_texts_are_kept_whole_and_in_order():
    labels, logits = np.array([2, 0, 1]), np.arange(9.0).reshape(3, 3)
    kept = HeldOut.sampled(labels, logits, seed=0)
    assert kept.labels.tolist() == labels.tolist()
    assert kept.logits.tolist() == logits.tolist()
    assert (kept.labels.dtype, kept.logits.dtype) == (np.int32, np.float32)


@pytest.mark.parametrize(("classes", "most"), [(2, 20_000), (1000, 2000)])
def test_many_are_sampled_by_the_seed(classes, most):
    rows = most + 100
    labels = np.arange(rows) % classes
    logits = np.broadcast_to(np.arange(rows, dtype=np.float32)[:, None], (rows, classes))
    one, same, other = (HeldOut.sampled(labels, logits, seed=seed) for seed in (1, 1, 2))
    assert len(one) == most
    assert (one.logits == same.logits).all()
    assert (one.logits != other.logits).any()
    kept = one.logits[:, 0].astype(int)
    assert (np.diff(kept) > 0).all()
    assert (one.labels == kept % classes).all()


def test_there_and_back():
    kept = HeldOut.sampled([0, 1], [[1.0, 2.0], [3.0, 4.0]], seed=0)
    again = HeldOut.from_arrays(kept.to_arrays(), 2)
    assert (again.labels == kept.labels).all()
    assert (again.logits == kept.logits).all()


@pytest.mark.parametrize(
    ("labels", "logits"),
    [
        ([0, 1, 1], [[1, 2], [3, 4]]),
        ([0, 2], [[1, 2], [3, 4]]),
        ([0, -1], [[1, 2], [3, 4]]),
        ([0, 1], [[1, 2, 3], [3, 4, 5]]),
        ([0, 1], [[1, 2], [np.nan, 4]]),
    ],
)
def test_what_does_not_fit_is_refused(labels, logits):
    arrays = {"labels": np.array(labels, np.int32), "logits": np.array(logits, np.float32)}
    with pytest.raises(ValueError, match="label"):
        HeldOut.from_arrays(arrays, 2)
