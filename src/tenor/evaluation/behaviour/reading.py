"""From a plain YAML file to a `Suite`; docs/checking.md describes the format."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from random import Random
from typing import Any

from tenor.data.suggestion import suggestion
from tenor.data.templates import Template, Words, checked_texts, checked_words, draw, said
from tenor.errors import ConfigError
from tenor.evaluation.behaviour.changes import CHANGES
from tenor.evaluation.behaviour.judging import DIRECTIONS, TYPES
from tenor.evaluation.behaviour.suite import BehaviourTest, Suite

BUILTIN = "sentiment"
LABELS = ("negative", "positive")
LIMIT = 60  # cases of a test
MOST_CASES = 100_000

_SUITE_KEYS = ("name", "description", "labels", "seed", "limit", "words", "tests")
_TEST_KEYS = (
    *("name", "type", "capability", "meaning", "label", "must_not", "tolerance", "limit"),
    *("words", "templates", "pairs", "change"),
)


@cache
def builtin() -> Suite:
    """Return the suite for sentiment that comes with Tenor."""
    file = resources.files("tenor").joinpath("suites", f"{BUILTIN}.yaml")
    return parse(file.read_text("utf-8"), f"{BUILTIN}.yaml")


def load(path: Path) -> Suite:
    """Read a suite from a YAML file.

    Raises:
        ConfigError: it cannot be read, or is no suite; with the place, and what is allowed there.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ConfigError(f"the suite {path} cannot be read ({reason}); give a YAML file") from error
    return parse(text, path.name)


def parse(text: str, where: str) -> Suite:
    """Read a suite from YAML; `where` is the name of its file, for messages. Errors as `load`."""
    import yaml

    try:
        values = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a date that is none
        raise ConfigError(f"{where} is not valid YAML: {' '.join(str(error).split())}") from error
    found = _section(values, where, _SUITE_KEYS)
    shared = _Shared(
        file=where,
        labels=checked_texts(found.get("labels", list(LABELS)), f"{where}, labels", "labels"),
        words=checked_words(found.get("words", {}), f"{where}, words"),
        seed=_whole(found, "seed", where, default=0, least=0),
        limit=_whole(found, "limit", where, default=LIMIT, least=1),
    )
    sections = found.get("tests")
    if not isinstance(sections, list) or not sections:
        raise ConfigError(f"{where}: tests is {said(sections)}; give a list of at least one test")
    tests: dict[str, BehaviourTest] = {}
    for place, section in enumerate(sections, start=1):
        test = _test(section, f"{where}, test {place}", shared)
        if test.name in tests:
            raise ConfigError(f"{where}: two tests are called {test.name!r}; give each a name of its own")
        tests[test.name] = test
    name = _text(found, "name", where) or where.rpartition(".")[0] or where
    return Suite(name, tuple(tests.values()), _text(found, "description", where).strip())


@dataclass(frozen=True)
class _Shared:
    """What a suite says for all its tests."""

    file: str
    labels: tuple[str, ...]
    words: Words
    seed: int
    limit: int


def _test(section: object, place: str, shared: _Shared) -> BehaviourTest:
    found = _section(section, place, _TEST_KEYS)
    name = _text(found, "name", place)
    if not name:
        raise ConfigError(f"{place} has no name; give it one")
    where = f"{shared.file}, test {name!r}"
    type_name = _choice(found, "type", where, TYPES)
    kind = TYPES[type_name]
    for key, taken in (("label", kind.label), ("must_not", kind.must_not)):
        if (key in found) != taken:
            raise ConfigError(
                f"{where}: {key} {'is missing' if taken else 'means nothing'} in a test of type {type_name}; "
                f"{'give one' if taken else 'leave it out'}"
            )
    if "tolerance" in found and not kind.tolerance:
        raise ConfigError(f"{where}: tolerance means nothing in a test of type {type_name}; leave it out")
    limit = _whole(found, "limit", where, default=shared.limit, least=1)
    words = {**shared.words, **checked_words(found.get("words", {}), f"{where}, words")}
    # A test draws by itself: others may come and go, its cases stay.
    random = Random(f"{shared.seed} {name}")  # noqa: S311 - no secret
    change = CHANGES[_choice(found, "change", where, CHANGES)] if "change" in found else None
    made = [Template.of(texts, words, place) for texts, place in _templates(found, where, paired=kind.paired)]
    cases = draw(made, limit, random)
    if change is not None:
        cases = [(text, change(text, random)) for (text,) in cases]
    cases = [case for case in cases if len(set(case)) == len(case)]
    if not cases:
        raise ConfigError(f"{where}: no text is changed; give pairs or templates in which something is")
    return BehaviourTest(
        name=name,
        type=type_name,
        cases=tuple(cases),
        capability=_text(found, "capability", where),
        meaning=_text(found, "meaning", where).strip(),
        label=_choice(found, "label", where, shared.labels) if kind.label else None,
        must_not=_choice(found, "must_not", where, DIRECTIONS) if kind.must_not else None,
        tolerance=_share(found, "tolerance", where) if "tolerance" in found else kind.standard,
    )


def _templates(
    found: Mapping[str, Any], where: str, *, paired: bool
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the texts of each template, and its place."""
    given = tuple(key for key in ("templates", "pairs", "change") if key in found)
    allowed = (("pairs",), ("templates", "change")) if paired else (("templates",),)
    if given not in allowed:
        raise ConfigError(
            f"{where} has {' and '.join(given) or 'no templates'}; this type takes "
            f"{' or '.join(' and '.join(keys) for keys in allowed)}"
        )
    if "templates" in given:
        for number, text in enumerate(checked_texts(found["templates"], f"{where}, templates", "texts"), 1):
            yield (text,), f"{where}, template {number}"
        return
    pairs = found["pairs"]
    if not isinstance(pairs, list) or not pairs:
        raise ConfigError(
            f"{where}: pairs is {said(pairs)}; give a list of at least one [text, changed text]"
        )
    for number, pair in enumerate(pairs, 1):
        texts = checked_texts(pair, f"{where}, pair {number}", "texts")
        if len(texts) != 2:
            raise ConfigError(
                f"{where}, pair {number} has {len(texts)} texts; give two, a text and its changed form"
            )
        yield texts, f"{where}, pair {number}"


def _section(value: object, where: str, allowed: Sequence[str]) -> Mapping[str, Any]:
    """Return a section after making sure that it is one and has no unknown keys."""
    if not isinstance(value, Mapping):
        raise ConfigError(f"{where} is {said(value)}; it is a section with {', '.join(allowed)}")
    for key in value:
        if key not in allowed:
            hint = suggestion(str(key), allowed)
            raise ConfigError(f"{where}: unknown key {key!r}; there are {', '.join(allowed)}{hint}")
    return value


def _text(found: Mapping[str, Any], key: str, where: str) -> str:
    value = found.get(key, "")
    if not isinstance(value, str):
        raise ConfigError(
            f"{where}: {key} is {said(value)}; give a text (in YAML yes, no and numbers need quotes)"
        )
    return value


def _choice(found: Mapping[str, Any], key: str, where: str, allowed: Iterable[str]) -> str:
    choices = list(allowed)
    if key not in found:
        raise ConfigError(f"{where} has no {key}; give one of {', '.join(choices)}")
    value = found[key]
    if value not in choices:
        hint = suggestion(value, choices) if isinstance(value, str) else ""
        raise ConfigError(f"{where}: unknown {key} {said(value)}; there are {', '.join(choices)}{hint}")
    return str(value)


def _whole(found: Mapping[str, Any], key: str, where: str, *, default: int, least: int) -> int:
    value = found.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= MOST_CASES:
        raise ConfigError(
            f"{where}: {key} is {said(value)}; give a whole number from {least} to {MOST_CASES:,}"
        )
    return value


def _share(found: Mapping[str, Any], key: str, where: str) -> float:
    value = found[key]
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 1:
        raise ConfigError(f"{where}: {key} is {said(value)}; give a number from 0 to 1")
    return float(value)
