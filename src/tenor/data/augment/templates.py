"""`Templates`: the frames that variants are made from, and the words that may fill them, from a YAML file.

A template is a text with slots:

- `{pro}`: a sentence of the training texts that has the label the variant gets; `{con}`: of the other label;
- `{pro_word}`, `{con_word}`: an adjective that speaks for that label, or for the other.

So "{con}, but {pro}." and "It was not {con_word}." each make variants of both labels.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from tenor.data.suggestion import listed, suggestion
from tenor.errors import ConfigError

PRO, CON, PRO_WORD, CON_WORD = "pro", "con", "pro_word", "con_word"
SLOTS = (PRO, CON, PRO_WORD, CON_WORD)
SLOT = re.compile(r"\{([^{}]*)\}")

_BUILTIN = "augment.yaml"  # beside the banks of the built-in corpora
_TEMPLATES = "templates"
_LISTS = ("adjectives", "openers", "verbs", "avoid")


@dataclass(frozen=True, slots=True)
class Template:
    """One frame and its kind, such as "negation"."""

    kind: str
    text: str

    @property
    def slots(self) -> tuple[str, ...]:
        """The slots, from left to right."""
        return tuple(SLOT.findall(self.text))


@dataclass(frozen=True)
class Templates:
    """Frames, and which words and sentences may fill them.

    A sentence is used that begins with one of `openers` (lower case -> how it is written inside a sentence),
    holds one of `verbs`, if there are any, and none of `avoid`. All words but `openers` are in lower case.
    """

    frames: tuple[Template, ...]
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
        lists = {name: tuple(word.lower() for word in given[name]) for name in _LISTS}
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
    except FileNotFoundError:
        raise ConfigError(f"there is no file of templates {path}; check the path") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"the templates {path} cannot be read: {error}") from error


def _parse(text: str, where: str) -> dict[str, Any]:
    """Return the templates and the lists that a file holds, checked."""
    import yaml

    try:
        values = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:
        raise ConfigError(f"{where} is not valid YAML: {' '.join(str(error).split())}") from error
    allowed = (_TEMPLATES, *_LISTS)
    if not isinstance(values, dict) or _TEMPLATES not in values:
        raise ConfigError(f"{where} holds no {_TEMPLATES}; it needs them, and may have {listed(_LISTS)}")
    for key in values:
        if key not in allowed:
            raise ConfigError(
                f"{where} holds {key!r}; allowed are {listed(allowed)}{suggestion(str(key), allowed)}"
            )
    found: dict[str, Any] = {
        name: _strings(values[name], f"{where}, {name}") for name in _LISTS if name in values
    }
    return {**found, _TEMPLATES: _frames(values[_TEMPLATES], where)}


def _frames(kinds: object, where: str) -> tuple[Template, ...]:
    if not isinstance(kinds, dict) or not kinds:
        raise ConfigError(
            f"{where}, {_TEMPLATES}: kinds with a list of templates each are needed, such as "
            "negation: ['It was not {con_word}.']"
        )
    found: dict[str, Template] = {}
    for kind, texts in kinds.items():
        if not isinstance(kind, str):
            raise ConfigError(f"{where}: the kind {kind!r} is no string; put it in quotes")
        for number, text in enumerate(_strings(texts, f"{where}, {kind}"), start=1):
            place = f"{where}, {kind}, template {number}"
            if text in found:
                raise ConfigError(f"{place} stands there twice: {text!r}; leave one out")
            found[text] = _checked(Template(kind, text), place)
    return tuple(found.values())


def _checked(template: Template, place: str) -> Template:
    known = listed(f"{{{slot}}}" for slot in SLOTS)
    for slot in template.slots:
        if slot not in SLOTS:
            raise ConfigError(f"{place}: unknown placeholder {{{slot}}}; there are {known}")
    if set("{}") & set(SLOT.sub("", template.text)):
        raise ConfigError(f"{place}: a brace without its counterpart in {template.text!r}")
    if not template.slots:
        raise ConfigError(f"{place} has no placeholder, so it is one text and no label: use {known}")
    for slot in (PRO, CON):
        if template.slots.count(slot) > 1:
            raise ConfigError(f"{place} holds {{{slot}}} twice; one sentence of each label can stand in it")
    return template


def _strings(values: object, where: str) -> tuple[str, ...]:
    if not isinstance(values, list) or not values:
        raise ConfigError(f"{where}: a list is needed, with one entry or more")
    for value in values:
        if not isinstance(value, str) or not value.strip():
            raise ConfigError(
                f"{where}: {value!r} is no text; put words that YAML takes for something else (no, yes, on) "
                "in quotes"
            )
    return tuple(value.strip() for value in values)
