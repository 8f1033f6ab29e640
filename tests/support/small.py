"""Small networks for tests."""

import json
from dataclasses import replace

from torch import nn

from tenor.config.network import (
    BagConfig,
    CNNConfig,
    MinGRUConfig,
    NetworkConfig,
    PretrainedConfig,
    RecurrentConfig,
    TransformerConfig,
)
from tenor.nn.build import build
from tenor.nn.classifier import Classifier

VOCABULARY, CLASSES = 23, 3


def _bert(size: int) -> PretrainedConfig:
    """Return the shape of a BERT with vectors of `size` numbers, which is trained as a whole."""
    values = {"model_type": "bert", "vocab_size": VOCABULARY, "hidden_size": size, "num_hidden_layers": 2}
    others = {"num_attention_heads": 1, "intermediate_size": 6, "max_position_embeddings": 14}
    parts = {"config": {**values, **others}, "before": [2], "after": [3], "vocabulary": VOCABULARY}
    return PretrainedConfig(tune=True, architecture=json.dumps(parts))


SMALL = NetworkConfig(
    embedding_size=5,
    recurrent=RecurrentConfig(hidden_size=4, layers=2),
    mingru=MinGRUConfig(hidden_size=4, layers=2, width=3),
    bag=BagConfig(ngrams=3, buckets=40),
    cnn=CNNConfig(widths=(2, 3), filters=3, layers=2),
    transformer=TransformerConfig(
        hidden_size=4, layers=2, heads=2, feedforward=6, positions="learned", most_positions=12
    ),
    pretrained=_bert(5),
)


def wider(network: NetworkConfig, embedding_size: int) -> NetworkConfig:
    """Return the network with word vectors of so many numbers, which of a pretrained one are its own."""
    return replace(network, embedding_size=embedding_size, pretrained=_bert(embedding_size))


def classifier(network: NetworkConfig = SMALL) -> Classifier:
    """Return a network in evaluation mode of which nothing stands at zero, where a mistake would hide."""
    made = build(network, vocabulary_size=VOCABULARY, classes=CLASSES).eval()
    for parameter in made.parameters():
        if not parameter.any():
            nn.init.normal_(parameter, std=0.3)
    return made
