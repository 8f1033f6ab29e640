"""`Cost`: what an exported model loses, on labelled texts, against the network it was made from."""

from dataclasses import dataclass

from tenor.config.data import DataConfig
from tenor.config.evaluation import EvaluationConfig
from tenor.evaluation.intervals import Interval
from tenor.evaluation.paired import paired_bootstrap
from tenor.experiments import scoring
from tenor.experiments.evaluating import choose
from tenor.inference.predictor import Predictor


@dataclass(frozen=True)
class Cost:
    """Accuracy of both on the same texts."""

    source: str
    split: str
    rows: int
    network: float
    exported: float
    difference: Interval  # exported minus network, over other texts
    changed: int  # texts with another label

    def to_json(self) -> dict[str, object]:
        """Return the fields as JSON-ready values."""
        return {
            "source": self.source,
            "split": self.split,
            "rows": self.rows,
            "accuracy_of_network": self.network,
            "accuracy_of_export": self.exported,
            "difference": self.difference.to_json(),
            "changed_labels": self.changed,
        }


def cost(
    network: Predictor,
    exported: Predictor,
    data: DataConfig,
    config: EvaluationConfig,
    *,
    split: str | None = None,
) -> Cost:
    """Read `split` of `data`, by default its test split, with both.

    Raises:
        DataError: as `data.load`; no such split, labels the model does not know.
    """
    dataset, split = choose(network, data, split)
    examples = dataset.split(split)
    ours, theirs = (scoring.predict(one, examples) for one in (network, exported))
    before, after = (one.probabilities.argmax(1) for one in (ours, theirs))
    right = before == ours.labels, after == ours.labels
    difference, _ = paired_bootstrap(right[1], right[0], resamples=config.resamples, seed=config.seed)
    return Cost(
        source=data.source,
        split=split,
        rows=len(examples),
        network=float(right[0].mean()),
        exported=float(right[1].mean()),
        difference=difference,
        changed=int((before != after).sum()),
    )
