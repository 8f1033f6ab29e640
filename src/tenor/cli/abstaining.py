"""What commands say of predictions that are held back."""

from typing import TYPE_CHECKING

import typer

from tenor.cli.console import Terminal
from tenor.report.numbers import one_line

if TYPE_CHECKING:
    from tenor.inference.predictor import Prediction, Predictor

AMBIGUOUS = "ambiguous"  # in place of the label


def label(prediction: "Prediction") -> str:
    """Return the label as it is shown, or that there is none to rely on."""
    return AMBIGUOUS if prediction.abstained else one_line(prediction.label)


def load(context: typer.Context) -> "Predictor":
    """Load the model of a command line, which holds predictions back as its options say.

    A note says which those are, and what that did on validation data.
    """
    from tenor.inference import predictor as inference

    given = context.params
    predictor = inference.load(
        given["model"],
        abstain_below=given["abstain_below"],
        target_accuracy=given["target_accuracy"],
        per_class=given["per_class"],
        abstain_unfamiliar=given.get("abstain_unfamiliar", False),
    )
    _note(context.obj, predictor)
    return predictor


def _note(terminal: Terminal, predictor: "Predictor") -> None:
    from tenor.report import confidence

    if predictor.abstention is not None:
        terminal.note(confidence.abstention_sentence(predictor.abstention.to_json(), predictor.classes))
    if predictor.most_unknown is not None:
        terminal.note(confidence.unfamiliar_sentence(predictor.most_unknown))
