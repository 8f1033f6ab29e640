"""`Source`: a trained language model or classifier that the training of a classifier starts from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tenor import folder
from tenor.config.load import to_values
from tenor.config.network import HAS_DIRECTIONS, NetworkConfig, section_of
from tenor.errors import ConfigError, ModelError
from tenor.folder import Kind
from tenor.model import Model
from tenor.pretrained_model import PretrainedModel
from tenor.text.pipeline import TextPipeline
from tenor.text.ratios import LogCountRatios

# Of an encoder's settings those that its weights do not depend on, which are the classifier's own.
_FREE = {"dropout", "forget_bias", "gate_bias"}


@dataclass(frozen=True)
class Source:
    """What a folder of `transfer.source` holds."""

    path: str
    kind: Kind
    pipeline: TextPipeline
    network: NetworkConfig
    arrays: Mapping[str, npt.NDArray[np.float32]]
    digest: str  # of all that its outputs depend on
    data: Mapping[str, Any]  # what it was trained on
    classes: tuple[str, ...] = ()  # of a classifier
    ratios: LogCountRatios | None = None  # of a classifier that reads with them

    @classmethod
    def read(cls, path: str) -> "Source":
        """Read and verify a run or model folder of either kind.

        Raises:
            ModelError: there is none, it is damaged, of another format, or of a kind nothing can start from.
        """
        place = Path(path).expanduser()
        if (place / "config.json").is_file() and not (place / folder.MANIFEST).is_file():
            raise ModelError(
                f"{path} looks like the folder of a Hugging Face encoder; start from it with "
                f"--model pretrained --set network.pretrained.folder={path}"
            )
        kind = folder.kind_of(place, folder.LANGUAGE_MODEL)
        made = _of_classifier(path) if kind == folder.CLASSIFIER else _of_language_model(path)
        if made.network.encoder == "pretrained" or made.pipeline.tokenizer.name == "pretrained":
            raise ModelError(
                f"{path} is a classifier that reads with the encoder or tokenizer of a Hugging Face folder; "
                "start from that folder itself (network.pretrained.folder), or from another model"
            )
        return made

    @property
    def name(self) -> str:
        """What it is and where, as in "the language model in runs/lm"."""
        return f"the {self.kind.name.partition(' ')[2]} in {self.path}"

    @property
    def numbers(self) -> int:
        """Inputs of a token beside its word vector, the log-count ratios."""
        return 0 if self.ratios is None else self.ratios.size

    def settings(self, *, head: bool = False) -> dict[str, Any]:
        """Return the settings that the weights decide, by their keys, as JSON-ready values.

        Those of pooling and head only if the `head` is to be taken, too.

        Raises:
            ModelError: there is no head.
        """
        network = to_values(self.network)
        section = section_of(self.network.encoder)
        found = {
            "text.tokenizer": self.pipeline.tokenizer.name,
            "network.encoder": network["encoder"],
            "network.embedding_size": network["embedding_size"],
        }
        if HAS_DIRECTIONS[self.network.encoder]:
            found["network.bidirectional"] = network["bidirectional"]
        shape = {name: value for name, value in network[section].items() if name not in _FREE}
        found |= {f"network.{section}.{name}": value for name, value in shape.items()}
        if not head:
            return found
        if self.kind != folder.CLASSIFIER:
            raise ModelError(
                f"{self.path} holds {self.kind.name}, which has no classes to go on with; start from it "
                "with --from"
            )
        return found | {
            "network.pooling": network["pooling"],
            "network.hidden": network["hidden"],
            "network.ratios.use": network["ratios"]["use"],
        }

    def agree(self, values: Mapping[str, Any]) -> None:
        """Refuse nested settings that contradict the source; those that are not there contradict nothing.

        Raises:
            ConfigError: one does; its line names both values.
            ModelError: as `settings`.
        """
        for key, theirs in self.settings(head=starts_with_head(values)).items():
            for given in _at(values, key):
                if given != theirs:
                    raise ConfigError(
                        f"{key} is {_shown(given)}, and that of {self.name} is {_shown(theirs)}; "
                        + self._instead(key)
                    )
        for key in ("text.pretrained", "text.vectors"):
            for given in _at(values, key):
                if given is not None:
                    raise ConfigError(
                        f"{key} is {given}, and vocabulary and word vectors are those of {self.name}; "
                        f"leave out {key} or transfer.source"
                    )
        for given in _at(values, "transfer.digest"):
            if given not in (None, self.digest):
                raise ConfigError(
                    f"transfer.digest is {_shown(given)}, and that of {self.name} is {self.digest}: it is "
                    "not what training started from; take that one, or leave out transfer.digest"
                )

    def provenance(self) -> dict[str, Any]:
        """Return what a model keeps of it, as JSON-ready values."""
        return {
            "source": self.path,
            "kind": self.kind.name.partition(" ")[2],
            "digest": self.digest,
            "trained_on": self.data.get("source", self.data.get("sources")),
        }

    def _instead(self, key: str) -> str:
        if key == "network.bidirectional" and not self.network.bidirectional:
            return (
                "it has learned to read in one direction only; leave that setting out (a model name without "
                "bi), or start from a model that reads in two"
            )
        return "leave it out, or start from another model"


def starts_with_head(values: Mapping[str, Any]) -> bool:
    """Whether nested settings say that training starts with pooling and head, too."""
    return any(given is True for given in _at(values, "transfer.head"))


def _of_classifier(path: str) -> Source:
    model = Model.load(Path(path).expanduser())
    if len(model.members) > 1:
        raise ModelError(
            f"{path} is a model of {len(model.members)} networks, and training starts from one; start from a "
            "model that was trained with ensemble.members=1"
        )
    return Source(
        path,
        folder.CLASSIFIER,
        model.pipeline,
        model.config.network,
        model.arrays,
        model.digest,
        model.data or {},
        model.classes,
        model.ratios,
    )


def _of_language_model(path: str) -> Source:
    model = PretrainedModel.load(Path(path).expanduser())
    return Source(
        path,
        folder.LANGUAGE_MODEL,
        model.pipeline,
        model.config,
        model.arrays,
        model.digest,
        model.data or {},
    )


def _at(values: Mapping[str, Any], key: str) -> Iterator[Any]:
    """Yield the value of a dotted key, if it is there."""
    found: Any = values
    for part in key.split("."):
        if not isinstance(found, Mapping) or part not in found:
            return
        found = found[part]
    yield found


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
