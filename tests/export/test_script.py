"""The scripts of docs/exporting.md predict what Tenor predicts, without it."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from encoders import tokenizer as of_a_folder
from small import SMALL

import tenor
from tenor.config.classification import ClassificationConfig
from tenor.config.network import NetworkConfig
from tenor.config.text import TextConfig
from tenor.export.onnx import export
from tenor.model import Model
from tenor.nn.build import build, to_arrays
from tenor.text import pretrained
from tenor.text.pipeline import TextPipeline

PAGE = (Path(__file__).parents[2] / "docs" / "exporting.md").read_text("utf-8")
PREDICT, *CUT = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
TEXTS = [
    "It's GOOD &amp; it's not bad<br />8/10 :-) 👍🏽 <b>so</b> 1,000 <3",
    "",
    "İstanbul’s film wasn't &lt;3 http://x.y",
    "???",
    "ΟΔΥΣΣΕΥΣ Σ شكرا good film " * 7,
    "the film was good. not bad",
]


def pipeline(tokenizer: str, folder: Path, truncation: str) -> TextPipeline:
    config = TextConfig(
        tokenizer=tokenizer if tokenizer != "pretrained" else "words",
        min_count=1,
        max_size=120,
        max_length=9,
        truncation=truncation,
    )
    if tokenizer == "pretrained":
        folder.mkdir()
        of_a_folder().save(str(folder / pretrained.TOKENIZER))
        config = replace(config, pretrained=str(folder))
    return TextPipeline.build(TEXTS, config)


@pytest.mark.parametrize(
    ("tokenizer", "cut", "truncation"),
    [("reviews", 0, "head+tail"), ("bpe", 1, "tail"), ("pretrained", 1, "head"), ("words", 2, "head+tail")],
)
def test_scripts_predict_what_tenor_predicts(
    tokenizer: str, cut: int, truncation: str, tmp_path: Path
) -> None:
    made = pipeline(tokenizer, tmp_path / "folder", truncation)
    network: NetworkConfig = replace(SMALL, encoder="gru")
    module = build(network, vocabulary_size=len(made.vocabulary), classes=2, pad=made.vocabulary.pad)
    config = replace(ClassificationConfig(), network=network)
    saved = Model(made, ("bad", "good"), config, to_arrays(module.eval()), temperature=0.05)
    export(saved, tmp_path / "m.onnx")
    (tmp_path / "predict.py").write_text(PREDICT + "assert 'tenor' not in sys.modules\n", "utf-8")
    (tmp_path / "cut.py").write_text(CUT[cut], "utf-8")
    ended = subprocess.run(
        [sys.executable, "-X", "utf8", "predict.py", "m.onnx", *TEXTS],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    said = [json.loads(line) for line in ended.stdout.splitlines()]
    expected = tenor.load(tmp_path / "m.onnx").predict_proba(TEXTS)
    assert [list(one) for one in said] == [["bad", "good"]] * len(TEXTS)
    np.testing.assert_allclose([list(one.values()) for one in said], expected, atol=1e-5)
    assert np.ptp(expected[:, 0]) > 1e-3  # the texts are told apart
