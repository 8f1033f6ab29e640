"""Attributions are what theory says they are, for any text, and leave the model as it was."""

import dataclasses
import json
import subprocess
import sys
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
import torch
import toy
from explained import Counting, counting, predictor
from small import SMALL, classifier

from tenor.config.attribution import DEFAULT_METHOD, DEFAULT_METHODS, MethodName
from tenor.config.network import HAS_DIRECTIONS
from tenor.errors import ConfigError, InputError, MissingExtraError
from tenor.experiments.classification import fit
from tenor.explain import gradients
from tenor.explain.attribution import ATTENTION, METHODS, attribute, default_method, methods_for
from tenor.explain.question import Question
from tenor.inference.predictor import Predictor
from tenor.inference.table import TableEngine

ODD = {
    "empty": "",
    "blank": "  \n",
    "unknown": "zzz",
    "emoji": "good \U0001f600\U0001f600",
    "right to left": "\u05d8\u05d5\u05d1 good",
    "html": "<script>alert('bad')</script> & good",
    "zero": "bad\x00good",
}
TELLING = [name for name in METHODS if name != ATTENTION]


@pytest.fixture(scope="module")
def trained() -> Predictor:
    network = {"encoder": "gru", "pooling": "attention", "hidden": 0}
    return fit(toy.dataset(train=128), toy.config(network=network, training={"epochs": 12})).predictor


@pytest.fixture(scope="module")
def read_twice() -> Predictor:
    """A minGRU with log-count ratios, trained, and then read by the table engine."""
    network = {"encoder": "mingru", "ratios": {"use": True, "min_count": 1}, "mingru": {"hidden_size": 5}}
    model = fit(toy.dataset(train=128), toy.config(network=network)).model
    return Predictor(model, TableEngine(model))


@pytest.mark.parametrize("method", TELLING)
@pytest.mark.parametrize("which", ["trained", "read_twice"])
def test_the_word_that_tells_the_class_has_the_highest_score(
    method: str, which: str, request: pytest.FixtureRequest
) -> None:
    model = request.getfixturevalue(which)
    texts = [example.text for example in toy.examples(20, "asked")]
    found = [attribute(model, text, method) for text in texts]
    telling = [[token.text in {"good", "bad"} for token in one.tokens] for one in found]
    best = [one.scores[own].max() == one.scores.max() for one, own in zip(found, telling, strict=True)]
    assert np.mean(best) >= 0.9


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_any_text_has_scores(method: str, text: str, trained: Predictor) -> None:
    found = attribute(trained, text, method)
    assert len(found.tokens) == len(found.scores) >= 1
    assert np.isfinite(found.scores).all()
    values = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert [one["text"] for one in values["tokens"]] == [text[t.start : t.end] for t in found.tokens]


def linear(**changes: object) -> Predictor:
    """A bag of words, whose log-odds are w . mean(x) + b."""
    network = dataclasses.replace(
        SMALL, encoder="bag", pooling="mean", bag=dataclasses.replace(SMALL.bag, ngrams=1), **changes
    )
    return predictor(classifier(network), network)


def test_a_linear_model_has_the_closed_form() -> None:
    """Asked about class 1 of 3 by logits, whose log-odds are linear once the others are the same."""
    model = linear()
    arrays = dict(model.model.arrays)
    arrays["head.output.weight"] = np.stack([0 * arrays["head.output.weight"][0]] * 3)
    arrays["head.output.weight"][1] = w = np.array([1.0, -2.0, 0.5, 3.0, -1.0], np.float32)
    arrays["head.output.bias"] = np.array([0.1, 0.3, 0.1], np.float32)
    model = Predictor(dataclasses.replace(model.model, arrays=arrays), model._engine)
    (model._engine,) = Predictor(model.model, Counting()).networks
    ids = model.model.pipeline.encode(["a b zzz d"]).ids
    x = arrays["embedding.weight"][ids]
    mean, count = x.mean(0), len(ids)

    found = attribute(model, "a b zzz d", "integrated-gradients", label="1")
    np.testing.assert_allclose(found.scores, (x - arrays["embedding.weight"][1]) @ w / count, atol=1e-5)
    assert found.error is not None
    assert found.error < 1e-4
    assert found.baseline == pytest.approx(
        float(arrays["embedding.weight"][1] @ w) + 0.3 - (0.1 + np.log(2)), abs=1e-5
    )
    found = attribute(model, "a b zzz d", "gradient-x-input", label="1")
    np.testing.assert_allclose(found.scores, x @ w / count, atol=1e-5)
    assert found.error is None
    found = attribute(model, "a b zzz d", "occlusion", label="1")
    left = np.stack([np.delete(x, place, 0).mean(0) for place in range(count)])
    np.testing.assert_allclose(found.scores, (mean - left) @ w, atol=1e-5)


def test_ratios_beside_the_word_vector_count(read_twice: Predictor) -> None:
    """Without them the sum would miss what they bring."""
    found = attribute(read_twice, "a good b", "integrated-gradients")
    arrays = read_twice.model.arrays
    assert arrays["encoder.layers.0.weight"].shape[-1] == arrays["embedding.weight"].shape[1] + 2
    assert found.error is not None
    assert found.error < 0.01 * abs(found.log_odds - found.baseline)
    whole = read_twice.probabilities(read_twice.model.pipeline.encode(["a good b"]))[0]
    assert found.log_odds == pytest.approx(float(np.log(whole.max() / whole.min())), abs=1e-4)


def test_the_integral_takes_more_steps_until_it_is_exact(
    trained: Predictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    class Off:
        """Is off by a share that shrinks with the number of steps."""

        def __init__(self, function):
            self._function = function

        def attribute(self, x, baseline, *, n_steps, internal_batch_size):
            asked.append(n_steps)
            with torch.no_grad():
                difference = float(self._function(x) - self._function(baseline))
            share = 1 + 1 / n_steps if shrinking else 1.5
            return torch.full_like(x, difference * share / x.numel())

    import captum.attr

    monkeypatch.setattr(captum.attr, "IntegratedGradients", Off)
    monkeypatch.setattr(gradients, "_CLOSE", 0.0)
    text = "a b c d good e f g"  # of as many tokens as places
    shrinking = True
    found = attribute(trained, text, "integrated-gradients")
    assert asked == [32, 64, 128] == [*asked[:-1], found.steps]
    assert found.relative_error == pytest.approx(1 / 128, rel=0.01)
    asked.clear()
    shrinking = False
    found = attribute(trained, text, "integrated-gradients")
    assert asked[-1] == found.steps == 512
    assert found.relative_error == pytest.approx(0.5, rel=0.01)  # shown, not hidden


def test_steps_one_by_one_are_steps_together(read_twice: Predictor, monkeypatch: pytest.MonkeyPatch) -> None:
    together = attribute(read_twice, "a good b c", "integrated-gradients")
    monkeypatch.setattr(gradients, "_AT_ONCE", 1)
    alone = attribute(read_twice, "a good b c", "integrated-gradients")
    np.testing.assert_allclose(alone.scores, together.scores, atol=1e-5)
    assert alone.steps == together.steps


@pytest.mark.parametrize("method", ["integrated-gradients", "gradient-x-input", ATTENTION])
def test_cudnn_is_left_out_and_everything_put_back(
    method: str, trained: Predictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    (network,) = trained.networks
    module = network.module
    encode, seen = module.encoder.forward, []

    def forward(embedded):
        seen.append((torch.backends.cudnn.enabled, module.training))
        return encode(embedded)

    monkeypatch.setattr(module.encoder, "forward", forward)
    module.train()
    module.zero_grad()
    before = torch.get_num_threads(), torch.backends.cudnn.enabled
    try:
        with torch.inference_mode():  # as a caller may be
            attribute(trained, "a good b", method, label="positive")
        assert module.training
    finally:
        module.eval()
    assert (False, False) in seen
    assert not any(in_training for _, in_training in seen)
    assert before == (torch.get_num_threads(), torch.backends.cudnn.enabled)
    assert all(parameter.grad is None for parameter in module.parameters())


def test_what_cannot_be_asked_is_refused(read_twice: Predictor) -> None:
    with pytest.raises(ConfigError, match="'guessing'; choose one of: integrated-gradients, "):
        attribute(read_twice, "good", "guessing")
    with pytest.raises(InputError, match="no class 'neutral'; it has negative, positive"):
        attribute(read_twice, "good", "occlusion", label="neutral")
    with pytest.raises(ConfigError, match=r"pools by mean-max and has no attention weights; take another"):
        attribute(read_twice, "good", ATTENTION)
    assert ATTENTION not in methods_for(read_twice.model)


def test_attention_is_shown_with_a_warning_and_no_other_is(trained: Predictor) -> None:
    assert tuple(METHODS) == methods_for(trained.model)
    for method in METHODS:
        found = attribute(trained, "a good b", method)
        assert ("not an explanation" in found.remark) == (method == ATTENTION)


def test_the_configuration_names_the_methods_there_are() -> None:
    assert get_args(MethodName) == tuple(METHODS)
    assert set(DEFAULT_METHODS) <= set(HAS_DIRECTIONS)
    assert {DEFAULT_METHOD, *DEFAULT_METHODS.values()} <= set(TELLING)


def test_defaults_are_methods_that_models_have(trained: Predictor, read_twice: Predictor) -> None:
    for model in (trained, read_twice):
        assert default_method(model.model) in set(methods_for(model.model)) - {ATTENTION}
        assert attribute(model, "good").method == default_method(model.model)


def test_a_missing_library_is_named(trained: Predictor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "captum.attr", None)
    with pytest.raises(MissingExtraError, match=r"captum is not installed.*tenor\[explain\]"):
        attribute(trained, "good", "integrated-gradients")


def test_tokens_that_are_cut_off_have_no_score() -> None:
    model = counting(Counting(d=1.0))
    pipeline = dataclasses.replace(model.model.pipeline, max_length=2)
    model = Predictor(dataclasses.replace(model.model, pipeline=pipeline), Counting(d=1.0))
    assert [token.text for token in attribute(model, "a d d", "occlusion").tokens] == ["a", "d"]


SCRIPT = """
import sys
sys.modules["torch"] = None
import tenor
from tenor.errors import MissingExtraError
from tenor.explain.attribution import attribute
from tenor.explain.faithfulness import faithfulness
predictor = tenor.load(sys.argv[1])
print(len(attribute(predictor, "a good b", "occlusion").scores))
faithfulness(predictor, ["a good b"], ["occlusion", "phrase-occlusion"], resamples=100)
try:
    attribute(predictor, "a good b", "integrated-gradients")
except MissingExtraError as error:
    print(error)
"""


def test_occlusion_of_a_mingru_needs_no_torch(read_twice: Predictor, tmp_path: Path) -> None:
    read_twice.model.save(tmp_path / "model")
    command = [sys.executable, "-c", SCRIPT, str(tmp_path / "model")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[0] == "3"
    assert "torch is not installed" in done.stdout


def test_subsets_of_a_text_are_read_as_texts(trained: Predictor) -> None:
    question = Question.of(trained, "a good bad b")
    kept = np.array([[1, 1, 0, 1], [0, 0, 1, 0], [0, 0, 0, 0]], bool)
    expected = trained.predict_proba(["a good b", "bad", ""])[:, question.target]
    np.testing.assert_allclose(question.probability(kept), expected, atol=1e-6)
    np.testing.assert_allclose(question.log_odds(kept), np.log(expected / (1 - expected)), atol=1e-5)
