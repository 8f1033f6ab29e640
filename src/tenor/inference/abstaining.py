"""Which predictions of a model are held back, as a user asks for it: unsure ones, and unlike texts."""

from dataclasses import replace

from tenor.errors import ConfigError
from tenor.evaluation.abstention import Abstention, below, reaching
from tenor.evaluation.temperature import softmax
from tenor.model import Model


def rule(
    model: Model, abstain_below: float | None, target_accuracy: float | None, *, per_class: bool
) -> Abstention | None:
    """Return the rule that a probability or a target accuracy stands for; None where neither is given.

    What it keeps of the model's validation data is measured, where the model holds some.

    Raises:
        ConfigError: a share outside 0 to 1, both shares at once, a target that no threshold reaches, one for
            a model without validation data, `per_class` without a target.
    """
    if abstain_below is not None and target_accuracy is not None:
        raise ConfigError(
            "a probability to abstain below and a target accuracy, which chooses one, were both given; "
            "give one of them"
        )
    if per_class and target_accuracy is None:
        raise ConfigError(
            "thresholds per class are chosen by a target accuracy; give one as well (target_accuracy, "
            "--target-accuracy)"
        )
    held_out = model.held_out
    if target_accuracy is not None:
        if held_out is None:
            raise ConfigError(
                "the model holds no validation data (it was trained without a validation split or by an "
                "older Tenor, or exported in int8), so no threshold can be chosen; train it again with a "
                "validation split, or give a threshold (abstain_below, --abstain-below)"
            )
        probabilities = softmax(held_out.logits, model.temperature)
        return reaching(target_accuracy, held_out.labels, probabilities, model.classes, per_class=per_class)
    if abstain_below is None:
        return None
    found = below(abstain_below, len(model.classes))
    if held_out is None:
        return found
    kept = found.kept(held_out.labels, softmax(held_out.logits, model.temperature))
    return replace(found, validation=kept)


def most_unknown(model: Model) -> float:
    """Return the share of unknown words above which a text is unlike those the model was made with.

    99 of 100 of these have at most that share, and it is never below 1 % (`text.familiarity`).

    Raises:
        ConfigError: the model does not know what such texts look like.
    """
    if model.familiarity is None:
        raise ConfigError(
            "the model does not hold how many words of its validation texts are unknown, so no text can be "
            "called unfamiliar; train it again, or give a probability (abstain_below, --abstain-below)"
        )
    return model.familiarity.unknown_limit
