"""Probe tasks: the distance is exact, classes are balanced, and no word alone tells the label."""

from collections import Counter

import numpy as np
import pytest

from tenor.errors import ConfigError
from tenor.evaluation import probes
from tenor.evaluation.probes import BAD, GOOD, NEGATORS, NEUTRAL, STAND_INS, TASKS, TURN, ProbeTexts

POLAR = {**dict.fromkeys(GOOD, 1), **dict.fromkeys(BAD, 0)}
DISTANCES = (1, 2, 5, 20, 100)


def read(name: str, words: tuple[str, ...]) -> tuple[int, int]:
    """Return label and distance as the definition of the task has them, from the words alone."""
    polar = [place for place, word in enumerate(words) if word in POLAR]
    neutral = [place for place, word in enumerate(words) if word in NEUTRAL]
    if name == "first-word":
        assert polar == [0]
        assert len(neutral) == len(words) - 1
        return POLAR[words[0]], len(words) - 1
    if name == "first-of-many":
        assert len(polar) + len(neutral) == len(words)
        distance = len(words) - 1 - polar[0]
        assert polar[0] >= 4
        assert len(polar) == 1 + probes.later_polar(distance)
        return POLAR[words[polar[0]]], distance
    if name == "negation":
        assert polar == [len(words) - 1]
        assert words[0] in NEGATORS + STAND_INS
        assert len(neutral) == len(words) - 2
        return POLAR[words[-1]] ^ (words[0] in NEGATORS), len(words) - 2
    first, last = polar
    turn = words.index(TURN)
    assert first < turn < last
    assert POLAR[words[first]] != POLAR[words[last]]
    assert len(neutral) == len(words) - 3
    assert turn - first - 1 in {(last - first - 2) // 2, (last - first - 1) // 2}  # "but" in the middle
    assert min(first, len(words) - 1 - last) >= 4
    return POLAR[words[last]], last - first - 2


@pytest.mark.parametrize("distance", DISTANCES)
@pytest.mark.parametrize("name", TASKS)
def test_label_and_distance_are_those_of_the_words(name: str, distance: int) -> None:
    found = probes.test_set(TASKS[name], 40, distance=distance, seed=3)
    assert set(found.distances.tolist()) == {distance}
    for words, label in zip(found.texts, found.labels.tolist(), strict=True):
        assert read(name, words) == (label, distance)


@pytest.mark.parametrize("name", TASKS)
def test_training_mixes_all_distances_with_as_many_texts_on_each_scale(name: str) -> None:
    found = probes.training_set(TASKS[name], 4000, shortest=2, longest=500, seed=0)
    for words, label, distance in zip(found.texts, found.labels, found.distances, strict=True):
        assert read(name, words) == (label, distance)
    assert 2 <= found.distances.min() <= 3
    assert 450 <= found.distances.max() <= 500
    # Half of log 2 to log 501 is the square root of their product.
    assert 0.45 < float((found.distances < np.sqrt(2 * 501)).mean()) < 0.55


def counts(found: ProbeTexts, label: int) -> Counter[str]:
    return Counter(
        word for words, own in zip(found.texts, found.labels, strict=True) if own == label for word in words
    )


@pytest.mark.parametrize("name", ["first-of-many", "negation", "last-clause"])
def test_no_word_is_more_frequent_under_one_label(name: str) -> None:
    for found in (
        probes.training_set(TASKS[name], 400, shortest=2, longest=50, seed=1),
        probes.test_set(TASKS[name], 400, distance=7, seed=1),
    ):
        assert counts(found, 0) == counts(found, 1)
        assert counts(found, 0).keys() >= {*GOOD, *BAD, *NEUTRAL}


@pytest.mark.parametrize("name", ["first-of-many", "last-clause"])
def test_texts_of_both_labels_have_the_same_words_in_other_orders(name: str) -> None:
    found = probes.test_set(TASKS[name], 40, distance=19, seed=0)
    bags = [tuple(sorted(words)) for words in found.texts]
    assert bags[::2] == bags[1::2]
    assert (found.labels[::2] != found.labels[1::2]).all()


@pytest.mark.parametrize("distance", [2, 20, 100])
def test_of_many_the_last_polar_word_tells_nothing(distance: int) -> None:
    found = probes.test_set(TASKS["first-of-many"], 400, distance=distance, seed=0)
    last = [[POLAR[word] for word in words if word in POLAR][-1] for words in found.texts]
    assert float((np.array(last) == found.labels).mean()) == 0.5


def test_in_the_first_word_task_only_the_first_word_differs_by_label() -> None:
    found = probes.test_set(TASKS["first-word"], 40, distance=9, seed=0)
    for bad, good in zip(found.texts[::2], found.texts[1::2], strict=True):
        assert bad[1:] == good[1:]


@pytest.mark.parametrize("name", TASKS)
def test_classes_are_balanced_exactly(name: str) -> None:
    found = probes.training_set(TASKS[name], 204, shortest=2, longest=30, seed=5)
    assert np.bincount(found.labels).tolist() == [102, 102]
    for distance in np.unique(found.distances):
        own = found.labels[found.distances == distance]
        assert own.sum() * 2 == len(own)


@pytest.mark.parametrize("name", TASKS)
def test_a_seed_says_everything_and_test_texts_are_others(name: str) -> None:
    def drawn(seed: int) -> ProbeTexts:
        return probes.test_set(TASKS[name], 40, distance=30, seed=seed)

    assert drawn(1).texts == drawn(1).texts
    assert drawn(1).texts != drawn(2).texts
    train = probes.training_set(TASKS[name], 40, shortest=30, longest=30, seed=1)
    assert not set(train.texts) & set(drawn(1).texts)


def test_words_have_one_meaning() -> None:
    assert len(set(probes.WORDS)) == len(probes.WORDS)


@pytest.mark.parametrize(("name", "count"), [("first-word", 0), ("first-word", 3), ("negation", 6)])
def test_half_a_group_is_refused(name: str, count: int) -> None:
    with pytest.raises(ConfigError, match="groups of"):
        probes.test_set(TASKS[name], count, distance=5, seed=0)
