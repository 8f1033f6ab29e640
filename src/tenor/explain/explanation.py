"""`Explanation`: all there is to say of one text: its prediction, its trajectory, an attribution."""

from dataclasses import dataclass

from tenor.config.attribution import MethodName
from tenor.errors import MissingExtraError, ModelError
from tenor.explain.attribution import Attribution, answer, default_method
from tenor.explain.question import Question
from tenor.explain.trajectory import Trajectory, trajectory
from tenor.inference.predictor import Prediction, Predictor

# What stands in for a default method that cannot be used here: all it needs is to predict.
ALWAYS_THERE: MethodName = "occlusion"


@dataclass(frozen=True)
class Explanation:
    """How the prediction for a text came about, and on which words it rests."""

    prediction: Prediction
    trajectory: Trajectory
    attribution: Attribution
    note: str | None  # why the attribution is not by the default method; mostly None


def explain(
    predictor: Predictor, text: str, method: str | None = None, label: str | None = None
) -> Explanation:
    """Explain a text.

    Args:
        predictor: the model.
        text: any text.
        method: of attribution; None: the default one of such models, or `ALWAYS_THERE` where that needs a
            library that is not installed, or the network itself and there is only a graph of it.
        label: the class that the attribution is about; None: the predicted one.

    Raises:
        ConfigError: no such method, or the model has no attention weights.
        InputError: no such class.
        MissingExtraError: the method that was named needs a library that is not installed.
        ModelError: the method that was named needs the network itself.
    """
    question = Question.of(predictor, text, label)  # first: what is wrong is said before the long work
    attribution, note = _attribution(question, method)
    (prediction,) = predictor.predictions([text])
    return Explanation(prediction, trajectory(predictor, text), attribution, note)


def _attribution(question: Question, method: str | None) -> tuple[Attribution, str | None]:
    if method is not None:
        return answer(question, method), None
    default = default_method(question.predictor.model)
    try:
        return answer(question, default), None
    except (MissingExtraError, ModelError) as error:
        note = f"scores are by {ALWAYS_THERE}, not by {default}, the default for this model: {error}"
        return answer(question, ALWAYS_THERE), note
