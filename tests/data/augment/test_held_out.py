"""The effect of variants is measured by the built-in suite, so that must hold nothing they are made from."""

import re
from collections.abc import Iterator
from importlib import resources

import yaml

from tenor.config.augmentation import AugmentConfig
from tenor.config.data import DataConfig
from tenor.data.augment.augmentation import augment
from tenor.data.augment.templates import CON, PRO, Templates
from tenor.data.duplicates import normalized
from tenor.data.load import load
from tenor.evaluation.behaviour.reading import builtin

_PLACEHOLDER = re.compile(r"\{[^{}]*\}")


def skeleton(text: str) -> str:
    """Return a template without its words, case and marks."""
    return " ".join(re.findall(r"[\w']+", _PLACEHOLDER.sub(" 0 ", text).casefold()))


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from strings(one)


def cases() -> set[str]:
    return {normalized(text) for test in builtin().tests for case in test.cases for text in case}


def test_no_template_of_the_suite_is_one_for_training() -> None:
    suite = yaml.safe_load(resources.files("tenor").joinpath("suites", "sentiment.yaml").read_text("utf-8"))
    held_out = {skeleton(text) for text in strings(suite["tests"])}
    assert len(held_out) > 100
    assert not held_out & {skeleton(frame.text) for frame in Templates.read().frames}


def test_no_case_of_the_suite_could_come_from_a_frame_for_words() -> None:
    """Frames for sentences are left out: "{Con}, but {pro}." fits whatever has a "but"."""
    texts = cases()
    for frame in Templates.read().frames:
        if not {PRO, CON} & frame.takes.keys():
            literal = map(re.escape, _PLACEHOLDER.split(normalized(frame.text)))
            pattern = re.compile(".+".join(literal))
            assert not any(map(pattern.fullmatch, texts)), frame.text


def test_no_variant_of_a_built_in_corpus_is_a_case_of_the_suite() -> None:
    made = augment(load(DataConfig(source="movies")), AugmentConfig(share=0.5))
    assert len(made.examples) == round(0.5 * made.rows)
    assert not cases() & {normalized(one.text) for one in made.examples}
