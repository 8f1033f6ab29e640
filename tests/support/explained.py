"""Models to explain: small networks before a vocabulary of words, and one that only counts words."""

from dataclasses import replace

import numpy as np
from small import CLASSES, VOCABULARY

from tenor.config.classification import ClassificationConfig
from tenor.config.network import NetworkConfig
from tenor.inference.network import NetworkEngine
from tenor.inference.predictor import ENGINES, Predictor
from tenor.model import Model
from tenor.nn.build import to_arrays
from tenor.text import tokenizer
from tenor.text.pipeline import TextPipeline
from tenor.text.vocabulary import PAD, UNKNOWN, Vocabulary

WORDS = tuple("abcdefghijklmnopqrstu")
PIPELINE = TextPipeline(
    tokenizer.build("words", [], max_size=None, min_count=1),
    Vocabulary((PAD, UNKNOWN, *WORDS), pad=0, unknown=1),
    None,
    "head",
)
assert len(PIPELINE.vocabulary) == VOCABULARY


def predictor(module, network: NetworkConfig) -> Predictor:
    """Return the predictor of a network of `small`, by the engine that its model is loaded with."""
    config = replace(ClassificationConfig(), network=network)
    model = Model(PIPELINE, tuple(map(str, range(CLASSES))), config, to_arrays(module))
    return Predictor(model, ENGINES.get(network.encoder, NetworkEngine.of)(model))


class Counting:
    """An engine with logits (0, sum of the weights of a text's words); remembers how many texts it read."""

    def __init__(self, **weights: float) -> None:
        self.weights = np.zeros(VOCABULARY)
        for word, weight in weights.items():
            self.weights[PIPELINE.vocabulary.ids([word])[0]] = weight
        self.read = 0

    def logits(self, tokens):
        self.read += len(tokens)
        sums = np.add.reduceat(self.weights[tokens.ids], tokens.offsets[:-1])
        return np.stack((np.zeros_like(sums), sums), 1).astype(np.float32)


def counting(engine: Counting) -> Predictor:
    """Return a predictor that counts words, with the classes "no" and "yes"."""
    return Predictor(Model(PIPELINE, ("no", "yes"), ClassificationConfig(), {}), engine)
