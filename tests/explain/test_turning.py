"""Turning points: changes that stay are found where they are, wobbles are not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenor.explain.turning import FEW, LEAST, MOST, Turn, turning_points


def turns(values: list[float]) -> list[Turn]:
    """Return the turns of a curve of one of two classes, every place of the text read."""
    curve = np.array(values)
    return turning_points(curve, (curve > 0.5).astype(np.int64), np.arange(1, len(curve)))


def stepped(*parts: tuple[float, int], noise: float = 0.0) -> list[float]:
    generator = np.random.default_rng(3)
    values = np.repeat([level for level, _ in parts], [length for _, length in parts])
    return list(values + generator.uniform(-noise, noise, len(values)))


@pytest.mark.parametrize("noise", [0.0, 0.04])
@pytest.mark.parametrize(("first", "second"), [(4, 3), (12, 18), (180, 200)])
@pytest.mark.parametrize(("low", "high"), [(0.31, 0.78), (0.9, 0.2)])
def test_a_step_that_stays_is_found_where_it_is(
    low: float, high: float, first: int, second: int, noise: float
) -> None:
    (found,) = turns(stepped((low, first + 1), (high, second), noise=noise))
    assert (found.first, found.last) == (first + 1, first + 1)
    assert found.before == pytest.approx(low, abs=0.05)
    assert found.after == pytest.approx(high, abs=0.05)
    assert found.labels == ((0, 1) if high > low else (1, 0))


@given(st.integers(4, 300), st.data())
def test_a_single_wobble_is_no_turn_however_large(length: int, data: st.DataObject) -> None:
    level = data.draw(st.floats(0.0, 0.45))
    values = [level] * (length + 1)
    values[data.draw(st.integers(1, length - 1))] = 1.0
    assert turns(values) == []


def test_what_the_last_word_changes_stands() -> None:
    (found,) = turns(stepped((0.2, 20), (0.9, 1)))
    assert (found.last, found.labels) == (20, (0, 1))


def test_a_text_of_one_word() -> None:
    (found,) = turns([0.4, 0.9])
    assert (found.first, found.last, found.before, found.after) == (1, 1, 0.4, 0.9)
    assert turns([0.4, 0.45]) == []


def test_there_and_back_are_two_turns() -> None:
    there, back = turns(stepped((0.2, 21), (0.8, 15), (0.1, 20)))
    assert (there.last, back.last) == (21, 36)
    assert there.change > 0 > back.change


def test_a_change_of_the_label_is_named_however_small() -> None:
    (found,) = turns(stepped((0.48, 10), (0.52, 10)))
    assert (found.last, found.labels) == (10, (0, 1))
    assert abs(found.change) < LEAST


def test_a_slow_change_is_put_down_to_the_largest_step_in_it() -> None:
    values = [*[0.2] * 20, 0.3, 0.35, 0.6, 0.7, 0.75, *[0.8] * 20]
    (found,) = turns(values)
    assert found.last == 22
    assert found.step == pytest.approx(0.25)
    assert found.step < found.change


def test_the_largest_turns_are_named_and_all_that_change_the_label() -> None:
    saw = [level for part in range(40) for level in [0.55 + 0.01 * part, 0.95] for _ in range(30)]
    assert [turn.labels for turn in turns(saw)] == [None] * FEW
    across = [level for _ in range(40) for level in (0.2, 0.8) for _ in range(30)]
    found = turns(across)
    assert len(found) == MOST
    assert found[-1].last == len(across) - 30


def test_between_places_a_turn_is_put_down_to_all_words_there() -> None:
    values = np.array([0.2] * 6 + [0.9] * 6)
    places = np.arange(1, 12) * 10
    (found,) = turning_points(values, (values > 0.5).astype(np.int64), places)
    assert (found.first, found.last) == (51, 60)


def test_labels_change_between_classes_that_are_not_shown() -> None:
    values, labels = np.full(21, 0.1), np.array([1] * 11 + [2] * 10)
    (found,) = turning_points(values, labels, np.arange(1, 21))
    assert (found.last, found.labels, found.change) == (11, (1, 2), 0.0)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=80))
def test_whatever_the_curve(values: list[float]) -> None:
    found = turns(values)
    places = [turn.last for turn in found]
    assert places == sorted(set(places))
    assert len(found) <= max(FEW, MOST)
    assert all(1 <= turn.first <= turn.last < len(values) for turn in found)
    assert all(turn.labels or abs(turn.change) >= LEAST for turn in found)


@given(st.integers(13, 40), st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_a_label_that_held_does_not_change_for_good_unnoticed(held: int, rest: list[float]) -> None:
    values = [0.2] * held + rest
    last = int(values[-1] > 0.5)
    assert last == 0 or any(turn.labels == (0, 1) for turn in turns(values))


@pytest.mark.parametrize("values", [[0.5, 0.2, 0.7], [0.5, 0.9, 0.1, 0.9, 0.1]])
def test_where_no_label_held_the_last_change_is_named(values: list[float]) -> None:
    assert turns(values)[-1].last == len(values) - 1
    assert turns(values)[-1].labels is not None
