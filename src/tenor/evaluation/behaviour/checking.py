"""`check`: run a suite against whatever gives texts probabilities."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from tenor.errors import InputError
from tenor.evaluation.behaviour.judging import DIRECTIONAL, TYPES
from tenor.evaluation.behaviour.labels import fits, match
from tenor.evaluation.behaviour.reading import builtin
from tenor.evaluation.behaviour.result import BehaviourResult, Reading, TestResult
from tenor.evaluation.behaviour.suite import BehaviourTest, Suite
from tenor.evaluation.metrics import Floats

Predict = Callable[[Sequence[str]], npt.ArrayLike]
"""Texts (N,) -> probabilities (N, C)."""

EXAMPLES = 3  # failures of each test that are kept


def check(
    suite: Suite,
    predict: Predict,
    classes: Sequence[str],
    *,
    labels: Mapping[str, str] | None = None,
    examples: int = EXAMPLES,
) -> BehaviourResult:
    """Run all tests of `suite`; each different text is predicted once.

    Args:
        suite: what is asked.
        predict: `predict_proba` of a predictor, a baseline or anything else.
        classes: the names of the C columns of probabilities.
        labels: labels of the suite -> classes, for those that are not called the same.
        examples: most failures of each test that are kept, the worst first.

    Raises:
        ConfigError: labels that are no classes.
        InputError: `predict` returned something else than probabilities (N, C).
    """
    matched = match(suite.labels, classes, labels)
    texts = list(dict.fromkeys(text for test in suite.tests for case in test.cases for text in case))
    probabilities = np.asarray(predict(texts), dtype=np.float64)
    if probabilities.shape != (len(texts), len(classes)) or not np.isfinite(probabilities).all():
        raise InputError(
            f"a model must give finite probabilities ({len(texts)}, {len(classes)}) for so many texts and "
            f"classes; these have shape {probabilities.shape}"
        )
    rows = {text: row for row, text in enumerate(texts)}
    return BehaviourResult(
        suite=suite.name,
        fingerprint=suite.fingerprint,
        labels=matched,
        tests=tuple(
            _result(
                test,
                probabilities[[[rows[text] for text in case] for case in test.cases]],
                classes,
                -1 if test.label is None else list(classes).index(matched[test.label]),
                examples,
            )
            for test in suite.tests
        ),
    )


def check_builtin(
    predict: Predict, classes: Sequence[str], *, examples: int = EXAMPLES
) -> BehaviourResult | None:
    """Run the suite for sentiment; None where the classes are not called as its labels are."""
    if not fits_builtin(classes):
        return None
    return check(builtin(), predict, classes, examples=examples)


def fits_builtin(classes: Sequence[str]) -> bool:
    """Return whether the classes are called as the labels of the suite for sentiment."""
    return fits(builtin().labels, classes)


def _result(
    test: BehaviourTest, probabilities: Floats, classes: Sequence[str], label: int, examples: int
) -> TestResult:
    """Judge a test by the probabilities of its cases, (N, texts of a case, C)."""
    judged = TYPES[test.type].judge(test, probabilities, label)
    failed = np.flatnonzero(judged.failed)
    worst = failed[np.argsort(-judged.severity[failed], kind="stable")][:examples]
    shown = []
    for row in worst.tolist():
        of = probabilities[row]  # (texts of a case, C)
        read = [label] * len(of) if test.type == DIRECTIONAL else of.argmax(axis=1).tolist()
        shown.append(
            tuple(
                Reading(text, classes[place], float(own[place]))
                for text, place, own in zip(test.cases[row], read, of, strict=True)
            )
        )
    return TestResult(test, len(failed), tuple(shown))
