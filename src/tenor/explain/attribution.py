"""`Attribution`: what each token of a text adds to a prediction, by one of several methods.

Methods differ, and none is right by definition. `explain.faithfulness` measures which of them a model bears
out; the defaults (`config.attribution`) are those that won on validation data.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from tenor.config.attribution import DEFAULT_METHOD, DEFAULT_METHODS, MethodName
from tenor.errors import ConfigError
from tenor.evaluation.metrics import Floats
from tenor.explain import gradients, occlusion
from tenor.explain.question import Question, Scores
from tenor.inference.predictor import Predictor
from tenor.model import Model
from tenor.text.token import Token

ATTENTION = "attention"

METHODS: Mapping[str, Callable[[Question], Scores]] = {
    "integrated-gradients": gradients.integrated_gradients,
    "gradient-x-input": gradients.gradient_x_input,
    "occlusion": occlusion.occlusion,
    "phrase-occlusion": occlusion.phrase_occlusion,
    ATTENTION: gradients.attention,
}
# Those that only ask for predictions.
_BY_PREDICTIONS: tuple[MethodName, ...] = ("occlusion", "phrase-occlusion")

# What has to be said beside the scores of a method.
REMARKS: Mapping[str, str] = {
    ATTENTION: "attention weights are shown, but are not an explanation: they say what was mixed, without a "
    "sign, not what decided (Jain & Wallace 2019; Wiegreffe & Pinter 2019)",
}


@dataclass(frozen=True)
class Attribution:
    """Scores (T,) of the tokens of `text` for the class `label`, in log-odds; of attention, shares of 1.

    `log_odds` are those of the whole text. Methods that are complete start from the log-odds `baseline`.
    """

    text: str
    label: str
    method: str
    tokens: tuple[Token, ...]  # (T,)
    scores: Floats  # (T,)
    log_odds: float
    baseline: float | None
    steps: int | None

    @property
    def error(self) -> float | None:
        """How far the scores are from summing to `log_odds` - `baseline`; None: no sum is promised."""
        if self.baseline is None:
            return None
        return abs(float(self.scores.sum()) - (self.log_odds - self.baseline))

    @property
    def relative_error(self) -> float | None:
        """`error` as a share of `log_odds` - `baseline`; None as well where they are equal."""
        if self.error is None or self.baseline is None or self.log_odds == self.baseline:
            return None
        return self.error / abs(self.log_odds - self.baseline)

    @property
    def remark(self) -> str:
        """What has to be said beside the scores; mostly nothing."""
        return REMARKS.get(self.method, "")

    def to_json(self) -> dict[str, object]:
        """Return the attribution as JSON-ready values."""
        return {
            "text": self.text,
            "method": self.method,
            "label": self.label,
            "unit": "share" if self.method == ATTENTION else "log-odds",
            "log_odds": self.log_odds,
            "baseline": self.baseline,
            "error": self.error,
            "relative_error": self.relative_error,
            "steps": self.steps,
            "remark": self.remark,
            "tokens": [
                {"text": self.text[one.start : one.end], "start": one.start, "end": one.end, "score": score}
                for one, score in zip(self.tokens, self.scores.tolist(), strict=True)
            ],
        }


def attribute(
    predictor: Predictor, text: str, method: str | None = None, label: str | None = None
) -> Attribution:
    """Say what each token of `text` adds to the log-odds of `label`.

    Args:
        predictor: the model.
        text: any text; one without tokens is one unknown token.
        method: of `METHODS`; None: `default_method`.
        label: a class of the model; None: the predicted one.

    Raises:
        ConfigError: no such method, or the model has no attention weights.
        InputError: no such class.
        MissingExtraError: the method needs torch or Captum, which is not installed.
    """
    method = method or default_method(predictor.model)
    return answer(Question.of(predictor, text, label), method)


def answer(question: Question, method: str) -> Attribution:
    """Answer a question by a method."""
    if method not in METHODS:
        raise ConfigError(f"no attribution method is called {method!r}; choose one of: {', '.join(METHODS)}")
    found = METHODS[method](question)
    return Attribution(
        text=question.text,
        label=question.label,
        method=method,
        tokens=question.spans,
        scores=np.asarray(found.values, np.float64),
        log_odds=found.whole,
        baseline=found.baseline,
        steps=found.steps,
    )


def default_method(model: Model) -> MethodName:
    """Return the method that won on validation data for models of this kind, where it can be used."""
    if not gradients.has_gradients(model):
        return DEFAULT_METHOD
    return DEFAULT_METHODS.get(model.config.network.encoder, DEFAULT_METHOD)


def methods_for(model: Model) -> tuple[str, ...]:
    """Return the methods that can be used on a model: attention only where it pools by it.

    An exported model has no gradients, nor weights of attention; n-grams have no vectors to differentiate by.
    """
    if not gradients.has_gradients(model):
        return _BY_PREDICTIONS
    return tuple(name for name in METHODS if name != ATTENTION or gradients.attends(model))
