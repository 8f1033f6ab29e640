"""What importing `tenor.estimator` takes."""

import subprocess
import sys

import pytest

from tenor.errors import MissingExtraError


def test_the_import_leaves_torch_alone():
    code = "import sys, tenor.estimator; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_missing_scikit_learn_names_its_extra(monkeypatch):
    monkeypatch.delitem(sys.modules, "tenor.estimator", raising=False)
    monkeypatch.setitem(sys.modules, "sklearn.base", None)
    with pytest.raises(MissingExtraError, match=r"scikit-learn.*tenor\[train\]"):
        import tenor.estimator  # noqa: F401


def test_missing_torch_names_its_extra(monkeypatch):
    from tenor.estimator import TextClassifier

    for name in ("tenor.experiments.classification", "tenor.experiments.member"):
        monkeypatch.delitem(sys.modules, name, raising=False)
        monkeypatch.delattr(name, raising=False)
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingExtraError, match=r"torch.*tenor\[train\]"):
        TextClassifier().fit(["a a", "b b"], [0, 1])
