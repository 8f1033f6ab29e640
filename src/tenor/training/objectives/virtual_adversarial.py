"""`VirtualAdversarial`: how far the network's own answer can be moved by a small change of a text."""

from dataclasses import dataclass

from torch import Tensor
from torch.nn import functional as F

from tenor.batching import Batch
from tenor.nn.classifier import Classifier
from tenor.training.checkpoint import random_state, set_random_state
from tenor.training.objectives.objective import Step
from tenor.training.objectives.perturbation import Perturbation, frozen
from tenor.training.objectives.supervised import wide


@dataclass(frozen=True)
class VirtualAdversarial:
    """Virtual adversarial training (Miyato et al. 2017, eq. 5 to 7): texts need no labels.

        L = mean_n KL(p(. | s_n) || p(. | s_n + r_n; theta)),    r_n = epsilon g / |g|,
        g = grad_d KL(p(. | s_n) || p(. | s_n + d)),    d random, |d| = xi

    The gradient at the small random d is one step of the power iteration towards the direction in which the
    divergence grows fastest; at d = 0 it is 0. p(. | s_n) and r are constants: no gradient goes through them.
    All three passes have the same dropout, without which the divergence would not be 0 at r = 0.
    """

    perturbation: Perturbation
    xi: float = 0.1

    @property
    def counts_correct(self) -> bool:
        """Whether its steps say how many were right: labels are not looked at."""
        return False

    def __call__(self, module: Classifier, batch: Batch) -> Step:
        """Compute the loss of one batch, with or without labels."""
        around = self.perturbation.around(module, module.read(batch))
        device = around.deviation.device
        start = around.random(self.xi)
        state = random_state(device)
        with frozen(module):
            clean = module.forward_embedded(around.detached().read)
        set_random_state(state, device)
        gradient = around.gradient(module, start, lambda logits: divergence(clean, logits))
        rows = around.steepest(gradient, self.perturbation.epsilon)
        set_random_state(state, device)
        return Step(divergence(clean, module.forward_embedded(around.at(rows))))


def divergence(clean: Tensor, changed: Tensor) -> Tensor:
    """Logits (B, C) of both -> the mean of KL(clean || changed) over texts, (), in nats."""
    one, other = (F.log_softmax(wide(logits), -1) for logits in (clean, changed))
    return F.kl_div(other, one, reduction="batchmean", log_target=True)
