"""The cnn against windows multiplied by hand and torch's own convolution; what it sees, by gradients."""

import pytest
import torch
from torch.nn import functional as F
from torch.testing import assert_close

from tenor.config.load import parse
from tenor.config.network import CNNConfig
from tenor.errors import ConfigError
from tenor.nn.convolution import Convolution
from tenor.nn.encoder import Embedded

SIZE = 4


def cnn(*widths: int, layers: int = 1, filters: int = 3, dropout: float = 0.0) -> Convolution:
    made = Convolution(SIZE, CNNConfig(widths=widths, filters=filters, layers=layers, dropout=dropout))
    for layer in made.layers:
        torch.nn.init.normal_(layer.bias)
    return made


def embedded(rows: int = 2, width: int = 9) -> Embedded:
    return Embedded(torch.randn(rows, width, SIZE), torch.ones(rows, width, dtype=torch.bool))


@pytest.mark.parametrize("widths", [(1,), (3,), (3, 4, 5), (2, 2), (5, 1)])
def test_each_filter_sees_the_window_that_ends_at_its_token(widths: tuple[int, ...]) -> None:
    encoder, batch = cnn(*widths), embedded()
    sequence = encoder(batch).sequence
    layer = encoder.layers[0]
    assert sequence.shape[-1] == encoder.output_size == 3 * len(widths)
    for number, width in enumerate(widths):
        kernel, bias = getattr(layer, f"kernel{number}"), layer.bias[3 * number : 3 * number + 3]
        for place in range(9):
            expected = bias.clone()
            for back in range(min(width, place + 1)):
                expected = expected + batch.x[:, place - back] @ kernel[:, :, width - 1 - back].T
            assert_close(sequence[:, place, 3 * number : 3 * number + 3], expected.relu())


def test_a_stack_is_convolutions_one_after_the_other() -> None:
    encoder, batch = cnn(2, 3, layers=2), embedded()
    x = batch.x.transpose(1, 2)
    for layer in encoder.layers:
        x = torch.cat(
            [
                F.conv1d(F.pad(x, (1, 0)), layer.kernel0, layer.bias[:3]),
                F.conv1d(F.pad(x, (2, 0)), layer.kernel1, layer.bias[3:]),
            ],
            1,
        ).relu()
    assert_close(encoder(batch).sequence, x.transpose(1, 2))


@pytest.mark.parametrize(
    ("widths", "layers", "field"),
    [((3,), 1, 3), ((3,), 4, 9), ((1,), 3, 1), ((3, 4, 5), 1, 5), ((2, 3), 3, 7)],
)
def test_the_receptive_field_is_what_gradients_reach(
    widths: tuple[int, ...], layers: int, field: int
) -> None:
    encoder = cnn(*widths, layers=layers, filters=16)
    batch = embedded(width=14)
    x = batch.x.requires_grad_()
    encoder(batch).sequence[:, 12].sum().backward()
    assert x.grad is not None
    reached = (x.grad != 0).any(-1).any(0)
    assert reached.tolist() == [12 - field < place <= 12 for place in range(14)]
    assert encoder.receptive_field == field


def test_dropout_is_between_layers_only() -> None:
    batch = embedded()
    for layers, differs in ((1, False), (2, True)):
        encoder = cnn(3, layers=layers, dropout=0.5).train()
        assert torch.equal(encoder(batch).sequence, encoder(batch).sequence) != differs


@pytest.mark.parametrize("widths", [[], [0], [3, -1], 3])
def test_widths_that_are_none_are_refused(widths: object) -> None:
    with pytest.raises(ConfigError, match=r"network\.cnn\.widths.*list of int: tokens that a filter"):
        parse({"network": {"cnn": {"widths": widths}}})
