"""`PretrainedTokenizer`: the tokenizer in the folder of a pretrained encoder, as a value without a folder."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from tenor.config.text import TextConfig
from tenor.errors import ConfigError, ModelError
from tenor.text.bulk import Bulk
from tenor.text.subwords import Subwords, clean
from tenor.text.token import Token
from tenor.text.vocabulary import Vocabulary

if TYPE_CHECKING:
    import tokenizers

TOKENIZER, PIECES = "tokenizer.json", "vocab.txt"
_SETTINGS = ("special_tokens_map.json", "tokenizer_config.json")


@dataclass(frozen=True)
class PretrainedTokenizer:
    """Cuts texts as the encoder's authors did; `state` is the JSON of the library `tokenizers`.

    It adds no start or end token: the encoder does, which is told of them by `specials`. A text that spells
    one, such as `[SEP]`, holds these characters and no special token.
    """

    name: ClassVar[str] = "pretrained"

    state: str
    _tokenizer: "tokenizers.Tokenizer" = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        import tokenizers

        try:
            tokenizer = tokenizers.Tokenizer.from_str(self.state)
        except Exception as error:  # the library raises nothing more precise
            raise ModelError(
                f"the tokenizer of a pretrained encoder (tokenizer.json) cannot be read ({error}); "
                "take the original folder"
            ) from error
        tokenizer.encode_special_tokens = True  # by their letters; the state does not keep it
        tokenizer.no_padding()
        tokenizer.no_truncation()
        object.__setattr__(self, "_tokenizer", tokenizer)

    def __reduce__(self) -> tuple[Any, ...]:
        return PretrainedTokenizer, (self.state,)

    @classmethod
    def from_json(cls, value: Mapping[str, object]) -> "PretrainedTokenizer":
        """Return the tokenizer of `to_json`; `ModelError` when it is damaged."""
        return cls(json.dumps(value.get("tokenizer"), sort_keys=True))

    def to_json(self) -> dict[str, object]:
        """Return the JSON form, with the library's own inside."""
        return {"name": self.name, "tokenizer": json.loads(self.state)}

    def bulk(self) -> Bulk:
        """Return the library's own way of reading many texts."""
        return Subwords(self._tokenizer, clean, "")

    def cut(self, text: str) -> int:
        """Raise `ConfigError`: its rules are whatever its folder says."""
        raise ConfigError(
            "the tokenizer of a pretrained encoder may join any parts of a text, so one that goes on cannot "
            f"be cut; train without text.pretrained, with a text.tokenizer such as {TextConfig.tokenizer}"
        )

    def tokenize(self, text: str) -> list[str]:
        """Return the pieces of the text."""
        tokens: list[str] = self._tokenizer.encode(clean(text), add_special_tokens=False).tokens
        return tokens

    def spans(self, text: str) -> list[Token]:
        """Return the pieces with their places."""
        encoding = self._tokenizer.encode(clean(text), add_special_tokens=False)
        return [
            Token(token, start, end)
            for token, (start, end) in zip(encoding.tokens, encoding.offsets, strict=True)
        ]

    def specials(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Return the ids of the special tokens that stand before and after every text."""
        encoding = self._tokenizer.encode("a")
        added: list[int] = encoding.special_tokens_mask
        first = added.index(0) if 0 in added else len(added)
        end = len(added) - added[::-1].index(0) if 0 in added else len(added)
        return tuple(encoding.ids[:first]), tuple(encoding.ids[end:])


def read(folder: str) -> tuple[PretrainedTokenizer, Vocabulary]:
    """Return the tokenizer of a folder, and its own tokens with its ids of padding and unknown.

    Read is tokenizer.json or, of BERT, vocab.txt.

    Raises:
        ModelError: there is no such folder, no tokenizer in it that can be read, or one without a token for
            padding or unknown.
    """
    path = existing(folder)
    settings = _settings(path)
    if (path / TOKENIZER).is_file():
        state = read_json(path / TOKENIZER)
    elif (path / PIECES).is_file():
        state = _of_pieces(path / PIECES, settings)
    else:
        raise ModelError(
            f"{path} holds no tokenizer (tokenizer.json, or vocab.txt of BERT); write one into it with "
            "transformers: AutoTokenizer.from_pretrained(FOLDER).save_pretrained(FOLDER)"
        )
    tokenizer = PretrainedTokenizer(json.dumps(state, sort_keys=True))
    return tokenizer, _vocabulary(path, tokenizer, state, settings)


def existing(folder: str) -> Path:
    """Return the folder's path; `ModelError` where there is none."""
    path = Path(folder).expanduser()
    if not path.is_dir():
        raise ModelError(
            f"there is no folder {folder}; give that of a pretrained encoder on this machine, with "
            "config.json, tokenizer.json and model.safetensors (nothing is downloaded)"
        )
    return path


def read_json(file: Path) -> dict[str, Any]:
    """Return the object a JSON file holds; `ModelError` where it is missing or damaged."""
    try:
        values = json.loads(file.read_text("utf-8"))
        if not isinstance(values, dict):
            raise ValueError("it holds no object")
    except FileNotFoundError:
        raise ModelError(
            f"{file.parent} has no {file.name}; give the folder of an encoder as transformers saves it"
        ) from None
    except (OSError, ValueError) as error:
        raise ModelError(f"{file} cannot be read ({error}); take the original folder") from error
    return values


def _settings(path: Path) -> dict[str, Any]:
    """Return the settings beside a tokenizer that are not null; special tokens by their spelling."""
    found: dict[str, Any] = {}
    for name in _SETTINGS:
        if (path / name).is_file():
            for key, given in read_json(path / name).items():
                value = given["content"] if isinstance(given, dict) and "content" in given else given
                if value is not None:
                    found[key] = value
    return found


def _of_pieces(file: Path, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON of BERT's tokenizer over the pieces of vocab.txt, one a line."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    try:
        lines = file.read_text("utf-8").split("\n")
    except (OSError, ValueError) as error:
        raise ModelError(f"{file} cannot be read ({error}); take the original folder") from error
    pieces = {line.rstrip("\r"): i for i, line in enumerate(lines if lines[-1] else lines[:-1])}
    unknown = settings.get("unk_token", "[UNK]")
    first, last = settings.get("cls_token", "[CLS]"), settings.get("sep_token", "[SEP]")
    for special in (unknown, first, last):
        if special not in pieces:
            raise ModelError(f"{file} has no line {special}; take the original folder")
    tokenizer = Tokenizer(models.WordPiece(pieces, unk_token=unknown))
    tokenizer.normalizer = normalizers.BertNormalizer(
        handle_chinese_chars=bool(settings.get("tokenize_chinese_chars", True)),
        strip_accents=settings.get("strip_accents"),
        lowercase=bool(settings.get("do_lower_case", True)),
    )
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing((last, pieces[last]), (first, pieces[first]))
    state: dict[str, Any] = json.loads(tokenizer.to_str())
    return state


def _vocabulary(
    path: Path, tokenizer: PretrainedTokenizer, state: Mapping[str, Any], settings: Mapping[str, Any]
) -> Vocabulary:
    tokens = Subwords(tokenizer._tokenizer, clean, "").tokens()
    for i, token in enumerate(tokens):
        if not token:  # an id that the library skips
            tokens[i] = f"<no token {i}>"
    found = {token: i for i, token in enumerate(tokens)}
    pad = next((found[name] for name in _paddings(state, settings) if name in found), None)
    unknown = next((found[name] for name in _unknowns(state, settings) if name in found), None)
    if pad is None or unknown is None:
        what = "padding" if pad is None else "unknown pieces"
        raise ModelError(
            f"the tokenizer of {path} has no token for {what}, which an encoder of BERT's kind has; "
            "take another folder"
        )
    return Vocabulary(tuple(tokens), pad=pad, unknown=unknown)


def _paddings(state: Mapping[str, Any], settings: Mapping[str, Any]) -> Iterator[str]:
    yield from _spelled(settings.get("pad_token"), (state.get("padding") or {}).get("pad_token"))
    yield from ("[PAD]", "<pad>")


def _unknowns(state: Mapping[str, Any], settings: Mapping[str, Any]) -> Iterator[str]:
    model = state["model"]
    yield from _spelled(settings.get("unk_token"), model.get("unk_token"))
    if isinstance(model.get("unk_id"), int):  # of a unigram model, whose vocabulary is a list of pairs
        yield model["vocab"][model["unk_id"]][0]
    yield from ("[UNK]", "<unk>")


def _spelled(*given: object) -> Iterator[str]:
    """Yield the special tokens that are named; a setting that is not there names none."""
    return (name for name in given if isinstance(name, str))
