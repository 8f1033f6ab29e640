"""`BehaviourResult`: how often a model fails each test of a suite, and examples."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from tenor.evaluation.behaviour.suite import BehaviourTest
from tenor.evaluation.intervals import Interval, wilson


@dataclass(frozen=True, slots=True)
class Reading:
    """A text, a class, and its probability: the predicted one, or that of the label a test watches."""

    text: str
    label: str
    probability: float


@dataclass(frozen=True)
class TestResult:
    """What came of one test; an example has a reading for each text of the case."""

    __test__ = False  # pytest looks for classes called so

    test: BehaviourTest
    failures: int
    examples: tuple[tuple[Reading, ...], ...]  # failures, the worst first

    @property
    def rate(self) -> Interval:
        """The share of cases that fail, with its Wilson interval."""
        return wilson(self.failures, len(self.test.cases))

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON-ready values; `cases` is their number."""
        return {
            **self.test.to_json(),
            "cases": len(self.test.cases),
            "failures": self.failures,
            "rate": self.rate.to_json(),
            "examples": [[asdict(reading) for reading in example] for example in self.examples],
        }


@dataclass(frozen=True)
class BehaviourResult:
    """What came of a suite.

    The intervals take cases for independent. Those of one template resemble each other, so they say how far
    other words could move a figure, and nothing about other templates.
    """

    suite: str
    fingerprint: str  # of the suite
    labels: Mapping[str, str]  # of the suite -> classes of the model
    tests: tuple[TestResult, ...]

    @property
    def cases(self) -> int:
        """The number of cases of all tests."""
        return sum(len(one.test.cases) for one in self.tests)

    @property
    def failures(self) -> int:
        """The number of cases that failed."""
        return sum(one.failures for one in self.tests)

    @property
    def rate(self) -> Interval:
        """The share of all cases that fail."""
        return wilson(self.failures, self.cases)

    def above(self, rate: float) -> tuple[TestResult, ...]:
        """Return the tests that fail more often than `rate`, a share, the worst first."""
        found = [one for one in self.tests if one.rate.value > rate]
        return tuple(sorted(found, key=lambda one: -one.rate.value))

    def to_json(self) -> dict[str, Any]:
        """Return the result as JSON-ready values; what tables and pages are made of."""
        return {
            "suite": self.suite,
            "fingerprint": self.fingerprint,
            "labels": dict(self.labels),
            "cases": self.cases,
            "failures": self.failures,
            "rate": self.rate.to_json(),
            "tests": [one.to_json() for one in self.tests],
        }
