"""Pretrained encoders of Hugging Face's library `transformers`, from a folder on this machine.

The vectors of the word pieces are the classifier's own embedding. The encoder puts the special tokens of its
kind, such as [CLS] and [SEP], before and after each text as vectors, and gives the library embedded tokens
and the mask. `Encoded.sequence` are the outputs at the tokens of the text, `Encoded.last` is the output at
the first special token. A frozen encoder has no dropout in training either, and nothing of it is kept for a
gradient, so a step costs little more than reading.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tenor.config.network import SEES_ALL_AT_ONCE, NetworkConfig, PretrainedConfig
from tenor.errors import ConfigError, ModelError
from tenor.nn.architecture import Architecture
from tenor.nn.encoder import Embedded, Encoded, State, take_last
from tenor.text.pretrained import existing, read_json

_WEIGHTS, _INDEX = "model.safetensors", "model.safetensors.index.json"
_OTHERS = {".bin", ".pt", ".pth", ".ckpt", ".h5", ".msgpack"}  # pickled, or of other libraries
_EMBEDDINGS = ("embeddings.word_embeddings.weight", "embeddings.tok_embeddings.weight")


class Pretrained(nn.Module):
    """A pretrained encoder: whole texts only, since each token sees all others."""

    streams = False

    def __init__(self, architecture: Architecture, settings: PretrainedConfig) -> None:
        super().__init__()
        size = architecture.embedding_size
        self.output_size = architecture.hidden_size
        self._tune = settings.tune
        self._longest = architecture.longest
        self._vocabulary = architecture.vocabulary
        self._specials = architecture.before, architecture.after
        self.transformer = architecture.module(settings.layers)
        self.before = nn.Parameter(torch.randn(len(architecture.before), size) * 0.02)  # (P, D)
        self.after = nn.Parameter(torch.randn(len(architecture.after), size) * 0.02)  # (S, D)
        self.requires_grad_(settings.tune)

    def train(self, mode: bool = True) -> Self:
        """Set the mode; a frozen encoder stays in that of evaluation."""
        return super().train(mode and self._tune)

    def forward(self, embedded: Embedded, state: State | None = None) -> Encoded:
        """(B, T, D) -> sequence (B, T, H), last (B, H).

        Raises:
            ConfigError: a state was given, or a text is longer than the encoder can read.
        """
        if state is not None:
            raise ConfigError(SEES_ALL_AT_ONCE["pretrained"])
        lengths, width = embedded.lengths, embedded.mask.shape[1]
        longest = int(lengths.max())
        if longest > self._longest:
            raise ConfigError(
                f"a text has {longest:,} tokens, and the pretrained encoder reads at most {self._longest:,}; "
                f"cut texts (text.max_length={self._longest})"
            )
        # Not wider than the longest text: the library has no positions for more padding.
        inputs, mask = self._surrounded(embedded.x[:, :longest], lengths)
        made: Tensor = self.transformer(inputs_embeds=inputs, attention_mask=mask.long())[0]  # (B, P+T+S, H)
        first = len(self.before)
        sequence = F.pad(made[:, first : first + longest], (0, 0, 0, width - longest))
        return Encoded(sequence, made[:, 0] if first else take_last(sequence, embedded.mask))

    def initial_state(self, batch_size: int) -> State:
        """There is none.

        Raises:
            ConfigError: always.
        """
        raise ConfigError(SEES_ALL_AT_ONCE["pretrained"])

    @torch.no_grad()
    def start(self, embedding: nn.Embedding, weights: "Weights") -> None:
        """Put the weights of a folder into the encoder, and its word pieces into `embedding` (V, D).

        Raises:
            ConfigError: V is not the size of its vocabulary.
            ModelError: a tensor is missing or of another shape.
        """
        named = weights.named(str(self.transformer.base_model_prefix))
        vectors = next((named[name] for name in _EMBEDDINGS if name in named), None)
        rows, size = embedding.weight.shape
        if rows != self._vocabulary:
            raise ConfigError(
                f"the texts were read with a vocabulary of {rows:,} tokens, and that of the encoder "
                f"has {self._vocabulary:,}; set text.pretrained to its folder"
            )
        if vectors is None or vectors.ndim != 2 or vectors.shape[0] < rows or vectors.shape[1] != size:
            raise weights.refused(_EMBEDDINGS[0], f"at least ({rows}, {size})", vectors)
        own = self.transformer.state_dict()
        for name, tensor in own.items():
            given = named.get(name)
            if given is None or given.shape != tensor.shape:
                raise weights.refused(name, str(tuple(tensor.shape)), given)
            tensor.copy_(given)
        embedding.weight.copy_(vectors[:rows])
        embedding.weight[embedding.padding_idx] = 0.0
        before, after = self._specials
        self.before.copy_(vectors[list(before)])
        self.after.copy_(vectors[list(after)])

    def _surrounded(self, x: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """x (B, T, D) of so many tokens -> with special tokens (B, P+T+S, D), and their mask."""
        (first, size), last = self.before.shape, len(self.after)
        before, after = (part.to(x.dtype).expand(len(x), -1, -1) for part in (self.before, self.after))
        x = torch.cat((before, x, x.new_zeros(len(x), last, size)), 1)
        end = first + lengths[:, None]  # (B, 1)
        rows = torch.arange(len(x), device=x.device)[:, None]
        places = end + torch.arange(last, device=x.device)  # (B, S), behind each text itself
        mask = torch.arange(x.shape[1], device=x.device) < end + last
        return x.index_put((rows, places), after), mask


@dataclass(frozen=True)
class Weights:
    """The tensors in a folder, as its files name them."""

    path: Path
    tensors: dict[str, Tensor]

    @classmethod
    def read(cls, folder: str) -> "Weights":
        """Read all safetensors files; pickled ones are never opened.

        Raises:
            ModelError: there are none, or one is damaged.
        """
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        path = existing(folder)
        tensors: dict[str, Tensor] = {}
        for file in weight_files(path):
            try:
                tensors |= load_file(file)
            except (OSError, SafetensorError) as error:
                raise ModelError(f"{file} cannot be read ({error}); take the original folder") from error
        return cls(path, tensors)

    def named(self, prefix: str) -> dict[str, Tensor]:
        """Return the tensors by the names within the network, which is called `prefix` where it has a head.

        The first BERTs call weight and bias of a normalisation gamma and beta.
        """
        found = {}
        for name, tensor in self.tensors.items():
            short = name.removeprefix(f"{prefix}.")
            short = short.replace("LayerNorm.gamma", "LayerNorm.weight").replace(
                "LayerNorm.beta", "LayerNorm.bias"
            )
            found[short] = tensor
        return found

    def refused(self, name: str, expected: str, found: Tensor | None) -> ModelError:
        """Return the error for a tensor that is not as it should be."""
        what = "is missing" if found is None else f"has shape {tuple(found.shape)}"
        return ModelError(
            f"the weights in {self.path} are not those of its config.json: {name} {what}, expected "
            f"{expected}; take the original folder"
        )


def weight_files(path: Path) -> list[Path]:
    """Return the safetensors files of a folder; `ModelError` where there are none."""
    if (path / _WEIGHTS).is_file():
        return [path / _WEIGHTS]
    if (path / _INDEX).is_file():
        parts = read_json(path / _INDEX).get("weight_map")
        names = sorted({str(name) for name in parts.values()}) if isinstance(parts, dict) else []
        if names and all(Path(name).name == name and (path / name).is_file() for name in names):
            return [path / name for name in names]
        raise ModelError(f"{path / _INDEX} names files that are not there; take the original folder")
    others = sorted(file.name for file in path.iterdir() if file.suffix in _OTHERS)
    if others:
        raise ModelError(
            f"{path} has its weights in {others[0]}, a form that is never opened, since it may run "
            "code; where you trust it, convert it with transformers: "
            "AutoModel.from_pretrained(FOLDER).save_pretrained(NEW) writes model.safetensors"
        )
    raise ModelError(f"{path} holds no weights (model.safetensors); take the whole folder of the encoder")


def pretrained(config: NetworkConfig, input_size: int) -> Pretrained:
    """Build the encoder of a settled configuration, with random weights."""
    architecture = Architecture.of_json(str(config.pretrained.architecture))
    if input_size != architecture.embedding_size:
        raise ConfigError(
            f"the pretrained encoder reads vectors of {architecture.embedding_size} numbers and gets "
            f"{input_size}; leave out network.embedding_size"
        )
    return Pretrained(architecture, config.pretrained)


def read(config: NetworkConfig) -> Weights | None:
    """Return the weights that a network starts with; None for an encoder that is not pretrained."""
    if config.encoder != "pretrained":
        return None
    if config.pretrained.folder is None:
        raise ConfigError("network.pretrained.folder is not set, and training starts with the weights in it")
    return Weights.read(config.pretrained.folder)


def frozen(config: NetworkConfig) -> bool:
    """Whether there is a pretrained encoder that stays as it is, and its word vectors with it."""
    return config.encoder == "pretrained" and not config.pretrained.tune
