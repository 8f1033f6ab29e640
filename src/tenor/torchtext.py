"""What users of torchtext knew it by: lookups, tokenizers, word vectors, batches of like length.

torchtext is no longer developed, and its last release does not load beside today's torch. Names and meanings
here are those of its 0.18, so that old notebooks need new imports and little else. What was wrong in them is
not kept: padding is told apart by lengths, word vectors are read without network and without pickle.
`docs/from-torchtext.md` sets old calls beside new ones.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tenor.errors import ConfigError, InputError

if TYPE_CHECKING:
    import torch

    from tenor.batching import Batch

Tokenize = Callable[[str], list[str]]


def get_tokenizer(name: str | Tokenize | None) -> Tokenize:
    """Return what cuts a text into tokens: "basic_english", any other rule of Tenor, or a function as it is.

    None splits at white space. Raises `ConfigError` for a name that is none of these.
    """
    if name is None:
        return str.split
    if callable(name):
        return name
    from tenor.text.tokenizer import build

    if name == "bpe":
        raise ConfigError("bpe is learned from training texts; name another tokenizer, or give a function")
    return build(name, [], max_size=None, min_count=1).tokenize


def ngrams_iterator(tokens: Sequence[str], ngrams: int) -> Iterator[str]:
    """Yield the tokens, then their pairs, and so on up to `ngrams` tokens, joined by spaces."""
    for size in range(1, ngrams + 1):
        for start in range(len(tokens) - size + 1):
            yield " ".join(tokens[start : start + size])


class Vocab:
    """Tokens <-> ids, which may grow; called with tokens it returns their ids.

    A token that is not there has the default index; without one it is an error. For training, `Vocabulary`
    is the thing to use: it never changes, and padding and unknown are part of it.
    """

    def __init__(self, tokens: Iterable[str]) -> None:
        self._itos: list[str] = []
        self._stoi: dict[str, int] = {}
        self._default: int | None = None
        for token in tokens:
            self.append_token(token)

    def __call__(self, tokens: Iterable[str]) -> list[int]:
        """Return the id of each token."""
        return self.lookup_indices(tokens)

    def __len__(self) -> int:
        return len(self._itos)

    def __contains__(self, token: object) -> bool:
        return token in self._stoi

    def __getitem__(self, token: str) -> int:
        found = self._stoi.get(token, self._default)
        if found is None:
            raise InputError(
                f"the token {token!r} is not among the {len(self)} of the vocabulary; "
                'set_default_index(vocab["<unk>"]) gives unknown tokens an id'
            )
        return found

    def set_default_index(self, index: int | None) -> None:
        """Set the id of tokens that are not there; None: they are an error."""
        self._default = index

    def get_default_index(self) -> int | None:
        """Return the id of tokens that are not there, None if they are an error."""
        return self._default

    def append_token(self, token: str) -> None:
        """Add a token behind all others."""
        self.insert_token(token, len(self))

    def insert_token(self, token: str, index: int) -> None:
        """Add a token at `index`, from 0 to the size; those behind it move up by one."""
        if token in self._stoi:
            raise InputError(
                f"the token {token!r} has the id {self._stoi[token]} already; a token has one id"
            )
        if not 0 <= index <= len(self):
            raise InputError(f"a token cannot stand at {index}; give 0 to {len(self)}, the vocabulary's size")
        self._itos.insert(index, token)
        for place in range(index, len(self)):
            self._stoi[self._itos[place]] = place

    def lookup_token(self, index: int) -> str:
        """Return the token of an id."""
        if not 0 <= index < len(self):
            raise InputError(f"there is no id {index}; the vocabulary has 0 to {len(self) - 1}")
        return self._itos[index]

    def lookup_tokens(self, indices: Iterable[int]) -> list[str]:
        """Return the token of each id."""
        return [self.lookup_token(index) for index in indices]

    def lookup_indices(self, tokens: Iterable[str]) -> list[int]:
        """Return the id of each token."""
        return [self[token] for token in tokens]

    def get_itos(self) -> list[str]:
        """Return all tokens in the order of their ids."""
        return list(self._itos)

    def get_stoi(self) -> dict[str, int]:
        """Return the id of every token."""
        return dict(self._stoi)


def vocab(
    counts: Mapping[str, int],
    min_freq: int = 1,
    specials: Sequence[str] | None = None,
    special_first: bool = True,
) -> Vocab:
    """Return the vocabulary of tokens with their counts, in the order given, beside the specials."""
    specials = list(specials or ())
    tokens = [token for token, seen in counts.items() if seen >= min_freq and token not in specials]
    return Vocab([*specials, *tokens] if special_first else [*tokens, *specials])


def build_vocab_from_iterator(
    iterator: Iterable[Iterable[str]],
    min_freq: int = 1,
    specials: Sequence[str] | None = None,
    special_first: bool = True,
    max_tokens: int | None = None,
) -> Vocab:
    """Return the vocabulary of texts that are tokens: the most frequent first, then in order of spelling.

    `max_tokens` counts the specials. Give training texts only: words of test texts are not known in use.
    """
    counts: Counter[str] = Counter()
    for tokens in iterator:
        counts.update(tokens)
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    if max_tokens is not None:
        room = max_tokens - len(specials or ())
        if room <= 0:
            raise ConfigError(
                f"max_tokens is {max_tokens}, and there are {len(specials or ())} specials; "
                "give more, or None for no limit"
            )
        ranked = ranked[:room]
    return vocab(dict(ranked), min_freq, specials, special_first)


def get_vecs_by_tokens(
    path: str | Path, tokens: Sequence[str], lower_case_backup: bool = False
) -> "torch.Tensor":
    """Return the vectors of some tokens, (V, D) float32, from a text file of GloVe or word2vec or its .gz.

    A token that the file does not hold has zeros; with `lower_case_backup` the vector of its lower-case form,
    if there is one. Only the lines of these tokens are parsed and kept. Raises `DataError` for a file that is
    no such thing, with the number of the line.
    """
    import torch

    from tenor.text.vectors import read
    from tenor.text.vocabulary import Vocabulary

    wanted = list(dict.fromkeys([*tokens, *(t.lower() for t in tokens if lower_case_backup)]))
    # Specials that no token of a file can be: its tokens end at a line's first space.
    vocabulary = Vocabulary(("\n", "\n\n", *(t for t in wanted if t not in {"\n", "\n\n"})), pad=0, unknown=1)
    vectors = read(Path(path), vocabulary, None)
    rows = np.array(vocabulary.ids(tokens), np.int64)
    if lower_case_backup:
        lower = np.array(vocabulary.ids(t.lower() for t in tokens), np.int64)
        rows = np.where(vectors.found[rows], rows, lower)
    return torch.from_numpy(vectors.matrix[rows])


def to_tensor(ids: Sequence[Sequence[int]], padding_value: int = 0) -> "torch.Tensor":
    """Return ids of B texts as a rectangle (B, T) int64, T the longest, `padding_value` behind each end."""
    import torch

    from tenor.text.tokens import Tokens

    return torch.from_numpy(Tokens.of(ids).padded(padding_value))


@dataclass
class BucketIterator:
    """Batches of texts of about the same length, so that little is padded.

    Each pass is an epoch: with `shuffle` its order depends on `seed` and the number of the pass alone;
    without, the shortest texts come first. A batch has `ids` (B, T), `lengths` (B,), `mask` (B, T) and
    `targets` (B,). Texts without tokens are refused: nothing of them could be read.
    """

    texts: Sequence[Sequence[int]]  # ids of N texts
    labels: Sequence[int]  # (N,) indices of classes
    batch_size: int
    shuffle: bool = True
    seed: int = 0
    padding_value: int = 0
    _epochs: Iterator[int] = field(default_factory=count, init=False, repr=False)

    def __post_init__(self) -> None:
        if len(self.texts) != len(self.labels):
            raise InputError(
                f"there are {len(self.texts)} texts and {len(self.labels)} labels; give one label a text"
            )
        empty = next((row for row, ids in enumerate(self.texts) if not len(ids)), None)
        if empty is not None:
            raise InputError(
                f"text {empty} has no tokens; give it the id of the unknown token, or leave it out"
            )
        if self.batch_size < 1:
            raise ConfigError(f"batch_size is {self.batch_size}; give 1 or more")

    def __len__(self) -> int:
        """Return the number of batches of a pass."""
        return math.ceil(len(self.texts) / self.batch_size)

    def __iter__(self) -> "Iterator[Batch]":
        from tenor.batching import Batches
        from tenor.text.tokens import Tokens

        tokens = Tokens.of(self.texts)
        batches = Batches(tokens, np.asarray(self.labels, np.int64), self.batch_size, self.seed)
        ranked = np.argsort(tokens.lengths, kind="stable")
        starts = range(0, len(ranked), self.batch_size)
        in_turn = [ranked[start : start + self.batch_size] for start in starts]
        for rows in batches.order(next(self._epochs)) if self.shuffle else in_turn:
            batch = batches.batch(rows)
            yield replace(batch, ids=batch.ids.masked_fill(~batch.mask, self.padding_value))
