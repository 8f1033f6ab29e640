"""`SemiSupervised`: labelled and unlabelled texts in one step."""

from dataclasses import dataclass
from typing import Any

from tenor.nn.classifier import Classifier
from tenor.training.objectives.objective import Objective, Step
from tenor.training.pairs import Pair


@dataclass(frozen=True)
class SemiSupervised:
    """An objective for the labelled texts, and one that is a mean over both (Miyato et al. 2017, eq. 7)."""

    labelled: Objective[Any, Any]
    both: Objective[Any, Any]

    @property
    def counts_correct(self) -> bool:
        """Whether its steps say how many were right: of the labelled texts."""
        return self.labelled.counts_correct

    def __call__(self, module: Classifier, batch: Pair) -> Step:
        """Compute the loss of a labelled batch and an unlabelled one."""
        step = self.labelled(module, batch.labelled)
        texts = len(batch.labelled) + len(batch.unlabelled)
        loss = step.loss
        for part in (batch.labelled, batch.unlabelled):
            loss = loss + len(part) / texts * self.both(module, part).loss
        return Step(loss, step.correct)
