"""`Templates`: the frames that variants are made from, and the words that may fill them, from a YAML file.

Frames are written as all templates are (`tenor.data.templates`), with these placeholders:

- `{pro}`: a sentence of the training texts that has the label the variant gets; `{con}`: of the other label;
- `{pro_word}`, `{con_word}`: an adjective that speaks for that label, or for the other.

So "{Con}, but {pro}." and "It was not {con_word}." each make variants of both labels.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from tenor.data.suggestion import listed, suggestion
from tenor.data.templates import Template, checked_texts, said
from tenor.errors import ConfigError

PRO, CON, PRO_WORD, CON_WORD = "pro", "con", "pro_word", "con_word"

_BUILTIN = "augment.yaml"  # beside the banks of the built-in corpora
_TEMPLATES = "templates"
_LISTS = ("adjectives", "openers", "verbs", "avoid")
_MOST_WORDS = 4  # of one label in a frame
# What a frame is read with to see whether it is one; how many of each it can take.
_ANYTHING = {
    PRO: ("",),
    CON: ("",),
    PRO_WORD: tuple(map(str, range(_MOST_WORDS))),
    CON_WORD: tuple(map(str, range(_MOST_WORDS))),
}


@dataclass(frozen=True)
class Frame:
    """One template, its kind, such as "negation", and how many different fillings it takes of each list."""

    kind: str
    text: str
    takes: Mapping[str, int]

    @classmethod
    def of(cls, kind: str, text: str, where: str) -> "Frame":
        """Read a frame; `where` is its place, for messages. Raises `ConfigError` for one that is none."""
        read = Template.of((text,), _ANYTHING, where)
        if not read.numbers:
            names = listed(f"{{{name}}}" for name in _ANYTHING)
            raise ConfigError(f"{where} has no placeholder, so it is one text of no label; use {names}")
        return cls(kind, text, {name: len(own) for name, own in read.numbers.items()})


@dataclass(frozen=True)
class Templates:
    """Frames, and which words and sentences may fill them.

    A sentence is used that begins with one of `openers` (lower case -> how it is written inside a sentence),
    holds one of `verbs`, if there are any, and none of `avoid`. All words but `openers` are in lower case.
    """

    frames: tuple[Frame, ...]
    adjectives: tuple[str, ...]
    openers: Mapping[str, str]
    verbs: frozenset[str]
    avoid: frozenset[str]

    @classmethod
    def read(cls, file: str | None = None) -> "Templates":
        """Read a file of templates; None: those that come with Tenor.

        What a file of the user's own says nothing of but the templates is as in the one that comes along.

        Raises:
            ConfigError: the file cannot be read, or holds something else than what is described above.
        """
        own = _parse((files("tenor.data.builtin") / _BUILTIN).read_text("utf-8"), _BUILTIN)
        given = own if file is None else {**own, **_parse(_text(Path(file)), file)}
        lists = {name: tuple(dict.fromkeys(word.lower() for word in given[name])) for name in _LISTS}
        return cls(
            frames=given[_TEMPLATES],
            adjectives=lists["adjectives"],
            openers={word.lower(): word for word in given["openers"]},
            verbs=frozenset(lists["verbs"]),
            avoid=frozenset(lists["avoid"]),
        )


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ConfigError(f"the templates {path} cannot be read ({reason}); give a YAML file") from error


def _parse(text: str, where: str) -> dict[str, Any]:
    """Return the templates and the lists that a file holds, checked."""
    import yaml

    try:
        values = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a date that is none
        raise ConfigError(f"{where} is not valid YAML: {' '.join(str(error).split())}") from error
    allowed = (_TEMPLATES, *_LISTS)
    if not isinstance(values, dict) or _TEMPLATES not in values:
        raise ConfigError(f"{where} has no {_TEMPLATES}; it needs some, and may have {listed(_LISTS)}")
    for key in values:
        if key not in allowed:
            hint = suggestion(str(key), allowed)
            raise ConfigError(f"{where}: unknown key {key!r}; there are {listed(allowed)}{hint}")
    found: dict[str, Any] = {
        name: checked_texts(values[name], f"{where}, {name}", "words") for name in _LISTS if name in values
    }
    return {**found, _TEMPLATES: _frames(values[_TEMPLATES], where)}


def _frames(kinds: object, where: str) -> tuple[Frame, ...]:
    if not isinstance(kinds, dict) or not kinds:
        raise ConfigError(
            f"{where}: {_TEMPLATES} are {said(kinds)}; give lists by kind, such as "
            "negation: ['It was not {con_word}.']"
        )
    found: dict[str, Frame] = {}
    for kind, texts in kinds.items():
        if not isinstance(kind, str):
            raise ConfigError(f"{where}: the kind {kind!r} is no text; put it in quotes")
        for number, text in enumerate(checked_texts(texts, f"{where}, {kind}", "templates"), start=1):
            place = f"{where}, {kind}, template {number}"
            if text in found:
                raise ConfigError(f"{place} stands there twice: {text!r}; leave one out")
            found[text] = Frame.of(kind, text, place)
    return tuple(found.values())
