"""Suites read from YAML: the same cases every time, and every mistake in one line with its place."""

import copy
import re
from pathlib import Path

import pytest
import yaml

from tenor.errors import ConfigError
from tenor.evaluation.behaviour.changes import CHANGES
from tenor.evaluation.behaviour.judging import DIRECTIONS, TYPES
from tenor.evaluation.behaviour.reading import MOST_CASES, load, parse

GIVEN = {
    "name": "mine",
    "words": {"thing": ["film", "phone"], "good": ["good", "fine"]},
    "tests": [
        {
            "name": "praise",
            "type": "minimum-functionality",
            "capability": "vocabulary",
            "label": "positive",
            "templates": ["The {thing} was {good}.", "What {a good} {thing}!"],
        },
        {
            "name": "swapped",
            "type": "invariance",
            "tolerance": 0.1,
            "pairs": [["The {thing1} was {good}.", "The {thing2} was {good}."]],
        },
        {"name": "typos", "type": "invariance", "change": "typo", "templates": ["The {thing} was {good}."]},
        {
            "name": "very",
            "type": "directional",
            "label": "positive",
            "must_not": "fall",
            "pairs": [["It was {good}.", "It was very {good}."]],
        },
    ],
}


def given(place=None, **changes):
    """Return the suite as YAML with changes to it, or to its test at `place`; None takes a key away."""
    values = copy.deepcopy(GIVEN)
    section = values if place is None else values["tests"][place]
    section.update(changes)
    for key in [key for key, value in section.items() if value is None]:
        del section[key]
    return yaml.safe_dump(values)


def test_a_suite_says_what_its_file_says():
    suite = parse(given(), "mine.yaml")
    assert [(test.name, test.type, len(test.cases)) for test in suite.tests] == [
        ("praise", "minimum-functionality", 8), ("swapped", "invariance", 4),
        ("typos", "invariance", 2), ("very", "directional", 2),
    ]  # fmt: skip
    praise, swapped, typos, very = suite.tests
    assert ("What a fine phone!",) in praise.cases
    assert swapped.tolerance == 0.1
    assert typos.tolerance is None
    assert all(before.startswith("The phone") for before, _ in typos.cases)  # the other has no long word
    assert (very.must_not, very.tolerance) == ("fall", 0.1)
    assert suite.labels == ("positive",)
    assert suite.cases == 16


def test_cases_are_the_same_every_time_and_do_not_hang_on_other_tests():
    words = {"w": [f"w{number}" for number in range(300)]}
    one = parse(given(0, words=words, templates=["{w1} {w2}"], limit=30), "a.yaml")
    assert one == parse(given(0, words=words, templates=["{w1} {w2}"], limit=30), "b.yaml")
    values = yaml.safe_load(given(0, words=words, templates=["{w1} {w2}"], limit=30))
    values["tests"] = values["tests"][:1]
    alone = parse(yaml.safe_dump(values), "a.yaml")
    assert alone.tests == one.tests[:1]
    assert len(alone.tests[0].cases) == 30
    values["seed"] = 1
    assert parse(yaml.safe_dump(values), "a.yaml").tests[0].cases != alone.tests[0].cases


def test_a_fingerprint_follows_what_is_asked_and_nothing_else():
    whole = parse(given(), "a.yaml").fingerprint
    assert parse(given(description="other words"), "b.yaml").fingerprint == whole
    assert parse(given(0, label="negative"), "a.yaml").fingerprint != whole
    assert parse(given(0, templates=["The {thing} is {good}."]), "a.yaml").fingerprint != whole
    assert parse(given(1, tolerance=0.2), "a.yaml").fingerprint != whole


def test_only_some_tests_by_name_or_capability():
    suite = parse(given(), "a.yaml")
    assert [test.name for test in suite.only(["vocabulary", "very"]).tests] == ["praise", "very"]
    with pytest.raises(ConfigError, match=r"no test and no capability 'prais'.*did you mean 'praise'"):
        suite.only(["prais"])


def test_a_suite_without_a_name_is_called_like_its_file(tmp_path):
    file = tmp_path / "shop.yaml"
    file.write_text(given(name=None))
    assert load(file).name == "shop"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (given(test=[]), "mine.yaml: unknown key 'test'; there are .*did you mean 'tests'"),
        (given(tests=[]), "tests is a list; give a list of at least one test"),
        (given(tests=None), "tests is nothing"),
        (given(tests=["praise"]), "test 1 is 'praise'; it is a section with name, type"),
        (given(labels=["good", "bad"]), "test 'praise': unknown label 'positive'; there are good, bad"),
        (given(labels=[]), "labels: the list of labels is empty"),
        (given(labels="positive"), "labels: 'positive' stands where a list of labels is needed"),
        (given(limit=0), "limit is 0; give a whole number from 1"),
        (given(limit=MOST_CASES + 1), "limit is"),
        (given(limit=True), "limit is True"),
        (given(seed="x"), "seed is 'x'"),
        (given(name=3), "name is 3; give a text"),
        (given(words={"good": []}), "words, list 'good': the list of words is empty"),
        (given(0, name=None), "test 1 has no name"),
        (given(1, name="praise"), "two tests are called 'praise'"),
        (
            given(0, type="minimal"),
            "test 'praise': unknown type 'minimal'; there are minimum-functionality, ",
        ),
        (given(0, type=["invariance"]), "unknown type a list"),
        (given(0, type=None), "test 'praise' has no type; give one of"),
        (given(0, label="postive"), "unknown label 'postive'; .*did you mean 'positive'"),
        (given(0, label=None), "label is missing in a test of type minimum-functionality"),
        (given(1, label="positive"), "label means nothing in a test of type invariance"),
        (given(0, must_not="fall"), "must_not means nothing"),
        (given(3, must_not="grow"), "unknown must_not 'grow'; there are fall, rise"),
        (given(0, tolerance=0.1), "tolerance means nothing in a test of type minimum-functionality"),
        (given(1, tolerance=2), "tolerance is 2; give a number from 0 to 1"),
        (given(1, tolerance=True), "tolerance is True"),
        (given(0, templates=["The {thnig}."]), r"test 'praise', template 1: unknown placeholder \{thnig\}"),
        (given(0, templates=[]), "templates: the list of texts is empty"),
        (given(0, templates="The {thing}."), "stands where a list of texts is needed"),
        (given(0, templates=None), "has no templates; this type takes templates"),
        (given(0, change="typo"), "has templates and change; this type takes templates"),
        (given(0, words={"good": [1]}), "test 'praise', words, list 'good': 1 is no text"),
        (given(1, pairs=[["one"]]), "pair 1 has 1 texts; give two"),
        (given(1, pairs=["one"]), "pair 1: 'one' stands where a list of texts is needed"),
        (given(1, pairs=[]), "pairs is a list; give a list of at least one"),
        (given(1, pairs=[["same", "same"]]), "no text is changed"),
        (given(1, change="typo"), "has pairs and change; this type takes pairs or templates and change"),
        (given(2, change="typos"), "unknown change 'typos'; .*did you mean 'typo'"),
        (given(2, change=None), "has templates; this type takes pairs or templates and change"),
        ("tests: [", "mine.yaml is not valid YAML"),
        ("made: 2020-13-45", "mine.yaml is not valid YAML"),
        ("!!python/object/apply:os.getcwd []", "mine.yaml is not valid YAML"),
        ("", "mine.yaml is nothing; it is a section"),
        ("- a", "mine.yaml is a list"),
    ],
)
def test_mistakes_are_one_line_with_the_place_and_what_is_allowed(text, message):
    with pytest.raises(ConfigError, match=message) as caught:
        parse(text, "mine.yaml")
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("mine.yaml")


def test_the_example_of_the_documentation_is_a_suite():
    text = (Path(__file__).parents[3] / "docs" / "checking.md").read_text("utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    suite = parse(example, "shop.yaml")
    assert {test.type for test in suite.tests} == set(TYPES)
    for name in (*TYPES, *CHANGES, *DIRECTIONS):
        assert f"`{name}`" in text or f"`must_not: {name}`" in text


def test_a_file_that_cannot_be_read_is_one_line(tmp_path):
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path / "none.yaml", tmp_path, tmp_path / "bytes.yaml"):
        with pytest.raises(ConfigError, match="cannot be read"):
            load(path)
