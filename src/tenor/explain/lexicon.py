"""`Lexicon`: the words of a model by id, as a reader names them."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tenor.data.suggestion import listed, suggestion
from tenor.errors import InputError
from tenor.text.pipeline import TextPipeline
from tenor.text.rule import Rule

Ids = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Lexicon:
    """The vocabulary of a pipeline without its two specials."""

    pipeline: TextPipeline

    @property
    def unit(self) -> str:
        """What a token is: "word", or "piece" where the tokenizer cuts words."""
        return "word" if isinstance(self.pipeline.tokenizer, Rule) else "piece"

    @property
    def unknown(self) -> int:
        """The id that any word is read as which the vocabulary lacks."""
        return self.pipeline.vocabulary.unknown

    def first(self, most: int | None = None) -> Ids:
        """Return the first ids of the vocabulary: of one made here, the most frequent words."""
        vocabulary = self.pipeline.vocabulary
        every = np.arange(len(vocabulary), dtype=np.int32)
        return np.asarray(every[(every != vocabulary.pad) & (every != vocabulary.unknown)][:most])

    def word(self, index: int) -> str:
        """Return the word of an id."""
        return self.pipeline.vocabulary.token(index)

    def find(self, word: str) -> int:
        """Return the id of a word, however it is written.

        Raises:
            InputError: it is no single token, or the vocabulary lacks it.
        """
        vocabulary = self.pipeline.vocabulary
        tokens = [word] if word in vocabulary else self.pipeline.tokenizer.tokenize(word)
        if len(tokens) != 1:
            found = f"{len(tokens)} {self.unit}s ({listed(tokens)})" if tokens else f"no {self.unit}"
            raise InputError(f"{word!r} is {found} to this model; give one {self.unit} at a time")
        if tokens[0] not in vocabulary:
            close = suggestion(tokens[0], self._words())
            raise InputError(
                f"the model does not know the {self.unit} {tokens[0]!r}{close or '; give another one'}"
            )
        return vocabulary.ids(tokens)[0]

    def _words(self) -> Iterable[str]:
        return (self.word(index) for index in self.first().tolist())
