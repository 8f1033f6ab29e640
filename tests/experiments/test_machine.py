"""What a run was computed on is stored with it."""

from importlib.metadata import version

import pytest

from tenor.experiments.machine import environment


@pytest.mark.parametrize("library", ["torch", "numpy", "numba", "tokenizers", "transformers"])
def test_libraries_that_compute_are_there_with_their_versions(library: str) -> None:
    libraries = environment()["libraries"]
    assert isinstance(libraries, dict)
    assert libraries[library] == version(library)
