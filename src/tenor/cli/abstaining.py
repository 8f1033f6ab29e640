"""What commands say of predictions that are held back as too unsure."""

from typing import TYPE_CHECKING

from tenor.cli.console import Terminal
from tenor.report.numbers import one_line

if TYPE_CHECKING:
    from tenor.inference.predictor import Prediction, Predictor

AMBIGUOUS = "ambiguous"  # in place of the label


def label(prediction: "Prediction") -> str:
    """Return the label as it is shown, or that there is none to rely on."""
    return AMBIGUOUS if prediction.abstained else one_line(prediction.label)


def note(terminal: Terminal, predictor: "Predictor") -> None:
    """Say which predictions are held back and what that did on validation data; nothing where none are."""
    if predictor.abstention is not None:
        from tenor.report.confidence import abstention_sentence

        terminal.note(abstention_sentence(predictor.abstention.to_json(), predictor.classes))
