"""`BehaviourFigures`: how often the trainings of one model fail each behaviour test."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from tenor.compare.cell_result import CellBehaviour
from tenor.evaluation.behaviour.suite import Suite
from tenor.evaluation.intervals import Interval, wilson


@dataclass(frozen=True)
class BehaviourFigures:
    """Mean failure rates over the trainings; the intervals are Wilson's, of that mean on so many cases."""

    trainings: int
    overall: Interval
    tests: Mapping[str, Interval]

    @classmethod
    def of(cls, suite: Suite, found: Sequence[CellBehaviour]) -> "BehaviourFigures | None":
        """Put trainings together; None where none was checked by this very suite."""
        same = [one for one in found if one.suite == suite.fingerprint]
        if not same:
            return None
        means = {test.name: fmean(one.failures[test.name] for one in same) for test in suite.tests}
        return cls(
            len(same),
            wilson(sum(means.values()), suite.cases),
            {test.name: wilson(means[test.name], len(test.cases)) for test in suite.tests},
        )

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON-ready values."""
        return {
            "trainings": self.trainings,
            "overall": self.overall.to_json(),
            "tests": {name: rate.to_json() for name, rate in self.tests.items()},
        }


def suite_values(suite: Suite) -> dict[str, Any]:
    """Return what a page says of a suite; `cases` are numbers."""
    tests = [{**test.to_json(), "cases": len(test.cases)} for test in suite.tests]
    return {"suite": suite.name, "cases": suite.cases, "tests": tests}
