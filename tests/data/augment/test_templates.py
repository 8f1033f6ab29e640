"""Templates: those that come along are sound, and every fault in a user's file is said in one line."""

from pathlib import Path

import pytest

from tenor.data.augment.templates import CON, CON_WORD, PRO, PRO_WORD, Templates
from tenor.errors import ConfigError


def test_the_built_in_templates_serve_every_slot_and_several_kinds() -> None:
    templates = Templates.read()
    assert {name for frame in templates.frames for name in frame.takes} == {PRO, CON, PRO_WORD, CON_WORD}
    assert len({frame.kind for frame in templates.frames}) >= 5
    assert len(set(templates.adjectives)) == len(templates.adjectives) >= 100
    # Sentences are written inside others as they stand here: only what is always capital is.
    assert {word for word in templates.openers.values() if word != word.lower()} == {"I", "I'm", "I've"}
    assert not templates.avoid & (templates.verbs | set(templates.openers))


def test_a_file_of_ones_own_keeps_the_lists_it_does_not_have(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("templates:\n  turn: ['First {con}, then {pro}.']\nadjectives: [Spicy, mild]\n")
    mine, own = Templates.read(str(file)), Templates.read()
    assert [(frame.kind, frame.text, frame.takes) for frame in mine.frames] == [
        ("turn", "First {con}, then {pro}.", {"con": 1, "pro": 1})
    ]
    assert mine.adjectives == ("spicy", "mild")
    assert (mine.openers, mine.verbs, mine.avoid) == (own.openers, own.verbs, own.avoid)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "has no templates; it needs some"),
        ("[1, 2]", "has no templates"),
        ("adjectives: [good]", "has no templates"),
        ("templates: {a: [", "is not valid YAML"),
        ("templates: []", "templates are a list; give lists by kind"),
        ("templates: {a: []}", "mine.yaml, a: the list of templates is empty"),
        ("templates: {a: 'not {con_word}'}", "mine.yaml, a: 'not {con_word}' stands where a list"),
        ("templates: {1: ['not {con_word}']}", "the kind 1 is no text"),
        ("templates: {a: ['not {con_word}', 3]}", "mine.yaml, a: 3 is no text"),
        ("templates: {a: ['not {con_word}', ' ']}", "mine.yaml, a: ' ' is no text"),
        ("templates: {a: ['not {con_word}', 'not {word}']}", "a, template 2: unknown placeholder {word}"),
        ("templates: {a: ['not {con_word']}", "a, template 1: a { stands alone"),
        ("templates: {a: ['It was good.']}", "a, template 1 has no placeholder"),
        ("templates: {a: ['{pro1} and {pro2}']}", "2 different words of the list 'pro'"),
        ("templates: {a: ['not {con_word}'], b: ['not {con_word}']}", "b, template 1 stands there twice"),
        ("templates: {a: ['not {con_word}']}\nadjective: [good]", "did you mean 'adjectives'"),
        ("templates: {a: ['not {con_word}']}\navoid: [no, not]", "avoid: False is no text"),
    ],
)
def test_a_fault_in_a_file_is_said_with_its_place(tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(content)
    with pytest.raises(ConfigError) as error:
        Templates.read(str(file))
    assert said in str(error.value)
    assert "\n" not in str(error.value)
    assert "mine.yaml" in str(error.value)


def test_the_example_of_the_page_is_one(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs" / "augmenting.md").read_text("utf-8")
    file = tmp_path / "mine.yaml"
    file.write_text(page.partition("```yaml\n")[2].partition("```")[0])
    mine = Templates.read(str(file))
    assert {frame.kind for frame in mine.frames} == {"contrast", "negation"}
    assert "no" in mine.avoid


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        Templates.read(str(tmp_path / "none.yaml"))
    with pytest.raises(ConfigError, match="cannot be read"):
        Templates.read(str(tmp_path))
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="cannot be read"):
        Templates.read(str(binary))
