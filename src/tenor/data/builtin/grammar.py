"""Banks of words and sentence frames, and the `Writer` that fills the frames for one split.

A frame is a clause with slots, as in `the <thing> <is> not <-adj> at all`. A slot is

- `<+bank>` or `<-bank>`: a polar word of the tone the clause is to have, or of the opposite tone;
- `<thing>`, an aspect, or `<whole>`, what is reviewed; `<+adj>` and `<-adj>` fit the one the frame names;
- the name of a word bank, as in `<day>`;
- any other word, as in `<is>`: itself, agreeing with `<thing>` in number.

All splits share words and frames, so that what is learned of them carries over; but every filled clause
belongs to one split, so that no two splits share a sentence.
"""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any
from zlib import crc32

# A clause has one of ten places by its checksum, and each place is a split's.
SPLIT_OF_PLACE = ("train",) * 6 + ("validation",) * 2 + ("test",) * 2

_SLOT = re.compile(r"<([+-]?)([^<>]+)>")
_ARTICLE = re.compile(r"\b([Aa]) (?=[aeio]|u(?!se|ni))")
_SENTENCE_START = re.compile(r"(?:^|(?<=[.?!] ))[a-z]")

Words = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Banks:
    """The merged YAML files of one domain.

    `polar` and `groups` map a name to words by tone ("good", "bad"); a group also has its aspects: "one"
    (singular), "mass" and "many" (plural). `items` are the things reviewed, each with parts of its own,
    which join the group "build".
    """

    items: Words
    polar: Mapping[str, Words]
    groups: Mapping[str, Words]
    words: Words
    forms: Mapping[str, str]
    joins: Words
    frames: Words


def read_banks(*names: str) -> Banks:
    """Read and merge bank files of this folder: mappings by key, lists end to end."""
    merged: dict[str, Any] = {}
    for name in names:
        merged = _merge(merged, _read(name))
    return Banks(
        items=merged["items"],
        polar=merged["polar"],
        groups=merged["groups"],
        words=merged["words"],
        forms=merged["forms"],
        joins=merged["joins"],
        frames=merged["frames"],
    )


def split_of(clause: str) -> str:
    """Return the only split that may contain a filled clause."""
    return SPLIT_OF_PLACE[crc32(clause.encode()) % len(SPLIT_OF_PLACE)]


class Writer:
    """Fills frames for one split, review by review; within a review it avoids using a word or frame twice."""

    def __init__(self, banks: Banks, split: str, rng: random.Random) -> None:
        self.rng = rng
        self._banks = banks
        self._split = split
        self._items = sorted(banks.items)
        self._things = {name: _things(group) for name, group in banks.groups.items() if name != "whole"}
        self._neutral = sorted(bank for bank in banks.frames if bank.startswith("neutral "))
        self.begin()

    def begin(self) -> None:
        """Start a new review, of some item."""
        self._used: set[str] = set()
        self._item = self.rng.choice(self._items)

    def clause(self, bank: str, good: bool) -> str:
        """Fill a frame of `bank` so that it speaks well or badly of its subject."""
        while True:
            used = set(self._used)
            clause = self._fill(self._fresh(self._banks.frames[bank]), good)
            if split_of(clause) == self._split:
                return clause
            self._used = used

    def neutral(self, count: int) -> list[str]:
        """Return neutral clauses, each about something else."""
        return [self.clause(bank, good=True) for bank in self.rng.sample(self._neutral, count)]

    def join(self, how: str, con: str, pro: str) -> str:
        """Oppose two clauses by one of the ways of `joins`; what counts is `pro`."""
        clauses = {"con": con, "pro": pro}
        way = self.rng.choice(self._banks.joins[how])
        return _SLOT.sub(lambda slot: clauses.get(slot[2]) or self.word(slot[2]), way)

    def word(self, bank: str) -> str:
        """Return some word of a word bank."""
        return self.rng.choice(self._banks.words[bank])

    def _fill(self, frame: str, good: bool) -> str:
        group, thing, plural = self._thing() if "<thing>" in frame else ("whole", "", False)

        def fill(slot: re.Match[str]) -> str:
            sign, name = slot.groups()
            if sign:
                return self._polar(name, group, good == (sign == "+"))
            if name == "thing":
                return thing
            if name == "whole":
                return self.rng.choice([self._item, self.word("whole")])
            if name in self._banks.words:
                return self._fresh(self._banks.words[name])
            return self._banks.forms[name] if plural else name

        return _SLOT.sub(fill, frame)

    def _thing(self) -> tuple[str, str, bool]:
        group = self._fresh(list(self._things))
        own = [(part, False) for part in self._banks.items[self._item]] if group == "build" else []
        thing, plural = self.rng.choice([*self._things[group], *own])
        return group, thing, plural

    def _polar(self, bank: str, group: str, good: bool) -> str:
        tone = "good" if good else "bad"
        words = self._banks.polar[bank][tone]
        if bank == "adj":
            # Half the adjectives are peculiar to the group; the others can be said of anything.
            words = self.rng.choice([words, self._banks.groups[group][tone]])
        return self._fresh(words)

    def _fresh(self, options: Sequence[str]) -> str:
        for _ in range(8):
            option = self.rng.choice(options)
            if option not in self._used:
                break
        self._used.add(option)
        return option


def prose(sentences: Sequence[str]) -> str:
    """Make running text of clauses and sentences: full stops, capitals, `an` before a vowel."""
    text = " ".join(each if each[-1] in ".?!" else f"{each}." for each in sentences)
    return _ARTICLE.sub(r"\1n ", _SENTENCE_START.sub(lambda start: start[0].upper(), text))


def _things(group: Words) -> list[tuple[str, bool]]:
    """Return the aspects of a group, each with whether it is plural."""
    singular = [*group.get("one", ()), *group.get("mass", ())]
    return [(noun, False) for noun in singular] + [(noun, True) for noun in group.get("many", ())]


def _read(name: str) -> dict[str, Any]:
    import yaml

    text = (files(__package__) / f"{name}.yaml").read_text(encoding="utf-8")
    # libyaml, where PyYAML has it, is ten times faster; both parsers build plain values only.
    banks: dict[str, Any] = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    return banks


def _merge(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(first)
    for key, value in second.items():
        if key not in merged:
            merged[key] = value
        elif isinstance(value, dict):
            merged[key] = _merge(merged[key], value)
        else:
            merged[key] = merged[key] + value
    return merged
