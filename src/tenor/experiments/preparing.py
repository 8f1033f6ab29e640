"""`Prepared`: a dataset as a text configuration reads it, for one training run or many."""

from dataclasses import dataclass
from functools import cached_property

from tenor.config.text import TextConfig
from tenor.data.example import Dataset
from tenor.errors import DataError
from tenor.evaluation.data_report import DataReport, Encoded, data_report, encode_splits
from tenor.experiments import scoring
from tenor.text.pipeline import TextPipeline
from tenor.training.loop import Labelled


@dataclass(frozen=True)
class Prepared:
    """Vocabulary of the training split, and the ids of all splits."""

    dataset: Dataset
    pipeline: TextPipeline
    encoded: Encoded

    @cached_property
    def report(self) -> DataReport:
        """What the data looks like to the pipeline."""
        return data_report(self.dataset, self.pipeline, self.encoded)

    @cached_property
    def labelled(self) -> dict[str, Labelled]:
        """Ids and classes of the training split and, where there is one, of the validation split."""
        return {
            split: Labelled(
                self.encoded[split][0], scoring.class_indices(self.dataset.split(split), self.dataset.classes)
            )
            for split in ("train", "validation")
            if self.dataset.split(split)
        }


def prepare(dataset: Dataset, config: TextConfig) -> Prepared:
    """Make the text pipeline from the training split, and read all splits with it."""
    examples = dataset.split("train")
    if not examples:
        raise DataError(f"{dataset.name} has no training examples; give a file or split that holds some")
    pipeline = TextPipeline.build([example.text for example in examples], config)
    return Prepared(dataset, pipeline, encode_splits(dataset, pipeline))
