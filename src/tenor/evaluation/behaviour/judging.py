"""The types of behaviour tests: which cases fail, and how badly.

    minimum-functionality  the text must be read as its label
    invariance             the changed text must be read as the text is; with a tolerance no probability may
                           move by more either
    directional            the probability of the label must not fall, or not rise, by more than the tolerance

Ribeiro et al. 2020, "Beyond accuracy: behavioral testing of NLP models with CheckList", section 2.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tenor.evaluation.behaviour.suite import BehaviourTest
from tenor.evaluation.metrics import Floats, predicted_classes

# What the probability of the label must not do -> the sign of doing it.
DIRECTIONS = {"fall": -1.0, "rise": 1.0}


@dataclass(frozen=True)
class Judged:
    """What came of N cases: which failed (N,), and by how much (N,), to show the worst of them first."""

    failed: npt.NDArray[np.bool_]
    severity: Floats


Judge = Callable[[BehaviourTest, Floats, int], Judged]
"""(test, probabilities (N, texts of a case, C), class of its label or -1 where it has none) -> (N,)."""


@dataclass(frozen=True)
class Type:
    """A type of tests: whether a case is two texts, which keys a test has, and how it judges."""

    judge: Judge
    paired: bool
    label: bool
    must_not: bool = False
    tolerance: bool = False  # whether it may have one
    standard: float | None = None  # the tolerance of a test that names none


def _expected(test: BehaviourTest, probabilities: Floats, label: int) -> Judged:
    own = probabilities[:, 0]
    return Judged(predicted_classes(own) != label, 1.0 - own[:, label])


def _unmoved(test: BehaviourTest, probabilities: Floats, label: int) -> Judged:
    before, after = probabilities[:, 0], probabilities[:, 1]
    moved = np.abs(after - before).max(axis=1)
    failed = predicted_classes(before) != predicted_classes(after)
    if test.tolerance is not None:
        failed |= moved > test.tolerance
    return Judged(failed, moved)


def _directed(test: BehaviourTest, probabilities: Floats, label: int) -> Judged:
    sign = DIRECTIONS[str(test.must_not)]
    moved = sign * (probabilities[:, 1, label] - probabilities[:, 0, label])
    return Judged(moved > float(test.tolerance or 0.0), moved)


MINIMUM, INVARIANCE, DIRECTIONAL = "minimum-functionality", "invariance", "directional"
TYPES: dict[str, Type] = {
    MINIMUM: Type(_expected, paired=False, label=True),
    INVARIANCE: Type(_unmoved, paired=True, label=False, tolerance=True),
    # The standard tolerance is that of CheckList.
    DIRECTIONAL: Type(_directed, paired=True, label=True, must_not=True, tolerance=True, standard=0.1),
}
