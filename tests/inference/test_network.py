"""The network engine loads the compiler only where it pays, and says the same with it and without."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import toy
from numpy.testing import assert_allclose

from tenor.experiments.classification import fit

SCRIPT = """
import json, sys
import tenor
predictor = tenor.load(sys.argv[1])
few = predictor.predict_proba(["a good b", "bad"]).tolist()
numba_for_few = "numba" in sys.modules
predictor.predict_proba(["a good b " * 40] * 400)
again = predictor.predict_proba(["a good b", "bad"]).tolist()
print(json.dumps({"few": few, "again": again, "before": numba_for_few, "after": "numba" in sys.modules}))
"""


@pytest.mark.parametrize(("encoder", "compiles"), [("lstm", False), ("gru", True), ("rnn", True)])
def test_the_compiler_is_loaded_for_many_texts_only(tmp_path: Path, encoder: str, compiles: bool) -> None:
    fit(toy.dataset(), toy.config(network={"encoder": encoder})).model.save(tmp_path / "model")
    command = [sys.executable, "-c", SCRIPT, str(tmp_path / "model")]
    found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert not found["before"]
    assert found["after"] == compiles
    assert_allclose(found["again"], found["few"], atol=1e-5)
