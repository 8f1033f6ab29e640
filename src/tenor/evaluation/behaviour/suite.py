"""`Suite`: named behaviour tests, each with its cases.

After Ribeiro et al. 2020, "Beyond accuracy: behavioral testing of NLP models with CheckList". A case is one
text, or a text and its changed form.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from tenor.data.suggestion import listed, suggestion
from tenor.errors import ConfigError

Case = tuple[str, ...]


@dataclass(frozen=True)
class BehaviourTest:
    """Cases that ask the same thing, and what must come out; `type` is one of `judging.TYPES`."""

    name: str
    type: str
    cases: tuple[Case, ...]
    capability: str = ""
    meaning: str = ""  # one sentence
    label: str | None = None  # that is expected, or whose probability is watched
    must_not: str | None = None  # what that probability must not do, of `judging.DIRECTIONS`
    tolerance: float | None = None  # how much a probability may move; None: as it likes

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON-ready values."""
        return {
            "name": self.name,
            "type": self.type,
            "capability": self.capability,
            "meaning": self.meaning,
            "label": self.label,
            "must_not": self.must_not,
            "tolerance": self.tolerance,
            "cases": [list(case) for case in self.cases],
        }


@dataclass(frozen=True)
class Suite:
    """Tests with different names, at least one."""

    name: str
    tests: tuple[BehaviourTest, ...]
    description: str = ""

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that the tests speak of."""
        return tuple(dict.fromkeys(test.label for test in self.tests if test.label is not None))

    @property
    def cases(self) -> int:
        """The number of cases of all tests."""
        return sum(len(test.cases) for test in self.tests)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of all cases and of what is expected: results of the same one can be put together."""
        values = json.dumps([test.to_json() for test in self.tests], sort_keys=True)
        return hashlib.sha256(values.encode("utf-8", "surrogatepass")).hexdigest()

    def only(self, names: Iterable[str]) -> "Suite":
        """Return the suite with the tests of these names or capabilities alone.

        Raises:
            ConfigError: a name that no test and no capability has.
        """
        wanted = list(names)
        known = [name for test in self.tests for name in (test.name, test.capability) if name]
        for name in wanted:
            if name not in known:
                capabilities = dict.fromkeys(test.capability for test in self.tests if test.capability)
                raise ConfigError(
                    f"{self.name} has no test and no capability {name!r}; it has {len(self.tests)} tests, of "
                    f"{listed(capabilities, 20) or 'no capabilities'}{suggestion(name, known)}"
                )
        kept = tuple(test for test in self.tests if {test.name, test.capability} & set(wanted))
        return replace(self, tests=kept)

    def to_json(self) -> dict[str, Any]:
        """Return the suite with all its cases as JSON-ready values."""
        return {
            "name": self.name,
            "description": self.description,
            "fingerprint": self.fingerprint,
            "labels": list(self.labels),
            "tests": [test.to_json() for test in self.tests],
        }
