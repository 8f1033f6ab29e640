"""Networks that read padding as if it were text: the usual mistakes, made on purpose.

Everything else is as Tenor builds it: same weights, same batches, same trainer. Only what becomes of the
places after a text's end is wrong, and it is wrong in training and in testing alike.
"""

from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional as F

from tenor.nn.classifier import Classifier
from tenor.nn.encoder import Embedded, Encoded, Encoder, State


class LastPlace(nn.Module):
    """Reads the output at the last place of the rectangle, `output[:, -1]`, padding or not."""

    name = "last place"

    def __init__(self, size: int) -> None:
        super().__init__()
        self.output_size = size

    def forward(self, encoded: Encoded, mask: Tensor) -> Tensor:
        """(B, T, H), (B, T) -> (B, H)."""
        return encoded.sequence[:, -1]


class LastOfBatch(nn.Module):
    """Reads the output at the last place of the longest text of the batch, whose padding others read."""

    name = "last of batch"

    def __init__(self, size: int) -> None:
        super().__init__()
        self.output_size = size

    def forward(self, encoded: Encoded, mask: Tensor) -> Tensor:
        """(B, T, H), (B, T) -> (B, H)."""
        # Tenor's batches may be a little wider than their longest text.
        return encoded.sequence[:, int(mask.sum(1).max()) - 1]


class MeanOfPlaces(nn.Module):
    """Takes the mean over all places of the rectangle, `output.mean(1)`, padding included."""

    name = "mean of places"

    def __init__(self, size: int) -> None:
        super().__init__()
        self.output_size = size

    def forward(self, encoded: Encoded, mask: Tensor) -> Tensor:
        """(B, T, H), (B, T) -> (B, H)."""
        return encoded.sequence.mean(1)


class Widened(nn.Module):
    """Gives an encoder every text padded to `width` places, whatever the width of its batch.

    Padding is what an embedding gives for it, zeros. No text may be longer than `width`.
    """

    def __init__(self, encoder: Encoder, width: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.width = width
        self.output_size = encoder.output_size
        self.streams = False  # the whole text is needed to know what is padded

    def forward(self, embedded: Embedded, state: State | None = None) -> Encoded:
        """(B, T, D) -> sequence (B, width, H), last (B, H)."""
        more = self.width - embedded.x.shape[1]  # below 0: places that no text has are cut off
        x = F.pad(embedded.x, (0, 0, 0, more))
        return self.encoder(Embedded(x, F.pad(embedded.mask, (0, more))), state)

    def initial_state(self, batch_size: int) -> State:
        """Return the state before the first token."""
        return self.encoder.initial_state(batch_size)


@dataclass(frozen=True)
class Reading:
    """How a network reads: the pooling it is built with, and what is then put in the place of it."""

    pooling: str
    wrong: type[LastPlace] | type[LastOfBatch] | type[MeanOfPlaces] | None = None  # None: the right way
    fixed: bool = False  # padded to the greatest length allowed, not to the longest text of the batch

    def put_into(self, module: Classifier, width: int) -> None:
        """Make a network that was built with `pooling` read this way; its weights stay."""
        if self.wrong is not None:
            module.add_module("pooling", self.wrong(module.encoder.output_size))
        if self.fixed:
            module.add_module("encoder", Widened(module.encoder, width))


READINGS: dict[str, Reading] = {
    "last": Reading("last"),
    "mean": Reading("mean"),
    "mean-max": Reading("mean-max"),
    "last place": Reading("last", LastOfBatch),
    "last place, fixed width": Reading("last", LastPlace, fixed=True),
    "mean of places, fixed width": Reading("mean", MeanOfPlaces, fixed=True),
}
