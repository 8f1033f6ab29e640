"""`Bpe`: subwords learned from the training texts, through Hugging Face `tokenizers`."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from tenor.errors import ConfigError, ModelError
from tenor.text.bulk import Bulk
from tenor.text.cutting import last_blank
from tenor.text.subwords import Subwords, clean
from tenor.text.token import Token

if TYPE_CHECKING:
    import tokenizers

# What may be a tag, and white space as the library has it.
_TAG_OR_BLANK = re.compile(r"<(?:/?[a-zA-Z]|!)[^<>]*(?:>|\Z)|([^\S\x1c-\x1f])")

BEGINS_WORD = "▁"  # what the first piece of a word begins with
UNKNOWN = "<unk>"  # what a character never seen in training becomes


@dataclass(frozen=True)
class Bpe:
    """Byte-pair encoding of lower-cased words (Sennrich et al. 2016), over characters.

    Tags are dropped, words keep inner apostrophes, runs of punctuation are words too. A piece that begins a
    word begins with `▁`. A character never seen in training becomes `<unk>`. `state` is the library's own
    JSON.
    """

    name: ClassVar[str] = "bpe"

    state: str
    _tokenizer: "tokenizers.Tokenizer" = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        import tokenizers

        try:
            tokenizer = tokenizers.Tokenizer.from_str(self.state)
        except Exception as error:  # the library raises nothing more precise
            raise ModelError(
                f"the model's bpe tokenizer cannot be read ({error}); "
                "restore the model from a copy, or train it again"
            ) from error
        object.__setattr__(self, "_tokenizer", tokenizer)

    @classmethod
    def build(cls, texts: Iterable[str], *, max_size: int | None, min_count: int) -> "Bpe":
        """Learn merges from `texts` until `max_size` tokens, or until no pair occurs `min_count` times.

        The same texts in any order give the same tokenizer.
        """
        from tokenizers import trainers

        if max_size is None:
            raise ConfigError(
                "the bpe tokenizer merges letters until its vocabulary is full, and max_size is none: "
                "set text.max_size, for example 16000"
            )
        tokenizer = _untrained()
        trainer = trainers.BpeTrainer(
            vocab_size=max_size - 1,  # padding is the vocabulary's; <unk> is counted here
            min_frequency=min_count,
            special_tokens=[UNKNOWN],
            show_progress=False,
        )
        tokenizer.train_from_iterator(map(clean, texts), trainer)
        return cls(_canonical(json.loads(tokenizer.to_str())))

    @classmethod
    def from_json(cls, value: Mapping[str, object]) -> "Bpe":
        """Return the tokenizer of `to_json`; `ModelError` when it is damaged."""
        state = value.get("tokenizer")
        if not isinstance(state, dict):
            raise ModelError(
                "the model's bpe tokenizer has no part called tokenizer; "
                "restore the model from a copy, or train it again"
            )
        return cls(_canonical(state))

    def to_json(self) -> dict[str, object]:
        """Return the JSON form, with the library's own inside."""
        return {"name": self.name, "tokenizer": json.loads(self.state)}

    def bulk(self) -> Bulk:
        """Return what remembers words, if all rules are those of `build`; otherwise the library alone."""
        library = Subwords(self._tokenizer, clean, UNKNOWN)
        if not self._ours:
            return library
        from tenor.text.scan.remembered import Remembered

        return Remembered(library)

    @cached_property
    def _ours(self) -> bool:
        """Whether all rules are those of `build`."""
        ours = _untrained()
        ours.add_special_tokens([UNKNOWN])  # as training does
        return _rules(self._tokenizer) == _rules(ours)

    def cut(self, text: str) -> int:
        """Return where the last white space ends that stands in no tag; `ConfigError` with rules not ours."""
        if not self._ours:
            raise ConfigError(
                "the model's bpe tokenizer has rules of its own, and where a text that goes on can be cut by "
                "them is not known; train with text.tokenizer=bpe"
            )
        return last_blank(_TAG_OR_BLANK, text)

    def tokenize(self, text: str) -> list[str]:
        """Return the pieces of the text."""
        tokens: list[str] = self._tokenizer.encode(clean(text), add_special_tokens=False).tokens
        return tokens

    def spans(self, text: str) -> list[Token]:
        """Return the pieces with their places, which leave out the mark of a word's beginning."""
        encoding = self._tokenizer.encode(clean(text), add_special_tokens=False)
        return [
            Token(token, start, end)
            for token, (start, end) in zip(encoding.tokens, encoding.offsets, strict=True)
        ]


def _canonical(state: object) -> str:
    """One text for equal JSON, so that equal tokenizers compare equal."""
    return json.dumps(state, sort_keys=True)


def _untrained() -> "tokenizers.Tokenizer":
    """Return the library's tokenizer with all rules, and nothing learned."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

    tokenizer = Tokenizer(models.BPE(unk_token=UNKNOWN))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex("<(?:/?[a-zA-Z]|!)[^<>]*>"), " "),
            normalizers.Replace("’", "'"),
            normalizers.Lowercase(),
        ]
    )
    # The mark is a symbol of its own: with the trainer's end_of_word_suffix the order of the alphabet,
    # and with it the result, differs from run to run.
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(r"\w+(?:'\w+)*|[^\w\s]+"), behavior="removed", invert=True),
            pre_tokenizers.Metaspace(prepend_scheme="always", split=False),
        ]
    )
    return tokenizer


def _rules(tokenizer: "tokenizers.Tokenizer") -> dict[str, object]:
    """Return all of a tokenizer but what it has learned."""
    state = json.loads(tokenizer.to_str())
    model = {name: value for name, value in state["model"].items() if name not in ("vocab", "merges")}
    return {**state, "model": model}
