"""`Adversarial`: the loss of labelled texts, changed so that it is as large as it can become nearby."""

from dataclasses import dataclass, field

from tenor.batching import Batch
from tenor.nn.classifier import Classifier
from tenor.training.checkpoint import random_state, set_random_state
from tenor.training.objectives.objective import Step
from tenor.training.objectives.perturbation import Perturbation
from tenor.training.objectives.supervised import Supervised


@dataclass(frozen=True)
class Adversarial:
    """Adversarial training (Goodfellow et al. 2015, for texts Miyato et al. 2017, eq. 2 to 4).

        L = -mean_n log p(y_n | s_n + r_n; theta),    r_n = epsilon g / |g|,
        g = -grad_s log p(y_n | s_n; theta)

    with s_n the word vectors of text n. r is a constant: no gradient goes through it. Both passes have the
    same dropout, as in the authors' code that of the vectors; here that of later layers as well, so that g is
    the gradient of the function that is then minimised.
    """

    perturbation: Perturbation
    supervised: Supervised = field(default_factory=Supervised)

    @property
    def counts_correct(self) -> bool:
        """Whether its steps say how many were right: not of changed texts."""
        return False

    def __call__(self, module: Classifier, batch: Batch) -> Step:
        """Compute the loss of one labelled batch."""
        targets, loss = batch.targets, self.supervised.loss
        assert targets is not None, "a supervised batch has targets"  # noqa: S101
        around = self.perturbation.around(module, module.read(batch))
        device = around.deviation.device
        state = random_state(device)
        gradient = around.gradient(module, around.zero(), lambda logits: loss(logits, targets))
        rows = around.steepest(gradient, self.perturbation.epsilon)
        set_random_state(state, device)
        return Step(loss(module.forward_embedded(around.at(rows)), targets))
