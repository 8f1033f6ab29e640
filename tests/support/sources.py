"""Trained networks that a toy classifier can start from."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
import toy

from tenor.config.classification import ClassificationConfig
from tenor.config.load import merge, parse, to_values
from tenor.config.names import apply_name
from tenor.config.network import NetworkConfig
from tenor.config.text import TextConfig
from tenor.experiments.settling import adopted
from tenor.nn.build import build, to_arrays
from tenor.pretrained_model import PretrainedModel
from tenor.text.pipeline import TextPipeline

TEXTS = ("a b c d e f g h", "a b a b bad c", "only here and nowhere else")


def network(name: str = "lstm", **settings: object) -> NetworkConfig:
    """Return the small network of toy.config under another name."""
    return replace(apply_name(toy.config().network, name), **settings)


def language_model(
    config: NetworkConfig | None = None, *, text: TextConfig | None = None, seed: int = 5
) -> PretrainedModel:
    """Return a language model with random weights, whose vocabulary lacks the word "good" of the toy."""
    config = config or network()
    pipeline = TextPipeline.build(TEXTS, text or TextConfig(tokenizer="words", min_count=1, max_length=None))
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        module = build(config, vocabulary_size=len(pipeline.vocabulary), classes=2)
        arrays = {
            name: array
            for name, array in to_arrays(module).items()
            if name.startswith(("embedding.", "encoder."))
        }
        # The place between two texts has a vector of its own there.
        arrays["embedding.weight"][pipeline.vocabulary.pad] = 1.0
        arrays["projection.weight"] = torch.randn(3, 3).numpy()
    return PretrainedModel("language-model", pipeline, config, arrays, {"source": "toy texts"})


def write(folder: Path, config: NetworkConfig | None = None, **given: Any) -> Path:
    """Write the folder of `language_model`."""
    language_model(config, **given).save(folder)
    return folder


def started(source: Path, **sections: dict[str, object]) -> ClassificationConfig:
    """Return toy.config as a user would have it who names the source and sets what `sections` say."""
    values = to_values(toy.config(**sections))
    for shared in ("encoder", "bidirectional", "embedding_size", "recurrent"):
        if shared not in sections.get("network", {}):
            del values["network"][shared]
    del values["text"]["tokenizer"]
    return parse(adopted(merge(values, {"transfer": {"source": str(source)}})))
