"""An explanation is the prediction, the trajectory and the attribution that each function gives alone."""

import sys
from dataclasses import replace

import pytest
from explained import Counting, counting, predictor
from small import SMALL, classifier

from tenor.errors import ConfigError, InputError, MissingExtraError, ModelError
from tenor.explain.attribution import attribute
from tenor.explain.explanation import ALWAYS_THERE, explain
from tenor.explain.trajectory import trajectory
from tenor.inference.predictor import Predictor

TEXT = "a b, the <b>c</b> d 😀"


def small(encoder: str) -> Predictor:
    network = replace(SMALL, encoder=encoder, pooling="max")
    return predictor(classifier(network), network)


def test_the_parts_are_those_of_the_functions() -> None:
    model = small("mingru")
    found = explain(model, TEXT)
    assert [found.prediction] == list(model.predictions([TEXT]))
    assert found.trajectory.to_json() == trajectory(model, TEXT).to_json()
    assert found.attribution.to_json() == attribute(model, TEXT).to_json()
    assert found.note is None


def test_a_method_and_a_class_can_be_named() -> None:
    found = explain(counting(Counting(a=1)), "a b", "phrase-occlusion", "no")
    assert (found.attribution.method, found.attribution.label) == ("phrase-occlusion", "no")
    assert found.prediction.label == "yes"


def test_without_its_library_another_method_stands_in_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    model = small("lstm")
    assert explain(model, "a b").attribution.method == "integrated-gradients"
    monkeypatch.setitem(sys.modules, "captum.attr", None)
    found = explain(model, "a b")
    assert found.attribution.method == ALWAYS_THERE
    assert found.note is not None
    assert "integrated-gradients" in found.note
    assert "captum" in found.note
    with pytest.raises(MissingExtraError, match="captum"):
        explain(model, "a b", "integrated-gradients")


def test_a_model_without_its_network_is_explained_by_reading() -> None:
    model = counting(Counting(a=1, b=-2))  # its class would take gradients, and it has no tensors
    found = explain(model, "a b")
    assert found.attribution.method == ALWAYS_THERE
    assert "integrated-gradients" in str(found.note)
    assert found.prediction.label == "no"
    assert (found.attribution.scores > 0).tolist() == [False, True]
    with pytest.raises(ModelError):
        explain(model, "a b", "integrated-gradients")


def test_what_is_wrong_is_said_before_the_long_work() -> None:
    engine = Counting()
    for method, label, error in (
        ("magic", None, ConfigError),
        ("attention", None, ConfigError),
        (None, "perhaps", InputError),
    ):
        with pytest.raises(error):
            explain(counting(engine), "a " * 50, method, label)
    assert engine.read < 10
