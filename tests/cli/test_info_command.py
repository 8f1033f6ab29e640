import json
from pathlib import Path

import pytest
from shell import tenor

from tenor.config.load import parse
from tenor.config.names import apply_name
from tenor.nn.build import build


def parameters(name: str, vocabulary: int, classes: int) -> int:
    config = apply_name(parse({}).network, name)
    module = build(config, vocabulary_size=vocabulary, classes=classes)
    return sum(parameter.numel() for parameter in module.parameters())


@pytest.mark.parametrize("name", ["rnn", "bilstm-attention", "gru-mean-max"])
@pytest.mark.parametrize("classes", [2, 5])
def test_a_network_by_its_name(name: str, classes: int) -> None:
    result = tenor("info", "--model", name, "--vocabulary", 50, "--classes", classes, "--json")
    found = json.loads(result.out)["network"]
    assert found["parameters"] == parameters(name, 50, classes)
    sections = [part for part in found["parts"] if part["level"] == 0]
    assert [part["name"] for part in sections] == ["embedding", "encoder", "pooling", "head"]
    assert sum(part["parameters"] for part in sections) == found["parameters"]
    assert sections[0]["output"] == ["B", "T", "100"]
    assert sections[3]["output"] == ["B", str(classes)]


def test_a_gru_has_a_quarter_fewer_parameters() -> None:
    shown = tenor("info", "--model", "bilstm", "--against", "bigru").out
    assert "25 % fewer parameters in the encoder" in shown
    assert "(B, T, 256)" in shown


def test_a_cnn_tells_how_far_it_sees() -> None:
    assert "sees 5 tokens at a time" in tenor("info", "--model", "cnn-max").out
    stack = ("--set", "network.cnn.widths=[3]", "--set", "network.cnn.layers=6")
    assert "sees 13 tokens at a time" in tenor("info", "--model", "cnn-max", *stack).out
    assert "at a time" not in tenor("info", "--model", "lstm").out


def test_the_vocabulary_is_that_of_the_settings() -> None:
    shown = json.loads(tenor("info", "--model", "lstm", "--set", "text.max_size=123", "--json").out)
    assert shown["vocabulary"] == 123


def test_a_recipe() -> None:
    shown = json.loads(tenor("info", "--config", "session", "--json").out)
    assert shown["model"] == "bilstm-last"


def test_a_saved_model(trained: Path) -> None:
    shown = tenor("info", trained).out
    for expected in ("negative, positive", "reviews.csv", "bilstm-mean-max", "test accuracy", "embedding"):
        assert expected in shown
    found = json.loads(tenor("info", trained / "model", "--against", "bigru", "--json").out)
    assert found["classes"] == ["negative", "positive"]
    assert found["config"]["training"]["epochs"] == 6
    assert found["against"]["network"]["parameters"] < found["network"]["parameters"]


def test_without_arguments_it_tells_what_is_there() -> None:
    found = json.loads(tenor("info", "--json").out)
    assert "session" in found["recipes"]
    assert "movies" in found["built_in_data"]
    assert found["libraries"]["torch"] is not None
    assert "not installed" not in tenor("info").out or None in found["libraries"].values()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--model", "lsmt"), "did you mean lstm"),
        (("--model", "lstm-medium"), "poolings are"),
        (("--model", "bicnn"), "write cnn"),
        (("--config", "nothing"), "neither a YAML file nor a recipe"),
        (("somewhere", "--model", "lstm"), "--model"),
    ],
)
def test_what_cannot_be_described(arguments: tuple[str, ...], said: str) -> None:
    result = tenor("info", *arguments)
    assert result.status == 2
    assert said in result.error
