"""A file of reviews, and one model trained on it."""

from pathlib import Path

import pytest
from shell import SMALL, tenor, write_reviews


@pytest.fixture(scope="session")
def reviews(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty reviews in a CSV file with the columns review, sentiment, place."""
    return write_reviews(tmp_path_factory.mktemp("data") / "reviews.csv")


@pytest.fixture(scope="session")
def trained(reviews: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run folder of a model that has learned the reviews."""
    folder = tmp_path_factory.mktemp("run") / "reviews"
    result = tenor("train", reviews, *SMALL, "--epochs", 6, "--out", folder)
    assert result.status == 0, result.err
    return folder
