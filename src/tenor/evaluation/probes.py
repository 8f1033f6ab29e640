"""Probe tasks: short artificial texts whose label hangs on words at an exactly known distance.

Four tasks, each with two labels and a chance level of 50 %:

    first-word      polar word, k neutral words                     label: tone of the polar word
    first-of-many   polar word, k words, some of them polar, too    label: tone of the first polar word
    negation        negator or stand-in, k neutral words, polar     label: tone, turned around by a negator
    last-clause     polar word, k neutral words with "but" in       label: tone of the later one
                    their middle, polar word of the other tone

The distance k is the number of words between what has to be brought together: polar word and end of the
text, negator and polar word, the two polar words. All of them are neutral, but for `first-of-many`, where
a tenth of them, and at least 4, are polar. In `last-clause` k does not count the "but". Where order alone
decides, 4 to 12 neutral words stand before the first polar word, in `last-clause` also after the last one:
none is at an edge, which a convolution could see.

Texts come in groups that share distance and neutral words: good and bad, each combination of negator and
tone, both orders. So classes are balanced exactly; in all but `first-word`, every word is exactly as frequent
under one label as under the other, and a sum over words cannot do better than chance. In `first-of-many` and
`last-clause` both labels even have the same words, and nothing that ignores their order can. In `negation` a
maximum over words can: it holds "negator or good", from which the label follows.

The task of remembering one early symbol through noise is that of Hochreiter & Schmidhuber (1997, section 5);
here test sets have one distance each, while training mixes all of them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import TypeVar
from zlib import crc32

import numpy as np
import numpy.typing as npt

from tenor.errors import ConfigError

CHANCE = 0.5
# Raised when tasks change, so that older results are not taken for new ones.
VERSION = 1

GOOD = ("lovely", "superb", "splendid", "brilliant")
BAD = ("awful", "dreadful", "dismal", "horrid")
NEGATORS = ("not", "never", "hardly", "no")
STAND_INS = ("now", "today", "clearly", "there")  # where a negator could be; they turn nothing around
TURN = "but"
NEUTRAL = (
    *("we", "they", "saw", "took", "kept", "train", "house", "river", "table", "street", "letter", "paper"),
    *("monday", "evening", "blue", "wooden", "at", "near", "under", "with"),
)
WORDS = (*GOOD, *BAD, *NEGATORS, *STAND_INS, TURN, *NEUTRAL)
LABELS = ("negative", "positive")

# Neutral words at either side of `last-clause`: no window of up to five words sees both word and edge.
_EDGE = (4, 12)
# Polar words after the first in `first-of-many`: one in so many words, and at least so many. Together they
# balance the first one, so each of a few would tell much of it.
_POLAR_EVERY, _LEAST_POLAR = 10, 4

_T = TypeVar("_T")

Words = list[str]
# Draws the words of one group of texts at a distance: each text with its label.
Writer = Callable[["Draw", int], list[tuple[Words, int]]]


@dataclass(frozen=True)
class Draw:
    """Draws words from a generator."""

    generator: np.random.Generator

    def one(self, things: Sequence[_T]) -> _T:
        """Return one of `things`."""
        return things[int(self.generator.integers(len(things)))]

    def neutral(self, count: int) -> Words:
        """Return `count` neutral words."""
        return [NEUTRAL[place] for place in self.generator.integers(len(NEUTRAL), size=count).tolist()]

    def edge(self) -> Words:
        """Return the neutral words of one side of a text."""
        return self.neutral(int(self.generator.integers(_EDGE[0], _EDGE[1] + 1)))


@dataclass(frozen=True)
class Task:
    """A probe task: how a group of texts is written, and what its distance means."""

    name: str
    meaning: str  # what a model has to do
    distance: str  # what is counted
    group: int  # texts of a group
    write: Writer


@dataclass(frozen=True)
class ProbeTexts:
    """B texts as words, with label and distance."""

    texts: tuple[tuple[str, ...], ...]
    labels: npt.NDArray[np.int64]  # (B,) indices into LABELS
    distances: npt.NDArray[np.int64]  # (B,) in neutral words

    def __len__(self) -> int:
        return len(self.texts)


def training_set(task: Task, count: int, *, shortest: int, longest: int, seed: int) -> ProbeTexts:
    """Return `count` texts at distances from `shortest` to `longest`, drawn evenly on a logarithmic scale.

    The texts of a group have one distance. Raises `ConfigError` where `count` is no multiple of the group.
    """
    generator = _generator(task, "train", seed)
    low, high = log(shortest), log(longest + 1)
    drawn = np.exp(generator.uniform(low, high, size=_groups(task, count)))
    distances = np.clip(drawn.astype(np.int64), shortest, longest)
    return _write(task, distances, generator)


def test_set(task: Task, count: int, *, distance: int, seed: int) -> ProbeTexts:
    """Return `count` texts at one distance, drawn apart from the training set. Raises as `training_set`."""
    generator = _generator(task, f"test {distance}", seed)
    return _write(task, np.full(_groups(task, count), distance, np.int64), generator)


def later_polar(distance: int) -> int:
    """Return how many of the words after the first polar one are polar in `first-of-many`."""
    return min(distance, max(_LEAST_POLAR, distance // _POLAR_EVERY))


def _first_word(draw: Draw, distance: int) -> list[tuple[Words, int]]:
    after = draw.neutral(distance)
    return [([draw.one(words), *after], label) for label, words in enumerate((BAD, GOOD))]


def _first_of_many(draw: Draw, distance: int) -> list[tuple[Words, int]]:
    before, after = draw.edge(), draw.neutral(distance)
    places = sorted(draw.generator.permutation(distance)[: later_polar(distance)].tolist())
    for place in places:
        after[place] = draw.one(GOOD + BAD)
    # One of them changes places with the first word, and not the last one: its tone would tell the label.
    changed = draw.one(places[:-1] or places)
    bad, good = draw.one(BAD), draw.one(GOOD)
    group = []
    for label, (first, later) in enumerate(((bad, good), (good, bad))):
        after[changed] = later
        group.append(([*before, first, *after], label))
    return group


def _negation(draw: Draw, distance: int) -> list[tuple[Words, int]]:
    between = draw.neutral(distance)
    openers = (draw.one(STAND_INS), False), (draw.one(NEGATORS), True)
    tones = (draw.one(BAD), False), (draw.one(GOOD), True)
    return [
        ([opener, *between, polar], int(good != negated))
        for opener, negated in openers
        for polar, good in tones
    ]


def _last_clause(draw: Draw, distance: int) -> list[tuple[Words, int]]:
    before, between, after = draw.edge(), draw.neutral(distance), draw.edge()
    middle = distance // 2
    bad, good = draw.one(BAD), draw.one(GOOD)
    return [
        ([*before, first, *between[:middle], TURN, *between[middle:], last, *after], label)
        for label, (first, last) in enumerate(((good, bad), (bad, good)))
    ]


TASKS: Mapping[str, Task] = {
    task.name: task
    for task in (
        Task(
            "first-word",
            "the first word is good or bad, and nothing else tells the label",
            "neutral words after the first one",
            2,
            _first_word,
        ),
        Task(
            "first-of-many",
            "of many polar words the first one counts",
            "words after the first polar one, some of them polar",
            2,
            _first_of_many,
        ),
        Task(
            "negation",
            "the last word is good or bad, and a negator at the start turns that around",
            "neutral words between negator and polar word",
            4,
            _negation,
        ),
        Task(
            "last-clause",
            "of two polar words of opposite tone, that after the but counts",
            "neutral words between the two polar words",
            2,
            _last_clause,
        ),
    )
}


def _groups(task: Task, count: int) -> int:
    if count < 1 or count % task.group:
        raise ConfigError(
            f"{count} texts of the probe task {task.name}; they come in groups of {task.group}, "
            "so give a multiple of it"
        )
    return count // task.group


def _generator(task: Task, part: str, seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64([seed, crc32(f"{task.name} {part}".encode())]))


def _write(task: Task, distances: npt.NDArray[np.int64], generator: np.random.Generator) -> ProbeTexts:
    draw = Draw(generator)
    written = [one for distance in distances.tolist() for one in task.write(draw, distance)]
    return ProbeTexts(
        tuple(tuple(words) for words, _ in written),
        np.array([label for _, label in written], np.int64),
        np.repeat(distances, task.group),
    )
