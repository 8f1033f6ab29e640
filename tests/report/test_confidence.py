"""Confidence on a page and in sentences: they follow the figures, and what is missing is left out."""

import math

import numpy as np
import pytest
from markup import read

from tenor.evaluation.abstention import Abstention, Kept
from tenor.evaluation.confidence import Confidence
from tenor.evaluation.temperature import Scaling
from tenor.report import confidence
from tenor.report.page import Page


def values(temperature=2.0, rows=400, classes=2):
    random = np.random.default_rng(0)
    logits = 2 * random.standard_normal((rows, classes))
    labels = (logits + random.standard_normal((rows, classes))).argmax(axis=1)
    reason = None if temperature else "it was not fitted"
    return Confidence.of(labels, logits, Scaling(temperature, reason)).to_json()


def page(metrics):
    return read(Page("title", "lead", [confidence.confidence_section(metrics)]).render())


@pytest.mark.parametrize("temperature", [2.0, None])
@pytest.mark.parametrize("classes", [2, 6])
def test_two_pictures_a_sentence_each_and_the_figures_of_both_splits(temperature, classes):
    found = values(temperature, classes=classes)
    shown = page({"validation": {"confidence": values(temperature, 100)}, "test": {"confidence": found}})
    assert len(shown.svgs) == 2
    assert f"{found['before']['error']:.3f}" in shown.text
    assert "validation, 100 texts" in shown.text
    assert "are read right, of the surest" in shown.text
    if temperature:
        assert "2.000" in shown.text
        assert "the figures of the test texts are the honest ones" in shown.text
    else:
        assert "as the network gives them: it was not fitted" in shown.text


def test_without_a_test_split_the_page_says_that_the_figures_flatter():
    shown = page({"validation": {"confidence": values()}})
    assert "only a test split would give honest figures" in shown.text


def test_figures_of_older_runs_make_no_section():
    assert confidence.confidence_section({"test": {"metrics": {}}, "epochs": 3}).empty


def test_a_single_text_is_drawn_too(tmp_path):
    found = values(rows=1)
    confidence.write_pictures(found, tmp_path, Kept(1, 0, 0).to_json())
    assert "100.0 %" in confidence.coverage_sentence(found)
    for name in (confidence.RELIABILITY, confidence.RISK_COVERAGE):
        assert (tmp_path / name).read_bytes().startswith(b"\x89PNG")


def test_what_is_held_back_is_said():
    kept = Kept(200, 150, 147)
    one = Abstention((0.8, 0.8), 0.95, validation=kept)
    said = confidence.abstention_sentence(one.to_json(), ("<a>", "b"))
    assert "less probable than 0.8;" in said
    assert "of 200 validation texts that keeps 75.0 %" in said
    assert "98.0 %" in said
    two = Abstention((0.8, math.inf), 0.95, per_class=True, validation=kept)
    said = confidence.abstention_sentence(two.to_json(), ("<a>", "b"))
    assert "<a> 0.8" in said
    assert "all that is read as b" in said
    bare = confidence.abstention_sentence(Abstention((0.8, 0.8)).to_json(), ("a", "b"))
    assert "holds no validation data" in bare
    for per_class in (False, True):
        nothing = Abstention((0.0, 0.0), 0.5, per_class=per_class, validation=Kept(200, 200, 190))
        assert "nothing is ambiguous" in confidence.abstention_sentence(nothing.to_json(), ("a", "b"))
