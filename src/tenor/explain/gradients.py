"""Attribution by the network itself: integrated gradients, gradient x input, the weights of attention.

Gradients are taken at the embedded tokens (`Classifier.embed`), which are word vectors and, where there are
any, log-count ratios beside them. The score of a token is the sum over all its D numbers; of several
networks, whose logits are averaged, over those of all. N-grams of a bag are looked up by the ids of the
tokens, not made from their vectors: they stay as they are and get no score.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tenor.errors import ConfigError, MissingExtraError
from tenor.evaluation.metrics import Floats
from tenor.explain.question import Question, Scores
from tenor.kernels.pooling import POOLED
from tenor.model import Model
from tenor.text.tokens import Tokens

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from tenor.nn.classifier import Classifier
    from tenor.nn.encoder import Embedded

# Steps of the integral: begun with, doubled while the sum is off, at most; and tokens read in all of them,
# beyond which there are no more than at the beginning.
_FIRST_STEPS, _MOST_STEPS, _MOST_TOKENS = 32, 512, 1 << 23
# A sum that is off by so little, in log-odds or as a share of what is explained, is exact enough.
_CLOSE, _CLOSE_SHARE = 0.001, 0.01
# Tokens that are read at once.
_AT_ONCE = 1 << 14


def integrated_gradients(question: Question) -> Scores:
    """Integrate the gradient from as many unknown tokens to the text (Sundararajan et al. 2017, eq. 1).

    Scores sum to what the log-odds of the text are above those of the baseline, up to the error of the
    integral (completeness). It is computed by Captum with Gauss-Legendre steps, twice as many until the error
    is below 0.001 or below 1 % of that, 512 at most; fewer where a text has more than 16,384 tokens.

    Raises:
        MissingExtraError: torch or Captum is not installed.
    """
    with _opened(question) as network:
        try:
            from captum.attr import IntegratedGradients  # type: ignore[import-untyped]
        except ImportError as error:
            raise MissingExtraError("captum", "explain") from error
        import torch

        integral = IntegratedGradients(network.log_odds)
        with torch.no_grad():
            whole, baseline = (float(network.log_odds(x)) for x in (network.text.x, network.baseline))
        at_once = 1 << (max(1, _AT_ONCE // network.text.x.shape[1]).bit_length() - 1)
        most = max(_FIRST_STEPS, min(_MOST_STEPS, _MOST_TOKENS // len(question.ids)))
        steps = _FIRST_STEPS
        while True:
            found = integral.attribute(
                network.text.x, network.baseline, n_steps=steps, internal_batch_size=at_once
            )
            values = network.by_token(found)
            missing = abs(values.sum() - (whole - baseline))
            if missing <= max(_CLOSE, _CLOSE_SHARE * abs(whole - baseline)) or 2 * steps > most:
                return Scores(values, whole, baseline, steps)
            steps *= 2


def gradient_x_input(question: Question) -> Scores:
    """Multiply the gradient with the embedded tokens (Denil et al. 2014): exact for linear networks."""
    with _opened(question) as network:
        import torch

        x = network.text.x.requires_grad_()
        whole = network.log_odds(x)
        (gradient,) = torch.autograd.grad(whole, x)
        return Scores(network.by_token(x.detach() * gradient), float(whole.detach()))


def attention(question: Question) -> Scores:
    """Return the weight of each token in the attention pooling: a share of 1, without sign.

    Raises:
        ConfigError: the model pools otherwise.
    """
    model = question.predictor.model
    if not attends(model):
        pooling = model.config.network.pooling
        raise ConfigError(
            f"the model pools by {pooling} and has no attention weights; take another method, or train with "
            "network.pooling=attention"
        )
    with _opened(question) as network:
        import torch

        with torch.no_grad():
            return Scores(network.attention(), question.whole)


def has_gradients(model: Model) -> bool:
    """Whether all that a model says comes from vectors of tokens, which it can be differentiated by."""
    return model.origin is None and model.ngrams is None


def attends(model: Model) -> bool:
    """Whether a model pools by attention."""
    return model.config.network.pooling not in POOLED


@dataclass(frozen=True)
class _Network:
    """Networks before one text, of which only the embedded tokens are free, those of all side by side."""

    modules: "Sequence[Classifier]"
    text: "Embedded"  # x (1, W, D), W >= T
    baseline: "Tensor"  # (1, W, D): as many unknown tokens
    target: int
    temperature: float  # that logits are divided by, as for predictions

    @classmethod
    def of(cls, modules: "Sequence[Classifier]", question: Question) -> "_Network":
        import torch

        from tenor.batching import collate, round_width
        from tenor.nn.encoder import Embedded

        device = modules[0].embedding.weight.device
        unknown = np.full_like(question.ids, modules[0].unknown)

        def embedded(ids: npt.NDArray[np.int32]) -> "Embedded":
            tokens = Tokens(ids, np.array([0, len(ids)], np.int64))
            batch = collate(tokens, width=round_width(len(ids))).to(device)
            every = [module.embed(batch) for module in modules]
            return Embedded(torch.cat([one.x for one in every], -1), every[0].mask, every[0].ids)

        with torch.no_grad():
            return cls(
                modules,
                embedded(question.ids),
                embedded(unknown).x,
                question.target,
                question.predictor.model.temperature or 1.0,
            )

    def embedded(self, x: "Tensor") -> "list[Embedded]":
        """Return what each network is given of embedded tokens (B, W, D)."""
        from tenor.nn.encoder import Embedded

        ids = self.text.ids
        mask, ids = self.text.mask.expand(len(x), -1), None if ids is None else ids.expand(len(x), -1)
        return [Embedded(part, mask, ids) for part in x.chunk(len(self.modules), -1)]

    def log_odds(self, x: "Tensor") -> "Tensor":
        """Return the log-odds (B,) of the class, of embedded tokens (B, W, D)."""
        import torch

        pairs = zip(self.modules, self.embedded(x), strict=True)
        logits = torch.stack([module.forward_embedded(own) for module, own in pairs]).mean(0)
        logits = logits / self.temperature
        others = [place for place in range(logits.shape[1]) if place != self.target]
        return logits[:, self.target] - logits[:, others].logsumexp(1)

    def attention(self) -> Floats:
        """Return the weight of each token, (T,); of several networks the mean."""
        from tenor.nn.pooling import Attention, DotAttention

        found, mask = [], self.text.mask
        for module, own in zip(self.modules, self.embedded(self.text.x), strict=True):
            pooling = module.pooling
            assert isinstance(pooling, Attention | DotAttention), "asked of models that attend"  # noqa: S101
            found.append(_numpy(pooling.weights(module.encoder(own), mask)[mask]))
        return np.asarray(np.mean(found, axis=0))

    def by_token(self, found: "Tensor") -> Floats:
        """Return the sum over the numbers of each token: (1, W, D) -> (T,)."""
        return np.asarray(_numpy(found[self.text.mask]).sum(-1))


@contextmanager
def _opened(question: Question) -> Iterator[_Network]:
    """Give the network in the mode of evaluation, ready to be differentiated; leave it as it was.

    The recurrent layers of cuDNN can be differentiated in training mode only, where dropout would be on. So
    cuDNN is left out meanwhile. Denormal numbers are flushed: gradients vanish into them in long texts.
    """
    if question.predictor.model.ngrams is not None:
        raise ConfigError(
            "gradients do not reach the n-grams of this model, which are looked up and not made of vectors; "
            "take occlusion or phrase-occlusion"
        )
    modules = [network.module for network in question.predictor.networks]
    import torch

    from tenor.training.runtime import Runtime, applied

    device = modules[0].embedding.weight.device
    training = [module.training for module in modules]
    for module in modules:
        module.eval()
    try:
        with (
            torch.inference_mode(False),
            torch.enable_grad(),
            torch.backends.cudnn.flags(enabled=False),
            applied(Runtime(device.type, "float32", torch.get_num_threads())),
        ):
            yield _Network.of(modules, question)
    finally:
        for module, before in zip(modules, training, strict=True):
            module.train(before)


def _numpy(values: "torch.Tensor") -> Floats:
    return np.asarray(values.detach().cpu().double().numpy())
