"""Behaviour of the models of a comparison: the mean over trainings of the very same suite."""

from dataclasses import replace

import pytest

from tenor.compare.behaviour import BehaviourFigures
from tenor.compare.cell_result import BEHAVIOUR, CellBehaviour
from tenor.evaluation.behaviour.suite import BehaviourTest, Suite
from tenor.evaluation.intervals import wilson

CASES = tuple((str(number),) for number in range(10))
SUITE = Suite(
    "s", tuple(BehaviourTest(name, "minimum-functionality", CASES, label="positive") for name in "ab")
)


def cell(a, b, suite=SUITE):
    return CellBehaviour("result", suite.fingerprint, {"a": a, "b": b})


def test_rates_are_means_over_the_trainings():
    found = BehaviourFigures.of(SUITE, [cell(2, 0), cell(4, 10)])
    assert found.trainings == 2
    assert found.tests == {"a": wilson(3, 10), "b": wilson(5, 10)}
    assert found.overall == wilson(8, 20)


def test_trainings_that_were_asked_something_else_do_not_count():
    other = replace(SUITE, tests=SUITE.tests[:1])
    assert BehaviourFigures.of(SUITE, [cell(1, 1, other)]) is None
    assert BehaviourFigures.of(SUITE, []) is None
    assert BehaviourFigures.of(SUITE, [cell(1, 1), cell(9, 9, other)]).overall == wilson(2, 20)


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"fingerprint": "result"}', '{"fingerprint": "result", "x": 1}']
)
def test_what_lies_in_a_folder_is_that_of_its_result_or_nothing(tmp_path, text):
    assert CellBehaviour.load(tmp_path, "result") is None
    cell(1, 2).save(tmp_path)
    assert CellBehaviour.load(tmp_path, "result") == cell(1, 2)
    assert CellBehaviour.load(tmp_path, "another") is None
    (tmp_path / BEHAVIOUR).write_text(text)
    assert CellBehaviour.load(tmp_path, "result") is None
