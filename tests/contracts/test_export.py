"""Promise 8: an exported graph says what the network says, whatever stands behind the texts."""

import numpy as np
import torch
from exported import engine, model
from small import VOCABULARY

from tenor.batching import collate
from tenor.config.network import NetworkConfig
from tenor.export.classifier import EXPORTERS
from tenor.inference.network import NetworkEngine
from tenor.nn.build import ENCODERS
from tenor.nn.classifier import Classifier
from tenor.nn.pooling import POOLINGS
from tenor.text.tokens import Tokens


def test_export_is_the_network(network: NetworkConfig, module: Classifier, tokens: Tokens) -> None:
    saved = model(network, module, temperature=1.7)
    graph, eager = engine(saved), NetworkEngine(module)
    logits = eager.logits(tokens)
    np.testing.assert_allclose(graph.logits(tokens), logits, atol=1e-4, rtol=0)
    np.testing.assert_allclose(graph.vectors(tokens), eager.vectors(tokens), atol=1e-4, rtol=0)
    batch = collate(tokens)
    scaled = torch.softmax(torch.from_numpy(logits) / 1.7, -1).numpy()
    generator = np.random.default_rng(3)
    for wider in (0, 1, 30):
        ids = np.pad(batch.ids.numpy(), ((0, 0), (0, wider)))
        padding = np.arange(ids.shape[1]) >= tokens.lengths[:, None]
        noisy = np.where(padding, generator.integers(-9, 9 * VOCABULARY, ids.shape), ids)
        found = graph.outputs(noisy, tokens.lengths)
        np.testing.assert_allclose(found["logits"], logits, atol=1e-4, rtol=0)
        np.testing.assert_allclose(found["probabilities"], scaled, atol=1e-4, rtol=0)


def test_every_encoder_and_pooling_has_a_graph() -> None:
    from tenor.export.pooling import POOLINGS as EXPORTED

    assert EXPORTERS.keys() == ENCODERS.keys()
    assert EXPORTED.keys() == POOLINGS.keys()
