"""The suite that comes with Tenor: large enough, of all types, and its sentences are English."""

import re

import pytest

from tenor.evaluation.behaviour.judging import INVARIANCE, MINIMUM, TYPES
from tenor.evaluation.behaviour.reading import builtin

TEXTS = [(test.name, text) for test in builtin().tests for case in test.cases for text in case]


def test_it_is_large_enough_and_has_all_types():
    suite = builtin()
    assert len(suite.tests) >= 25
    assert suite.cases >= 2000
    assert {test.type for test in suite.tests} == set(TYPES)
    assert set(suite.labels) == {"negative", "positive"}
    wanted = {"vocabulary", "negation", "contrast", "time", "comparison", "question", "strength"}
    assert wanted | {"robustness", "fairness", "point of view"} == {test.capability for test in suite.tests}


def test_every_test_has_enough_different_cases_and_says_what_it_asks():
    for test in builtin().tests:
        assert len(set(test.cases)) == len(test.cases) >= 30, test.name
        assert test.meaning.endswith("."), test.name


def test_no_text_is_to_be_read_both_ways():
    expected = {}
    for test in builtin().tests:
        for case in test.cases if test.type == MINIMUM else ():
            assert expected.setdefault(case[0], test.label) == test.label, case


def test_praise_and_blame_are_asked_alike():
    """Whoever always says the same fails half of what has a label."""
    sizes = {"negative": 0, "positive": 0}
    for test in builtin().tests:
        if test.type == MINIMUM:
            sizes[test.label] += len(test.cases)
    assert sizes["negative"] == pytest.approx(sizes["positive"], rel=0.1)


@pytest.mark.parametrize(
    "wrong", [r"(?i)\ba [aeio]\w", r"(?i)\ban [^aeiou\W]\w", r"\b(\w+) \1\b", r" [.,!?;]", r"[{}]"]
)
def test_sentences_are_put_together_rightly(wrong):
    faults = [text for _, text in TEXTS if re.search(wrong, text)]
    assert faults == []


def test_sentences_begin_with_a_capital_where_nothing_was_changed():
    for test in builtin().tests:
        for case in test.cases:
            first = case[0]
            assert first[0].isupper(), first
            assert first[-1] in ".!?" or test.type == INVARIANCE, first
