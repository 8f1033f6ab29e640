import json

import numpy as np
import pytest

from tenor.errors import DataError, ModelError
from tenor.text.familiarity import Familiarity, unknown_share
from tenor.text.tokens import Tokens

UNKNOWN = 1


def texts(number: int, *, unknown: float, length: tuple[int, int] = (50, 300), seed: int = 0) -> Tokens:
    """Make texts whose tokens are unknown with one probability."""
    random = np.random.default_rng(seed)
    lengths = random.integers(*length, size=number)
    return Tokens.of([np.where(random.random(n) < unknown, UNKNOWN, 7).tolist() for n in lengths])


REFERENCE = texts(500, unknown=0.03)
FAMILIARITY = Familiarity.of(REFERENCE, UNKNOWN)


def test_the_figures_are_those_of_the_reference() -> None:
    shares = unknown_share(REFERENCE, UNKNOWN)
    assert (shares <= FAMILIARITY.unknown_high).mean() == pytest.approx(0.99, abs=0.005)
    assert FAMILIARITY.unknown_mean == pytest.approx(0.03, abs=0.005)
    inside = (FAMILIARITY.length_low <= REFERENCE.lengths) & (REFERENCE.lengths <= FAMILIARITY.length_high)
    assert 0.97 <= inside.mean() <= 1
    assert FAMILIARITY.texts == 500


def test_the_reference_itself_is_familiar() -> None:
    assert FAMILIARITY.warning(REFERENCE) is None


@pytest.mark.parametrize("number", [1, 10, 200])
def test_more_texts_of_the_kind_are_familiar(number: int) -> None:
    warnings = [
        FAMILIARITY.warning(texts(number, unknown=0.03, length=(80, 250), seed=seed)) for seed in range(1, 40)
    ]
    assert warnings == [None] * 39


@pytest.mark.parametrize("number", [1, 10, 200])
def test_texts_of_unknown_words_are_not(number: int) -> None:
    warning = FAMILIARITY.warning(texts(number, unknown=0.4, seed=1))
    assert warning is not None
    assert "unknown" in warning
    assert "length" not in warning
    assert "\n" not in warning


@pytest.mark.parametrize("length", [(2, 10), (2000, 3000)])
def test_texts_of_another_length_are_not(length: tuple[int, int]) -> None:
    warning = FAMILIARITY.warning(texts(30, unknown=0.03, length=length, seed=1))
    assert warning is not None
    assert "median length" in warning
    assert "unknown" not in warning


def test_one_unknown_word_in_a_short_text_is_no_alarm() -> None:
    short = Familiarity.of(texts(300, unknown=0.0, length=(2, 12)), UNKNOWN)
    assert short.unknown_high == 0
    assert short.warning(Tokens.of([[7] * 10 + [UNKNOWN]])) is None
    assert short.warning(Tokens.of([[UNKNOWN] * 5])) is not None


def test_texts_all_unknown_in_the_reference_too_are_familiar() -> None:
    unknown = Tokens.of([[UNKNOWN]] * 5)
    assert Familiarity.of(unknown, UNKNOWN).warning(unknown) is None


def test_no_texts_are_not_unlike() -> None:
    assert FAMILIARITY.warning(Tokens.of([])) is None


def test_the_id_of_unknown_is_the_vocabularys() -> None:
    other = Tokens.of([[9, 3], [3, 3, 3, 9]])
    np.testing.assert_array_equal(unknown_share(other, 9), [0.5, 0.25])
    assert Familiarity.of(other, 9).unknown_mean == pytest.approx(1 / 3)


def test_no_reference_is_refused() -> None:
    with pytest.raises(DataError, match="no texts"):
        Familiarity.of(Tokens.of([]), UNKNOWN)


def test_saved_and_read_it_is_the_same() -> None:
    assert Familiarity.from_json(json.loads(json.dumps(FAMILIARITY.to_json()))) == FAMILIARITY


@pytest.mark.parametrize(
    "value", [None, [], {}, {**FAMILIARITY.to_json(), "more": 1}, {**FAMILIARITY.to_json(), "texts": "5"}]
)
def test_damaged_json_is_refused(value: object) -> None:
    with pytest.raises(ModelError, match="familiarity is damaged"):
        Familiarity.from_json(value)
