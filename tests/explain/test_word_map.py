import numpy as np
import pytest
from numpy.testing import assert_allclose

from tenor.explain.word_map import plane


def test_points_in_a_plane_keep_their_distances_and_their_side() -> None:
    generator = np.random.default_rng(0)
    flat = generator.normal(size=(12, 2)) * (3, 1)
    axes = np.linalg.qr(generator.normal(size=(7, 2)))[0]
    found = plane((flat @ axes.T + 5).astype(np.float32), along=flat[:, 0])
    distances = np.linalg.norm(flat[:, None] - flat, axis=-1)
    assert_allclose(np.linalg.norm(found.points[:, None] - found.points, axis=-1), distances, atol=1e-4)
    assert sum(found.shares) == pytest.approx(1)
    assert found.shares[0] > found.shares[1]
    assert np.corrcoef(found.points[:, 0], flat[:, 0])[0, 1] > 0.9
    turned = plane((flat @ axes.T + 5).astype(np.float32), along=-flat[:, 0])
    assert_allclose(turned.points[:, 0], -found.points[:, 0], atol=1e-6)


@pytest.mark.parametrize("vectors", [np.ones((1, 4)), np.ones((3, 4)), np.array([[1.0], [2.0]])])
def test_vectors_without_a_plane(vectors: np.ndarray) -> None:
    found = plane(vectors.astype(np.float32), along=np.ones(len(vectors)))
    assert found.points.shape == (len(vectors), 2)
    assert np.isfinite(found.points).all()
    assert not found.points[:, 1].any()
