"""`Subwords`: many texts -> ids, or counts of pieces, by a tokenizer of Hugging Face `tokenizers`."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tenor.text.bulk import Encoded, Kept
from tenor.text.vocabulary import Vocabulary

if TYPE_CHECKING:
    import tokenizers

# Characters of which Python and the library think alike. Of others, such as ², they may not.
_PLAIN = re.compile("[\0-©«¬®-±´¶-¸»¿-ÿ–—‘’“”•…]*")
# Half of a UTF-16 pair, as broken JSON may hold; it has no UTF-8 form, and the library would refuse the text.
_SURROGATE = re.compile("[\ud800-\udfff]")
_TEXTS = 1024  # at a time; their encodings take several times the memory of the texts


def clean(text: str) -> str:
    """Return a text that the library takes, of the same length."""
    return _SURROGATE.sub("\ufffd", text)


@dataclass(frozen=True)
class Subwords:
    """The library reads texts in threads of its own, as many as `RAYON_NUM_THREADS` allows.

    `clean` rewrites what the library would refuse. `special` is a token that texts reach by its spelling.
    """

    tokenizer: "tokenizers.Tokenizer"
    clean: Callable[[str], str]
    special: str

    def encoder(self, vocabulary: Vocabulary) -> "SubwordEncoder":
        """Return what finds the ids of `vocabulary`."""
        return SubwordEncoder(self, self.ids(vocabulary), vocabulary.unknown)

    def ids(self, vocabulary: Vocabulary) -> npt.NDArray[np.int32]:
        """Return the id in `vocabulary` of each of the library's."""
        return np.array(vocabulary.ids(self.tokens()), dtype=np.int32)

    def count(self, texts: Iterable[str], threads: int) -> tuple[dict[str, int], int]:
        """Return how often each piece occurs, and the number of texts."""
        counts = np.zeros(len(self.tokens()), dtype=np.int64)
        number = 0
        for pieces in self.read(texts):
            counts += np.bincount(flat(pieces), minlength=len(counts))
            number += len(pieces)
        return self.named(counts), number

    def named(self, counts: npt.NDArray[np.int64]) -> dict[str, int]:
        """Return the counts of the library's ids by spelling, without those that are 0."""
        tokens = self.tokens()
        return {tokens[i]: int(counts[i]) for i in np.flatnonzero(counts)}

    def plain(self, text: str) -> bool:
        """Return whether each word of the text can be read by itself."""
        return (text.isascii() or bool(_PLAIN.fullmatch(text))) and self.special not in text

    def read(self, texts: Iterable[str]) -> Iterator[list[list[int]]]:
        """Yield the library's ids of some texts at a time."""
        cleaned = map(self.clean, texts)
        while batch := list(islice(cleaned, _TEXTS)):
            yield [one.ids for one in self.tokenizer.encode_batch_fast(batch, add_special_tokens=False)]

    def tokens(self) -> list[str]:
        """Return the spelling of each of the library's ids; those it skips have none."""
        spellings = self.tokenizer.get_vocab()
        tokens = [""] * (1 + max(spellings.values(), default=-1))
        for token, i in spellings.items():
            tokens[i] = token
        return tokens


@dataclass(frozen=True, eq=False)
class SubwordEncoder:
    """`own` holds the vocabulary's id for each of the library's."""

    subwords: Subwords
    own: npt.NDArray[np.int32]
    unknown: int

    def encode(self, texts: Iterable[str], kept: Kept, threads: int) -> Iterator[Encoded]:
        """Yield ids, offsets, and lengths before truncation, of some texts at a time, in order."""
        for pieces in self.subwords.read(texts):
            lengths = np.fromiter(map(len, pieces), dtype=np.int64, count=len(pieces))
            rows = [_cut(ids, kept) for ids in pieces]
            offsets = np.zeros(len(rows) + 1, dtype=np.int64)
            # A text without tokens has room for one unknown.
            np.cumsum([len(ids) or 1 for ids in rows], out=offsets[1:])
            whole = np.full(int(offsets[-1]), self.unknown, dtype=np.int32)
            whole[np.repeat(lengths > 0, np.diff(offsets))] = self.own[flat(rows)]
            yield whole, offsets, lengths


def _cut(ids: list[int], kept: Kept) -> list[int]:
    if len(ids) <= kept.limit:
        return ids
    return ids[: kept.front] + ids[len(ids) - (kept.limit - kept.front) :]


def flat(rows: list[list[int]]) -> npt.NDArray[np.int64]:
    """Join lists of ids."""
    return np.fromiter(chain.from_iterable(rows), dtype=np.int64)
