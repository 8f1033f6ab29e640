"""`Template`: sentences with placeholders, filled with words from lists, the same way every time.

    The {thing} was {good}.        a word of each list
    This is {a good} {thing}.      with its article: a good film, an excellent film
    {Thing} and price are {good}.  a capital first letter begins the word with a capital
    {name1} told {name2}.          two different words of the list "name"
    {{                             a brace

A template may be several texts that are filled with the same words: a text and its changed form.
"""

import math
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from tenor.data.suggestion import listed, suggestion
from tenor.errors import ConfigError

Words = Mapping[str, Sequence[str]]
"""Lists of words by their names."""

_BRACES = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_PLACEHOLDER = re.compile(r"(?:([aA]) )?([A-Za-z][A-Za-z_-]*)([0-9]*)")
NAME = re.compile(r"[a-z][A-Za-z_-]*")  # of a list
# Written with a vowel but spoken without one, and the other way round.
_CONSONANT = re.compile(r"(?:uni(?!n|m)|use|usu|uti|eu|ew|one\b|once\b)", re.IGNORECASE)
_VOWEL = re.compile(r"(?:hour|honest|honou?r|heir)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Slot:
    """A place in a text: which word of which list stands there, and how."""

    words: str
    number: str  # "1" and "2" are different words, the same number is the same word
    article: str  # "a", "A" or nothing
    capital: bool

    def written(self, word: str) -> str:
        if self.capital:
            word = word[:1].upper() + word[1:]
        if not self.article:
            return word
        vowel = _VOWEL.match(word) or (word[:1].lower() in set("aeiou") and not _CONSONANT.match(word))
        return f"{self.article}{'n' if vowel else ''} {word}"


@dataclass(frozen=True)
class Template:
    """Texts that are filled together."""

    texts: tuple[tuple["str | _Slot", ...], ...]
    words: Mapping[str, tuple[str, ...]]  # the lists that it uses
    numbers: Mapping[str, tuple[str, ...]]  # list -> the different words it takes of it

    @classmethod
    def of(cls, texts: Sequence[str], words: Words, where: str) -> "Template":
        """Read the texts of a template; `where` is its place, for messages.

        Raises:
            ConfigError: a brace alone, an unknown placeholder, a list with too few words.
        """
        read = tuple(_read(text, words, where) for text in texts)
        numbers: dict[str, dict[str, None]] = {}
        for part in read:
            for piece in part:
                if isinstance(piece, _Slot):
                    numbers.setdefault(piece.words, {})[piece.number] = None
        for name, own in numbers.items():
            if len(own) > len(words[name]):
                raise ConfigError(
                    f"{where}: {len(own)} different words of the list {name!r} are asked for, which has "
                    f"{len(words[name])}; give it more"
                )
        used = {name: tuple(words[name]) for name in numbers}
        return cls(read, used, {name: tuple(own) for name, own in numbers.items()})

    @property
    def count(self) -> int:
        """The number of ways to fill it."""
        return math.prod(math.perm(len(self.words[name]), len(own)) for name, own in self.numbers.items())

    def filled(self, place: int) -> tuple[str, ...]:
        """Return the texts filled in one of `count` ways, counted from 0."""
        chosen: dict[tuple[str, str], str] = {}
        for name, own in self.numbers.items():
            left = list(self.words[name])
            for number in own:
                place, which = divmod(place, len(left))
                chosen[name, number] = left.pop(which)
        return tuple(
            "".join(
                piece if isinstance(piece, str) else piece.written(chosen[piece.words, piece.number])
                for piece in text
            )
            for text in self.texts
        )


def draw(templates: Sequence[Template], limit: int, random: Random) -> list[tuple[str, ...]]:
    """Return at most `limit` different fillings: all there are, or as many of each template as it has.

    Those of a template are drawn from `random` without any coming twice.
    """
    left = limit
    taken: dict[int, list[int]] = {}
    by_count = sorted(range(len(templates)), key=lambda place: templates[place].count)
    for done, place in enumerate(by_count):
        count = templates[place].count
        share = min(count, left // (len(templates) - done))
        taken[place] = _places(count, share, random)
        left -= share
    filled = (template.filled(one) for place, template in enumerate(templates) for one in taken[place])
    return list(dict.fromkeys(filled))


def _places(count: int, share: int, random: Random) -> list[int]:
    """Return so many different numbers below `count`, in rising order."""
    if count <= sys.maxsize:
        return sorted(random.sample(range(count), share))
    found: set[int] = set()  # no range is that long, and hardly any number comes twice
    while len(found) < share:
        found.add(random.randrange(count))
    return sorted(found)


def _read(text: str, words: Words, where: str) -> tuple[str | _Slot, ...]:
    pieces: list[str | _Slot] = []
    end = 0
    for found in _BRACES.finditer(text):
        pieces.append(text[end : found.start()])
        end = found.end()
        if found[0] in ("{{", "}}"):
            pieces.append(found[0][0])
        elif found[1] is None:
            raise ConfigError(f"{where}: a {found[0]} stands alone in {text!r}; write {found[0] * 2} for one")
        else:
            pieces.append(_slot(found[1], words, where))
    return (*pieces, text[end:])


def _slot(placeholder: str, words: Words, where: str) -> _Slot:
    found = _PLACEHOLDER.fullmatch(placeholder)
    article, name, number = found.groups(default="") if found else ("", placeholder, "")
    small = name[:1].lower() + name[1:]
    for known, capital in ((name, False), (small, True)):
        if found and known in words:
            return _Slot(known, number, article, capital)
    raise ConfigError(
        f"{where}: unknown placeholder {{{placeholder}}}; there are lists of words called "
        f"{listed(sorted(words), 30) or 'nothing'}{suggestion(small, words)}"
    )


def checked_words(value: object, where: str) -> dict[str, tuple[str, ...]]:
    """Return lists of words as YAML has them, after making sure that they are such.

    Raises:
        ConfigError: something else, a list without words, a word that stands twice, a name that no
            placeholder could say.
    """
    if not isinstance(value, Mapping):
        raise ConfigError(
            f"{where} are {said(value)}; give lists of words by name, such as thing: [film, book]"
        )
    found: dict[str, tuple[str, ...]] = {}
    for name, words in value.items():
        if not isinstance(name, str) or not NAME.fullmatch(name):
            raise ConfigError(
                f"{where}: a list is called {name!r}; names are letters, _ and -, the first one small"
            )
        found[name] = checked_texts(words, f"{where}, list {name!r}", "words")
        twice = [word for place, word in enumerate(found[name]) if word in found[name][:place]]
        if twice:
            raise ConfigError(f"{where}, list {name!r}: {twice[0]!r} stands twice; leave one out")
    return found


def checked_texts(value: object, where: str, noun: str) -> tuple[str, ...]:
    """Return a list of texts as YAML has it, after making sure that it is one and not empty."""
    if not isinstance(value, list):
        raise ConfigError(f"{where}: {said(value)} stands where a list of {noun} is needed")
    if not value:
        raise ConfigError(f"{where}: the list of {noun} is empty; give at least one")
    for one in value:
        if not isinstance(one, str) or not one.strip():
            raise ConfigError(
                f"{where}: {one!r} is no text; in YAML yes, no, on, off and numbers need quotes"
            )
    return tuple(value)


def said(value: object) -> str:
    """Say what YAML made of something."""
    if isinstance(value, Iterable) and not isinstance(value, str):
        return "a section" if isinstance(value, Mapping) else "a list"
    return "nothing" if value is None else repr(value)
