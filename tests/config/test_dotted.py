import pytest

from tenor.config.classification import ClassificationConfig
from tenor.config.dotted import at, flat, nested
from tenor.config.load import settings, to_values
from tenor.errors import ConfigError


def test_dotted_settings_become_sections() -> None:
    found = nested({"network.cnn.filters": 3, "network.pooling": "max", "training.epochs": 2})
    assert found == {"network": {"cnn": {"filters": 3}, "pooling": "max"}, "training": {"epochs": 2}}


def test_a_whole_configuration_goes_there_and_back() -> None:
    values = to_values(ClassificationConfig())
    dotted = flat(values)
    assert list(dotted) == [setting.key for setting in settings()]
    assert nested(dotted) == values
    assert all(at(values, key) == value for key, value in dotted.items())


def test_a_value_that_is_a_section_too_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"training\.epochs is set twice, as a value and as a section"):
        nested({"training": 3, "training.epochs": 2})


def test_nothing_there() -> None:
    assert flat({"training": {}}) == nested({}) == {}
    with pytest.raises(KeyError):
        at({"training": {}}, "training.epochs")
