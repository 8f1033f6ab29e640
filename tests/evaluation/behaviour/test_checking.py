"""Running a suite: which cases fail is decided by the probabilities, and by nothing else."""

import json

import numpy as np
import pytest

from tenor.errors import ConfigError, InputError
from tenor.evaluation.behaviour.checking import check, check_builtin
from tenor.evaluation.behaviour.labels import fits, match
from tenor.evaluation.behaviour.reading import builtin
from tenor.evaluation.behaviour.suite import BehaviourTest, Suite
from tenor.evaluation.intervals import wilson

CLASSES = ("negative", "positive")


class Model:
    """Gives texts the probability of "positive" that it is told, and counts what it is asked."""

    def __init__(self, **positive):
        self.positive = positive
        self.asked = []

    def __call__(self, texts):
        self.asked.append(list(texts))
        return np.array([[1 - self.positive[text], self.positive[text]] for text in texts])


def run(test, classes=CLASSES, examples=3, **positive):
    return check(Suite("s", (test,)), Model(**positive), classes, examples=examples).tests[0]


def expected(label="positive", cases=(("a",), ("b",))):
    return BehaviourTest("t", "minimum-functionality", cases, label=label)


def unmoved(tolerance=None, cases=(("a", "b"),)):
    return BehaviourTest("t", "invariance", cases, tolerance=tolerance)


def directed(must_not="fall", label="positive", tolerance=0.1):
    return BehaviourTest(
        "t", "directional", (("a", "b"),), label=label, must_not=must_not, tolerance=tolerance
    )


def test_the_likeliest_class_must_be_the_label():
    found = run(expected(), a=0.9, b=0.2)
    assert (found.failures, found.rate) == (1, wilson(1, 2))
    ((reading,),) = found.examples
    assert (reading.text, reading.label, reading.probability) == ("b", "negative", pytest.approx(0.8))
    assert run(expected("negative"), a=0.9, b=0.2).failures == 1
    assert run(expected(), a=0.9, b=0.6).failures == 0


@pytest.mark.parametrize(
    ("tolerance", "before", "after", "failures"),
    [(None, 0.9, 0.6, 0), (None, 0.6, 0.4, 1), (0.2, 0.9, 0.75, 0), (0.2, 0.9, 0.6, 1), (0.2, 0.55, 0.45, 1)],
)
def test_the_class_must_not_change_nor_a_probability_move_by_more(tolerance, before, after, failures):
    found = run(unmoved(tolerance), a=before, b=after)
    assert found.failures == failures
    assert [[reading.text for reading in one] for one in found.examples] == [["a", "b"]] * failures


@pytest.mark.parametrize(
    ("must_not", "label", "before", "after", "failures"),
    [
        ("fall", "positive", 0.8, 0.65, 1), ("fall", "positive", 0.8, 0.75, 0),
        ("fall", "positive", 0.2, 0.9, 0), ("rise", "positive", 0.2, 0.9, 1),
        ("rise", "positive", 0.9, 0.2, 0), ("fall", "negative", 0.2, 0.9, 1),
        ("rise", "negative", 0.9, 0.2, 1), ("rise", "negative", 0.2, 0.9, 0),
    ],
)  # fmt: skip
def test_a_probability_must_not_go_the_wrong_way(must_not, label, before, after, failures):
    found = run(directed(must_not, label), a=before, b=after)
    assert found.failures == failures
    for example in found.examples:
        assert [reading.label for reading in example] == [label, label]


def test_the_worst_failures_are_the_examples():
    cases = tuple((name,) for name in "abcd")
    found = run(expected(cases=cases), examples=2, a=0.4, b=0.1, c=0.9, d=0.3)
    assert found.failures == 3
    assert [reading.text for (reading,) in found.examples] == ["b", "d"]
    assert run(expected(cases=cases), examples=0, a=0.4, b=0.1, c=0.9, d=0.3).examples == ()


def test_each_text_is_asked_once_and_figures_add_up():
    suite = Suite("s", (expected(), unmoved(cases=(("a", "b"), ("b", "c"))), directed()))
    model = Model(a=0.9, b=0.2, c=0.1)
    result = check(suite, model, CLASSES)
    assert model.asked == [["a", "b", "c"]]
    assert result.failures == sum(one.failures for one in result.tests) == 1 + 1 + 1
    assert result.rate == wilson(3, 5)
    assert [one.test.name for one in result.above(0.5)] == ["t"]
    assert result.above(1.0) == ()
    values = json.loads(json.dumps(result.to_json(), allow_nan=False))
    assert [test["cases"] for test in values["tests"]] == [2, 2, 1]
    assert values["fingerprint"] == suite.fingerprint


def test_three_classes_and_other_names():
    def predict(texts):
        return np.tile([0.5, 0.3, 0.2], (len(texts), 1))

    suite = Suite("s", (expected("negative"), expected("positive")))
    result = check(suite, predict, ("bad", "so-so", "good"), labels={"negative": "bad", "positive": "good"})
    assert [one.failures for one in result.tests] == [0, 2]
    assert result.labels == {"negative": "bad", "positive": "good"}


def test_invariance_needs_no_labels():
    suite = Suite("s", (unmoved(),))
    assert check(suite, lambda texts: np.eye(3)[: len(texts)], ("x", "y", "z")).failures == 1


@pytest.mark.parametrize(
    ("classes", "found"),
    [
        (("negative", "positive"), True), (("Positive", "NEGATIVE", "neutral"), True), (("neg", "pos"), True),
        (("0", "1"), False), (("negative", "Positive", "POSITIVE"), False), (("a", "b"), False),
    ],
)  # fmt: skip
def test_labels_are_classes_by_their_name_in_any_case(classes, found):
    assert fits(CLASSES, classes) == found
    if found:
        assert {name.lower()[:3] for name in match(CLASSES, classes).values()} == {"neg", "pos"}
    else:
        with pytest.raises(ConfigError, match="say which is which: --labels"):
            match(CLASSES, classes)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"postive": "b"}, "no label 'postive'; it has negative, positive; did you mean 'positive'"),
        ({"positive": "c"}, "positive cannot be 'c', which is no class of the model; it has a, b"),
        ({"positive": "b"}, "speaks of 'negative', but .*--labels negative=CLASS"),
        ({"positive": "b", "negative": "b"}, "two labels of the suite are one class"),
    ],
)
def test_labels_that_are_no_classes_are_refused(given, message):
    with pytest.raises(ConfigError, match=message):
        match(CLASSES, ("a", "b"), given)


@pytest.mark.parametrize("shape", [(3, 2), (2, 3), (2,)])
def test_a_model_must_give_probabilities_of_each_text_and_class(shape):
    with pytest.raises(InputError, match=r"must give finite probabilities \(2, 2\)"):
        check(Suite("s", (expected(),)), lambda _: np.full(shape, 0.5), CLASSES)
    with pytest.raises(InputError, match="finite"):
        check(Suite("s", (expected(),)), lambda _: np.full((2, 2), np.nan), CLASSES)


def test_the_suite_for_sentiment_is_run_where_the_classes_are_called_so():
    def undecided(texts):
        return np.full((len(texts), 2), 0.5)

    result = check_builtin(undecided, CLASSES)
    assert result.fingerprint == builtin().fingerprint
    rates = {one.test.name: one.rate.value for one in result.tests}
    assert rates["words of praise"] == 1.0  # of equal classes the first counts
    assert rates["words of blame"] == rates["typing mistakes"] == rates["praise added"] == 0.0
    assert check_builtin(undecided, ("spam", "ham")) is None
