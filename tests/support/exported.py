"""Small models to export, and their graphs as onnxruntime runs them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from explained import PIPELINE
from small import CLASSES, SMALL, VOCABULARY

from tenor.config.classification import ClassificationConfig
from tenor.config.network import NetworkConfig
from tenor.export.classifier import longest, network
from tenor.inference.onnx import OnnxEngine
from tenor.inference.onnx_file import OnnxFile
from tenor.model import Model
from tenor.nn.build import build, to_arrays
from tenor.text.ratios import Bigrams, LogCountRatios
from tenor.text.tokens import Tokens


def ratios(classes: int = CLASSES, seed: int = 0) -> LogCountRatios:
    """Return made-up ratios: words of many followers, of one and of none."""
    generator = np.random.default_rng(seed)
    texts = [[2, 3, 2, 4, 2, 5, 2, 6, 2, 7, 2, VOCABULARY - 1, 9, 2], [8, 8], generator.integers(1, 15, 40)]
    bigrams = Bigrams.of(Tokens.of([list(map(int, ids)) for ids in texts]), VOCABULARY, 1)
    size = 1 if classes == 2 else classes
    words = generator.normal(size=(VOCABULARY, size)).astype(np.float32)
    return LogCountRatios(
        words, bigrams, generator.normal(size=(len(bigrams.followers), size)).astype(np.float32)
    )


def model(config: NetworkConfig = SMALL, module=None, *, classes: int = CLASSES, **changes) -> Model:
    """Return a model of that network, with random weights of which nothing is 0 unless `module` is given."""
    own = ratios(classes) if config.ratios.use else None
    if module is None:
        module = build(config, vocabulary_size=VOCABULARY, classes=classes, ratios=own)
        for parameter in module.parameters():
            if not parameter.any():
                torch.nn.init.normal_(parameter, std=0.3)
    names = tuple(f"class {number}" for number in range(classes))
    whole = replace(ClassificationConfig(), network=config)
    return Model(PIPELINE, names, whole, to_arrays(module.eval()), ratios=own, **changes)


def engine(of: Model, *, int8: bool = False) -> OnnxEngine:
    """Return what runs the graph of a model, in float32 or with tables in whole numbers."""
    content = network(of, int8=int8).SerializeToString()
    return OnnxEngine(OnnxFile.of(Path("graph.onnx"), content, of, longest(of.config.network)), threads=1)
