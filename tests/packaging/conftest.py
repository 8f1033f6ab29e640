"""One clean copy of the sources, and the distributions that are made of it."""

from pathlib import Path

import installed
import pytest


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return installed.copy_of_sources(tmp_path_factory.mktemp("sources"))


@pytest.fixture(scope="session")
def source_distribution(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return installed.source_distribution(sources, tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="session")
def wheel(source_distribution: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel made of the source distribution, so that whatever that lacks is lacking here."""
    return installed.wheel(source_distribution, tmp_path_factory.mktemp("wheel"))
