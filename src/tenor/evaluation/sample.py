"""`Sample`: a handful of texts as the network will see them: tokens, ids, and one padded batch."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tenor.evaluation.metrics import Ints
from tenor.text.pipeline import TextPipeline


@dataclass(frozen=True, slots=True)
class SampleText:
    """One text: the tokens that are left of it, and how the vocabulary reads each."""

    text: str
    tokens: tuple[str, ...]
    known: tuple[str, ...]  # the same, unknown tokens as the vocabulary writes them
    ids: tuple[int, ...]


@dataclass(frozen=True)
class Sample:
    """Some texts and the batch they make; `mask` is True where there is a token."""

    texts: tuple[SampleText, ...]
    ids: Ints  # (B, T), padded behind each text
    mask: npt.NDArray[np.bool_]  # (B, T)

    def to_json(self) -> dict[str, object]:
        """Return the sample as JSON-ready values."""
        return {
            "texts": [
                {
                    "text": one.text,
                    "tokens": list(one.tokens),
                    "known": list(one.known),
                    "ids": list(one.ids),
                }
                for one in self.texts
            ],
            "batch": {"shape": list(self.ids.shape), "ids": self.ids.tolist(), "mask": self.mask.tolist()},
        }


def sample(texts: Sequence[str], pipeline: TextPipeline) -> Sample:
    """Show `texts` as `pipeline` encodes them."""
    tokens = pipeline.encode(texts)
    vocabulary = pipeline.vocabulary
    rows = np.split(tokens.ids, tokens.offsets[1:-1]) if len(tokens) else []
    padded = tokens.padded(vocabulary.pad)
    return Sample(
        texts=tuple(
            SampleText(
                text,
                tuple(token.text for token in pipeline.spans(text)),
                tuple(vocabulary.token(i) for i in ids.tolist()),
                tuple(ids.tolist()),
            )
            for text, ids in zip(texts, rows, strict=True)
        ),
        ids=padded,
        mask=np.arange(padded.shape[1]) < tokens.lengths[:, None],
    )
