"""Small networks for tests."""

from tenor.config.network import MinGRUConfig, NetworkConfig, RecurrentConfig

VOCABULARY, CLASSES = 23, 3
SMALL = NetworkConfig(
    embedding_size=5,
    recurrent=RecurrentConfig(hidden_size=4, layers=2),
    mingru=MinGRUConfig(hidden_size=4, layers=2, width=3),
)
