"""What commands say of predictions that are held back."""

from typing import TYPE_CHECKING

from tenor.cli.console import Terminal

if TYPE_CHECKING:
    from tenor.inference.predictor import Prediction, Predictor

AMBIGUOUS = "ambiguous"  # in place of the label


def label(prediction: "Prediction") -> str:
    """Return the label, or that there is none to rely on."""
    return AMBIGUOUS if prediction.abstained else prediction.label


def note(terminal: Terminal, predictor: "Predictor") -> None:
    """Say which predictions are held back and what that did on validation data; nothing where none are."""
    from tenor.report import confidence

    if predictor.abstention is not None:
        terminal.note(confidence.abstention_sentence(predictor.abstention.to_json(), predictor.classes))
    if predictor.most_unknown is not None:
        terminal.note(confidence.unfamiliar_sentence(predictor.most_unknown))
