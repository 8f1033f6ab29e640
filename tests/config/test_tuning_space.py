"""Search spaces: what is written, and what is refused."""

from dataclasses import replace

import pytest

from tenor.config.classification import ClassificationConfig
from tenor.config.load import nested, parse
from tenor.config.network import HAS_DIRECTIONS
from tenor.config.tuning import SPACES, Choices, Numbers, default_space, search_space
from tenor.errors import ConfigError

CONFIG = ClassificationConfig()


@pytest.mark.parametrize("encoder", HAS_DIRECTIONS)
def test_every_encoder_has_a_space_of_settings_it_can_have(encoder: str) -> None:
    config = replace(CONFIG, network=replace(CONFIG.network, encoder=encoder))
    space = search_space(default_space(config), config)
    assert "training.learning_rate" in space
    # Settings of other encoders would be searched in vain.
    sections = {key.split(".")[1] for key in space if key.count(".") == 2}
    own = "recurrent" if encoder in {"rnn", "lstm", "gru"} else encoder
    assert sections <= {own}


def test_given_vectors_keep_their_length() -> None:
    config = parse({"text": {"vectors": "glove.txt"}})
    assert "network.embedding_size" in default_space(CONFIG)
    assert "network.embedding_size" not in default_space(config)


def test_an_encoder_without_a_space_is_said() -> None:
    config = replace(CONFIG, network=replace(CONFIG.network, encoder="other"))
    with pytest.raises(ConfigError, match=f"'other', only for {', '.join(SPACES)}; give one with --search"):
        default_space(config)


def test_ranges_and_choices() -> None:
    space = search_space(
        {
            "training": {"learning_rate": [1e-3, 1, "log"]},
            "network.recurrent.hidden_size": [8, 64, "log"],
            "network.output_dropout": [0, 0.5, "linear"],
            "training.batch_size": [16, 32],
            "text.max_length": [100, None],
            "network.cnn.widths": [[3, 4], [5]],
        },
        CONFIG,
    )
    assert space == {
        "training.learning_rate": Numbers(1e-3, 1, True, False),
        "network.recurrent.hidden_size": Numbers(8, 64, True, True),
        "network.output_dropout": Numbers(0, 0.5, False, False),
        "training.batch_size": Choices({16: 16, 32: 32}),
        "text.max_length": Choices({100: 100, None: None}),
        "network.cnn.widths": Choices({"[3, 4]": [3, 4], "[5]": [5]}),
    }


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            {"training.learning_rat": [1, 2]},
            "unknown setting training.learning_rat.*did you mean learning_rate",
        ),
        ({"network.output_dropout": [0.0, 1.5, "linear"]}, "network.output_dropout is 1.5"),
        ({"network.pooling": ["mean", "medium"]}, "network.pooling is 'medium'"),
        ({"network.recurrent.hidden_size": [0.5, 8.5, "linear"]}, "network.recurrent.hidden_size is 0.5"),
        (
            {"training.learning_rate": [0, 1, "log"]},
            "the first must be below the second, and above 0 for log",
        ),
        ({"training.learning_rate": [2, 1, "linear"]}, "the first must be below the second"),
        ({"training.learning_rate": 0.1}, "write .low, high, log., .low, high, linear. or a list"),
        ({"training.learning_rate": []}, "or a list of choices"),
        ({"network.pooling": ["mean", "mean"]}, "hold a value twice"),
        ({"network.pooling": [{"a": 1}]}, "hold sections"),
        ({"data.validation_fraction": [0.1, 0.2]}, "cannot be searched"),
        ({"training": {"seed": [1, 2]}}, "training.seed cannot be searched"),
        ({"training.monitor": ["loss", "accuracy"]}, "cannot be searched"),
        ({}, "the search space is empty"),
    ],
)
def test_a_space_that_cannot_be_is_refused(written: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        search_space(written, CONFIG)


def test_dotted_settings_become_sections() -> None:
    found = nested({"network.cnn.filters": 3, "network.pooling": "max", "training.epochs": 2})
    assert found == {"network": {"cnn": {"filters": 3}, "pooling": "max"}, "training": {"epochs": 2}}
