"""`Architecture`: the shape of a pretrained encoder, as a value that rebuilds it without its folder."""

import copy
import json
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from torch import nn

from tenor.config.network import NetworkConfig
from tenor.errors import ConfigError, MissingExtraError, ModelError
from tenor.text import pretrained as text

if TYPE_CHECKING:
    from transformers import PretrainedConfig as Transformer

# The encoders of this library that read embedded tokens as they read ids, which the tests show of each ->
# whether positions are counted from behind the id of padding on, so that there are fewer of them.
KINDS: dict[str, bool] = {
    "albert": False,
    "bert": False,
    "camembert": True,
    "deberta-v2": False,
    "distilbert": False,
    "electra": False,
    "ernie": False,
    "modernbert": False,
    "mpnet": True,
    "roberta": True,
    "xlm-roberta": True,
}
# Not of the shape, or of other ways to use it; names of somebody's folders and code among them.
_LEFT_OUT = {
    *("_name_or_path", "_attn_implementation", "attn_implementation", "auto_map", "architectures"),
    *("transformers_version", "torch_dtype", "dtype", "quantization_config", "gradient_checkpointing"),
    *("id2label", "label2id", "num_labels", "problem_type", "task_specific_params", "finetuning_task"),
    *("is_decoder", "is_encoder_decoder", "add_cross_attention", "use_cache", "torchscript"),
    *("return_dict", "output_attentions", "output_hidden_states", "pruned_heads"),
}


@dataclass(frozen=True)
class Architecture:
    """What the JSON in `network.pretrained.architecture` says."""

    values: dict[str, Any]  # config.json of the folder
    before: tuple[int, ...]  # ids of the special tokens before a text
    after: tuple[int, ...]  # and after it
    vocabulary: int  # tokens of the folder's tokenizer

    @classmethod
    def of_folder(cls, folder: str) -> "Architecture":
        """Read config.json and the tokenizer of a folder; no code in it is run.

        Raises:
            ModelError: there is no such folder, or it holds no encoder that can be read.
        """
        file = text.existing(folder) / "config.json"
        values = {key: v for key, v in text.read_json(file).items() if key not in _LEFT_OUT}
        tokenizer, vocabulary = text.read(folder)
        made = cls(values, *tokenizer.specials(), len(vocabulary))
        rows = made._number("vocab_size")
        if rows < max((made.vocabulary, *(i + 1 for i in made.before + made.after))):
            raise ModelError(
                f"the tokenizer of {folder} has {made.vocabulary:,} tokens, its encoder vectors for "
                f"{rows:,}; take the tokenizer that belongs to the encoder"
            )
        return made

    @classmethod
    def of_json(cls, value: str) -> "Architecture":
        """Return the architecture of `to_json`; `ConfigError` when it is damaged."""
        try:
            parts = json.loads(value)
            values = dict(parts["config"])
            return cls(values, tuple(parts["before"]), tuple(parts["after"]), int(parts["vocabulary"]))
        except (ValueError, TypeError, KeyError):
            raise ConfigError(
                "network.pretrained.architecture is damaged; leave it out, and it is read from the folder"
            ) from None

    def to_json(self) -> str:
        """Return the JSON form, the same for equal architectures."""
        parts = {"config": self.values, "before": self.before, "after": self.after}
        return json.dumps({**parts, "vocabulary": self.vocabulary}, sort_keys=True)

    @property
    def kind(self) -> str:
        """The library's name of the architecture, such as bert."""
        return str(self.values.get("model_type"))

    @property
    def embedding_size(self) -> int:
        """Length of the vectors of its pieces."""
        name = "embedding_size" if hasattr(self.transformer, "embedding_size") else "hidden_size"
        return self._number(name)

    @property
    def hidden_size(self) -> int:
        """Length of its outputs."""
        return self._number("hidden_size")

    @property
    def layers(self) -> int:
        """Its layers."""
        return self._number("num_hidden_layers")

    @property
    def longest(self) -> int:
        """Tokens of the longest text it can read, its special tokens not counted."""
        positions = self._number("max_position_embeddings")
        if KINDS[self.kind]:
            positions -= 1 + self._number("pad_token_id")
        return positions - len(self.before) - len(self.after)

    @cached_property
    def transformer(self) -> "Transformer":
        """The library's form of it.

        Raises:
            ModelError: the library cannot make one, or it is none of `KINDS`.
        """
        if self.kind not in KINDS:
            raise ModelError(
                f"the pretrained encoder is of the kind {self.kind!r}, and can be one of {', '.join(KINDS)}; "
                "code in a folder is never run"
            )
        try:
            from transformers import AutoConfig
        except ImportError:
            raise MissingExtraError("transformers", "hf") from None
        others = {key: value for key, value in self.values.items() if key != "model_type"}
        try:
            return AutoConfig.for_model(self.kind, **others)
        except Exception as error:  # the library checks in many ways
            raise _unreadable(error) from error

    def module(self, layers: int | None = None) -> nn.Module:
        """Return the network with random weights, the first `layers` only, without the vectors of pieces.

        It takes embedded tokens; what else it has for heads of its own is left out.
        """
        from transformers import AutoModel

        if layers is not None and layers > self.layers:
            raise ConfigError(
                f"network.pretrained.layers is {layers}, and the encoder has {self.layers}; "
                "choose as many or fewer, or null for all"
            )
        made = copy.deepcopy(self.transformer)
        made.vocab_size = (made.pad_token_id or 0) + 1  # its vectors are left out below
        if layers is not None:
            made.num_hidden_layers = layers
        try:
            module: Any = AutoModel.from_config(made, trust_remote_code=False).float()  # type: ignore[no-untyped-call]
        except Exception as error:
            raise _unreadable(error) from error
        module.set_input_embeddings(None)
        if hasattr(module, "pooler"):
            module.pooler = None
        return cast(nn.Module, module)

    def _number(self, name: str) -> int:
        value = getattr(self.transformer, name, None)
        if not isinstance(value, int) or value < 0:
            raise _unreadable(f"{name} is {value!r}")
        return value


def settled(config: NetworkConfig) -> NetworkConfig:
    """Return the configuration with what a pretrained encoder decides; of other encoders as it is.

    Raises:
        ConfigError: no folder is named, or another setting contradicts the encoder.
        ModelError: as `Architecture.of_folder`.
    """
    if config.encoder != "pretrained":
        return config
    given = config.pretrained
    if given.architecture is not None:
        found = Architecture.of_json(given.architecture)
    elif given.folder is not None:
        found = Architecture.of_folder(given.folder)
    else:
        raise ConfigError(
            "the encoder pretrained is read from a folder on this machine, and none is named; "
            "set network.pretrained.folder"
        )
    if config.embedding_size not in (NetworkConfig.embedding_size, found.embedding_size):
        raise ConfigError(
            f"network.embedding_size is {config.embedding_size}, and the vectors of the pretrained encoder "
            f"have {found.embedding_size} numbers; leave network.embedding_size out"
        )
    if config.ratios.use:
        raise ConfigError(
            "a pretrained encoder reads its own vectors and nothing beside them; leave out network.ratios.use"
        )
    pretrained = replace(given, architecture=found.to_json())
    return replace(config, embedding_size=found.embedding_size, pretrained=pretrained)


def _unreadable(why: object) -> ModelError:
    reason = " ".join(str(why).split())
    return ModelError(
        f"the config.json of the pretrained encoder describes none that can be built ({reason}); "
        "take the original folder"
    )
