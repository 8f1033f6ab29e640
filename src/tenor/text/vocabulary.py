"""`Vocabulary`: tokens <-> ids, made from training texts only."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tenor.errors import ConfigError, DataError, ModelError

PAD = "<pad>"
UNKNOWN = "<unk>"
PAD_ID, UNKNOWN_ID = 0, 1  # of every vocabulary made here
SPECIALS = 2  # ids that stand for no token of a text


class _Ids(dict[str, int]):
    """Ids of tokens; a token that is not there has the id of the unknown one.

    `map(ids.__getitem__, tokens)` with this is twice as fast as `get` with a default in a loop.
    """

    __slots__ = ("unknown",)

    def __init__(self, tokens: Iterable[tuple[str, int]], unknown: int) -> None:
        super().__init__(tokens)
        self.unknown = unknown

    def __missing__(self, token: str) -> int:
        return self.unknown


@dataclass(frozen=True)
class Vocabulary:
    """V tokens by id. `pad` and `unknown` are the ids of the two specials, written `<pad>` and `<unk>`.

    No text can reach a special by spelling it: a token `<pad>` of a text is unknown, like any word that
    is not there.
    """

    tokens: tuple[str, ...]  # (V,), specials included
    pad: int
    unknown: int
    _ids: _Ids = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        size = len(self.tokens)
        if not (0 <= self.pad < size and 0 <= self.unknown < size and self.pad != self.unknown):
            raise ModelError(
                f"a vocabulary of {size} tokens has pad {self.pad} and unknown {self.unknown}; "
                "they must be two different ids within it"
            )
        specials = {self.pad, self.unknown}
        ids = _Ids(((t, i) for i, t in enumerate(self.tokens) if i not in specials), self.unknown)
        if len(ids) != size - SPECIALS:
            twice = next(t for i, t in enumerate(self.tokens) if i not in specials and ids[t] != i)
            raise ModelError(
                f"the vocabulary holds the token {twice!r} more than once; every token needs one id"
            )
        object.__setattr__(self, "_ids", ids)

    @classmethod
    def build(
        cls, token_lists: Iterable[Sequence[str]], max_size: int | None, min_count: int
    ) -> "Vocabulary":
        """Return the vocabulary of the training texts; see `of_counts`."""
        return cls.of_counts(*count(token_lists), max_size, min_count)

    @classmethod
    def of_counts(
        cls, counts: Mapping[str, int], texts: int, max_size: int | None, min_count: int
    ) -> "Vocabulary":
        """Return the tokens of `texts` training texts, the most frequent first, then in order of spelling.

        `max_size` counts the two specials (pad 0, unknown 1); tokens seen less than `min_count` times are
        left out. Raises `DataError` when no token is left.
        """
        if max_size is not None and max_size <= SPECIALS:
            raise ConfigError(
                f"max_size is {max_size}, and padding and unknown take {SPECIALS}; "
                f"give {SPECIALS + 1} or more, or none for no limit"
            )
        words = counts.keys() - {PAD, UNKNOWN}
        ranked = _ranked(words, counts, min_count)
        if not ranked:
            raise DataError(
                f"the {texts} training texts hold {len(words)} different words, none of them "
                f"{min_count} times or more; give more texts, or lower text.min_count"
            )
        kept = ranked if max_size is None else ranked[: max_size - SPECIALS]
        return cls((PAD, UNKNOWN, *kept), pad=PAD_ID, unknown=UNKNOWN_ID)

    def extended(self, counts: Mapping[str, int], max_size: int | None, min_count: int) -> "Vocabulary":
        """Return these tokens with their ids, and behind them those of other texts that are not there.

        As in `of_counts` the most frequent come first, `max_size` is of all, and tokens seen less than
        `min_count` times are left out. Raises `ConfigError` when there is no room for any.
        """
        if max_size is not None and max_size <= len(self):
            raise ConfigError(
                f"text.max_size is {max_size:,}, and the vocabulary that is to be extended has {len(self):,} "
                "tokens already; set text.max_size to more, or to null for no limit"
            )
        ranked = _ranked(counts.keys() - self._ids.keys() - {PAD, UNKNOWN}, counts, min_count)
        room = None if max_size is None else max_size - len(self)
        return Vocabulary((*self.tokens, *ranked[:room]), pad=self.pad, unknown=self.unknown)

    def __len__(self) -> int:
        return len(self.tokens)

    def __contains__(self, token: object) -> bool:
        return token in self._ids

    def ids(self, tokens: Iterable[str]) -> list[int]:
        """Return the id of each token, `unknown` for those that are not there."""
        return list(map(self._ids.__getitem__, tokens))

    def token(self, index: int) -> str:
        """Return the token of an id."""
        return self.tokens[index]

    def to_json(self) -> dict[str, object]:
        """Return the JSON form."""
        return {"tokens": list(self.tokens), "pad": self.pad, "unknown": self.unknown}

    @classmethod
    def from_json(cls, value: object) -> "Vocabulary":
        """Return the vocabulary of `to_json`; `ModelError` when it is damaged."""
        match value:
            case {"tokens": [*tokens], "pad": int(pad), "unknown": int(unknown)} if all(
                isinstance(token, str) for token in tokens
            ):
                return cls(tuple(tokens), pad=pad, unknown=unknown)
        raise ModelError(
            "the model's vocabulary is damaged (expected a list of tokens and the ids pad and unknown); "
            "restore the model from a copy, or train it again"
        )


def count(token_lists: Iterable[Sequence[str]]) -> tuple[Counter[str], int]:
    """Return how often each token occurs, and the number of texts."""
    counts: Counter[str] = Counter()
    texts = 0
    for tokens in token_lists:
        counts.update(tokens)
        texts += 1
    return counts, texts


def _ranked(words: Iterable[str], counts: Mapping[str, int], min_count: int) -> list[str]:
    """Return the words seen `min_count` times or more, the most frequent first, then in order of spelling."""
    ranked = sorted(word for word in words if counts[word] >= min_count)
    ranked.sort(key=counts.__getitem__, reverse=True)  # which leaves equals in their order
    return ranked
