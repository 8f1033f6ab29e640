"""Promise 7: read piece by piece with a carried state = read whole, for encoders that read one way."""

from dataclasses import replace

import pytest
import torch
from small import SMALL, VOCABULARY, classifier
from torch.testing import assert_close

from tenor.config.network import HAS_DIRECTIONS
from tenor.errors import ConfigError
from tenor.nn.build import ENCODERS
from tenor.nn.encoder import Embedded

STREAMING = ("rnn", "lstm", "gru", "mingru", "bag", "cnn")
BOTH_WAYS = [name for name, has_directions in HAS_DIRECTIONS.items() if has_directions]


def encoder_of(name: str, *, bidirectional: bool = False) -> object:
    return classifier(replace(SMALL, encoder=name, bidirectional=bidirectional)).encoder


def embedded(lengths: list[int], width: int) -> Embedded:
    mask = torch.arange(width) < torch.tensor(lengths)[:, None]
    ids = torch.randint(1, VOCABULARY, mask.shape)
    return Embedded(torch.randn(len(lengths), width, SMALL.embedding_size), mask, ids)


def part(whole: Embedded, rows: slice, tokens: slice) -> Embedded:
    assert whole.ids is not None
    return Embedded(whole.x[rows, tokens], whole.mask[rows, tokens], whole.ids[rows, tokens])


@pytest.mark.parametrize("name", ENCODERS)
def test_which_encoders_stream(name: str) -> None:
    assert encoder_of(name).streams == (name in STREAMING)


@pytest.mark.parametrize("name", STREAMING)
@pytest.mark.parametrize("cut", [1, 4, 9])
@torch.no_grad()
def test_two_pieces_are_the_whole(name: str, cut: int) -> None:
    encoder = encoder_of(name)
    whole = embedded([10, 10, 10], 10)
    pieces, state = [], encoder.initial_state(3)
    for piece in (slice(0, cut), slice(cut, 10)):
        encoded = encoder(part(whole, slice(None), piece), state)
        state = encoded.state
        pieces.append(encoded.sequence)
    assert_close(torch.cat(pieces, 1), encoder(whole).sequence, atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("name", STREAMING)
@torch.no_grad()
def test_state_of_ragged_texts_is_that_of_their_last_real_token(name: str) -> None:
    encoder = encoder_of(name)
    ragged = embedded([7, 2, 4], 7)
    together = encoder(ragged, encoder.initial_state(3))
    for row, length in enumerate([7, 2, 4]):
        alone = part(ragged, slice(row, row + 1), slice(length))
        single = encoder(alone, encoder.initial_state(1))
        assert_close(together.last[row], single.last[0], atol=1e-6, rtol=1e-5)
        for own, whole in zip(single.state, together.state, strict=True):
            assert_close(whole[:, row], own[:, 0], atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("name", ENCODERS)
def test_without_a_state_none_comes_out(name: str) -> None:
    assert encoder_of(name)(embedded([3], 3)).state is None


@pytest.mark.parametrize("name", BOTH_WAYS)
def test_two_directions_refuse_a_state(name: str) -> None:
    encoder = encoder_of(name, bidirectional=True)
    assert not encoder.streams
    with pytest.raises(ConfigError, match="bidirectional=false"):
        encoder(embedded([3], 3), encoder.initial_state(1))


def test_an_encoder_of_whole_texts_refuses_a_state() -> None:
    encoder = encoder_of("transformer")
    with pytest.raises(ConfigError, match=r"whole text at once.*network\.encoder=lstm"):
        encoder.initial_state(1)
    with pytest.raises(ConfigError, match="whole text at once"):
        encoder(embedded([3], 3), (torch.zeros(1, 1, 4),))
