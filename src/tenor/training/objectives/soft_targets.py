"""`SoftTargets`: the probabilities of a teacher as what is to be learned."""

from dataclasses import dataclass

from torch import Tensor
from torch.nn import functional as F

from tenor.nn.classifier import Classifier
from tenor.training.objectives.objective import Step
from tenor.training.soft_reading import SoftBatch


@dataclass(frozen=True)
class SoftTargets:
    """Learn a teacher's distributions, and the labels where there are any (Hinton et al. 2015, section 2).

        L = mean over texts of (1 - w) T^2 KL(q || softmax(z / T)) + w c[y] (-log softmax(z)[y])

    z are the student's logits; q the teacher's distribution, made of its logits at the same temperature T; y
    the label and c its class's weight, 1 without `weights`; w is `labels`, and 0 for a text without a label.
    KL is cross-entropy less the entropy of q, which the student cannot change. The gradient of the first term
    at z is (1 - w) T (softmax(z / T) - q); for high T the difference shrinks as 1 / T, so that without the
    factor T^2 the whole would shrink as 1 / T^2 and the labels decide alone.
    """

    temperature: float
    labels: float
    weights: Tensor | None = None  # (C,)

    @property
    def counts_correct(self) -> bool:
        """Whether its steps say how many were right: by label, else by the teacher's likeliest class."""
        return True

    def __call__(self, module: Classifier, batch: SoftBatch) -> Step:
        """Compute the loss of one batch."""
        targets = batch.texts.targets
        assert targets is not None, "a text to learn has a target"  # noqa: S101
        logits = module(batch.texts).float()
        soft = F.log_softmax(logits / self.temperature, -1)
        apart = self.temperature**2 * F.kl_div(soft, batch.shares, reduction="none").sum(-1)  # (B,)
        weights = None if self.weights is None else self.weights.to(logits)
        wrong = F.cross_entropy(logits, targets, weight=weights, reduction="none")  # (B,)
        share = self.labels * batch.labelled.float()
        loss = ((1 - share) * apart + share * wrong).mean()
        return Step(loss, (logits.argmax(-1) == targets).sum())
