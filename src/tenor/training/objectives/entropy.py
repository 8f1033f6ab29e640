"""`Entropy`: how undecided the network is."""

from dataclasses import dataclass

from torch.nn import functional as F

from tenor.batching import Batch
from tenor.nn.classifier import Classifier
from tenor.training.objectives.objective import Step
from tenor.training.objectives.supervised import wide


@dataclass(frozen=True)
class Entropy:
    """Entropy minimization (Grandvalet & Bengio 2005; for texts Sachan et al. 2019): texts need no labels.

    L = -mean_n sum_c p(c | s_n; theta) log p(c | s_n; theta)

    The boundary between classes is moved to where there are few texts. Alone it is least when every text has
    the same class.
    """

    @property
    def counts_correct(self) -> bool:
        """Whether its steps say how many were right: labels are not looked at."""
        return False

    def __call__(self, module: Classifier, batch: Batch) -> Step:
        """Compute the loss of one batch, with or without labels."""
        found = F.log_softmax(wide(module(batch)), -1)
        return Step(-(found.exp() * found).sum(-1).mean())
