"""`tenor.load` with a threshold, or with a target that chooses one by the validation data of the model."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import toy

import tenor
from tenor.errors import ConfigError
from tenor.evaluation.held_out import HeldOut
from tenor.experiments.classification import fit
from tenor.inference.abstaining import most_unknown, rule
from tenor.model import Model

FORMATS = Path(__file__).parents[1] / "formats"


@pytest.fixture(scope="module")
def model() -> Model:
    """A model whose validation data is made up: right in 9 of 10 texts, and surer of those."""
    random = np.random.default_rng(0)
    labels = random.integers(0, 2, 1000)
    right = random.random(1000) < 0.9
    said = np.where(right, labels, 1 - labels)
    z = (2 * said - 1) * np.where(right, random.uniform(0, 4, 1000), random.uniform(0, 2, 1000))
    held_out = HeldOut.sampled(labels, np.stack([np.zeros(1000), z], axis=1), seed=0)
    trained = fit(toy.dataset(), toy.config(training={"epochs": 1})).model
    return replace(trained, temperature=0.5, held_out=held_out)


@pytest.fixture
def folder(model: Model, tmp_path: Path) -> Path:
    model.save(tmp_path / "model")
    return tmp_path / "model"


def test_a_target_is_reached_on_the_validation_data(model: Model) -> None:
    found = rule(model, None, 0.95, per_class=False)
    assert found is not None
    assert found.validation is not None
    assert found.validation.rows == 1000
    assert found.validation.accuracy is not None
    assert found.validation.accuracy.low >= 0.95
    # At the temperature of the model: 0.88 is what z = 1 comes to.
    assert 1 / (1 + math.exp(-1)) < found.thresholds[0] < 1 / (1 + math.exp(-4))


def test_a_threshold_says_what_it_keeps(model: Model) -> None:
    found = rule(model, 0.9, None, per_class=False)
    assert found is not None
    assert found.thresholds == (0.9, 0.9)
    assert found.validation is not None
    assert 0 < found.validation.kept < 1000
    bare = rule(replace(model, held_out=None), 0.9, None, per_class=False)
    assert bare is not None
    assert bare.validation is None


def test_a_loaded_predictor_says_where_it_abstains(folder: Path) -> None:
    texts = [example.text for example in toy.examples(20, "other")]
    plain = list(tenor.load(folder).predictions(texts))
    threshold = float(np.median([one.probability for one in plain]))
    marked = list(tenor.load(folder, abstain_below=threshold).predictions(texts))
    assert [one.label for one in marked] == [one.label for one in plain]
    assert [one.abstained for one in marked] == [one.probability < threshold for one in plain]
    assert 0 < sum(one.abstained for one in marked) < 20
    assert tenor.load(folder, target_accuracy=0.95, per_class=True).abstention is not None


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"abstain_below": 1.5}, "1.5 is no probability"),
        ({"target_accuracy": 95}, "95 is no target accuracy"),
        ({"abstain_below": 0.9, "target_accuracy": 0.95}, "give one of them"),
        ({"target_accuracy": 1.0}, "at most"),
        ({"per_class": True}, "target accuracy"),
        ({"per_class": True, "abstain_below": 0.9}, "target accuracy"),
    ],
)
def test_bad_wishes_are_refused_in_one_line(folder: Path, given: dict[str, float], said: str) -> None:
    with pytest.raises(ConfigError, match=said) as caught:
        tenor.load(folder, **given)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("number", [1, 2])
def test_older_models_take_a_threshold_and_no_target(number: int) -> None:
    old = FORMATS / f"format-{number}" / "model"
    assert all(one.abstained for one in tenor.load(old, abstain_below=1.0).predictions(["good", "a b"]))
    with pytest.raises(ConfigError, match=r"holds no validation data .* --abstain-below"):
        tenor.load(old, target_accuracy=0.9)


def test_unfamiliar_texts_are_held_back_however_sure(model: Model, tmp_path: Path) -> None:
    assert model.familiarity is not None
    seen = replace(model, familiarity=replace(model.familiarity, unknown_high=0.4))
    seen.save(tmp_path / "model")
    texts = ["good a b", "good a xyzzy", "good xyzzy", "xyzzy", "", "good " + 9 * "xyzzy "]
    plain = list(tenor.load(tmp_path / "model").predictions(texts))
    predictor = tenor.load(tmp_path / "model", abstain_unfamiliar=True)
    marked = list(predictor.predictions(texts))
    assert [one.abstained for one in marked] == [False, False, True, True, True, True]
    assert [one.abstained for one in marked] == [one.unknown_share > 0.4 for one in plain]
    assert [one.probabilities for one in marked] == [one.probabilities for one in plain]
    assert [one.abstained for one in plain] == [False] * len(texts)
    unsure = tenor.load(tmp_path / "model", abstain_unfamiliar=True, abstain_below=1.0)
    assert all(one.abstained for one in unsure.predictions(texts))


def test_one_unknown_word_of_many_is_not_unfamiliar_where_none_was_unknown(model: Model) -> None:
    assert model.familiarity is not None
    assert most_unknown(replace(model, familiarity=replace(model.familiarity, unknown_high=0.0))) == 0.01


def test_a_model_that_does_not_know_what_is_familiar_says_so(model: Model, tmp_path: Path) -> None:
    replace(model, familiarity=None).save(tmp_path / "model")
    with pytest.raises(ConfigError, match=r"no text can be called unfamiliar; train it again"):
        tenor.load(tmp_path / "model", abstain_unfamiliar=True)
