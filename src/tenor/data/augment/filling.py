"""`Filling`: the words and sentences of the training texts, and how templates are filled with them."""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tenor.data.augment.polarity import Polarity
from tenor.data.augment.sentences import Sentence, clear_sentences
from tenor.data.augment.templates import CON, CON_WORD, PRO, PRO_WORD, SLOT, Template, Templates
from tenor.data.example import Example

# The list holds adjectives that speak for one side or the other, so that little is enough to tell which.
_ERRORS = 1.6

Words = Mapping[str, Sequence[str]]  # by label
ByLabel = Mapping[str, Sequence[Sentence]]


@dataclass(frozen=True, slots=True)
class Variant:
    """A made text: its label, the kind of its template, the group and the ids of the rows it was made of."""

    text: str
    label: str
    kind: str
    group: str | None = None
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Filling:
    """What templates are filled with: adjectives and sentences by label.

    `opposed` has the sentences once more, each with those it may stand beside: of grouped rows only sentences
    of one group stand in one variant, so that it belongs to that group; else all may.
    """

    words: Words
    sentences: ByLabel
    opposed: Sequence[ByLabel]

    @classmethod
    def of(cls, rows: Sequence[Example], classes: tuple[str, str], templates: Templates) -> "Filling":
        """Find the polar adjectives and clear sentences of the training rows."""
        polarity = Polarity.of(rows, classes)
        polar = {word: polarity.label([word], errors=_ERRORS) for word in templates.adjectives}
        found = list(dict.fromkeys(clear_sentences(rows, polarity, templates)))
        grouped = any(row.group is not None for row in rows)
        # Of grouped rows one without a group is a group of its own, and has no partner.
        places = dict.fromkeys(one.group for one in found if one.group is not None or not grouped)
        near: dict[str | None, list[Sentence]] = {place: [] for place in places}
        for one in found:
            if one.group in near:
                near[one.group].append(one)
        together = [_by_label(there, classes) for there in near.values()]
        return cls(
            words={label: [word for word in polar if polar[word] == label] for label in classes},
            sentences=_by_label(found, classes),
            opposed=[there for there in together if all(there.values())],
        )

    def __str__(self) -> str:
        return " and ".join(
            " and ".join(f"{len(some):,} {label}" for label, some in found.items()) + f" {noun}"
            for found, noun in ((self.sentences, "short sentences"), (self.words, "adjectives"))
        )

    def can(self, template: Template, label: str) -> bool:
        """Tell whether there is anything to fill the template with, for a text of this label."""
        other = self._other(label)
        slots = template.slots
        enough = all(
            len(self.words[side]) >= slots.count(slot)
            for slot, side in ((PRO_WORD, label), (CON_WORD, other))
        )
        if {PRO, CON} <= set(slots):
            return enough and bool(self.opposed)
        return enough and all(
            self.sentences[side] for slot, side in ((PRO, label), (CON, other)) if slot in slots
        )

    def fill(self, template: Template, label: str, rng: random.Random) -> Variant:
        """Fill a template (`can`) so that the text has this label."""
        other = self._other(label)
        slots = template.slots
        chosen: dict[str, Sentence] = {}
        if {PRO, CON} <= set(slots):
            there = rng.choice(self.opposed)
            chosen = {PRO: rng.choice(there[label]), CON: rng.choice(there[other])}
        elif PRO in slots:
            chosen = {PRO: rng.choice(self.sentences[label])}
        elif CON in slots:
            chosen = {CON: rng.choice(self.sentences[other])}
        values = {slot: [one.text] for slot, one in chosen.items()}
        for slot, side in ((PRO_WORD, label), (CON_WORD, other)):
            values[slot] = rng.sample(self.words[side], slots.count(slot))
        groups = {one.group for one in chosen.values()}
        return Variant(
            text=_filled(template.text, values),
            label=label,
            kind=template.kind,
            group=groups.pop() if groups else None,
            sources=tuple(one.source for one in chosen.values()),
        )

    def _other(self, label: str) -> str:
        return next(name for name in self.words if name != label)


def _by_label(sentences: Sequence[Sentence], classes: tuple[str, str]) -> ByLabel:
    return {label: [one for one in sentences if one.label == label] for label in classes}


def _filled(template: str, values: dict[str, list[str]]) -> str:
    left = {slot: iter(each) for slot, each in values.items()}

    def put(slot: re.Match[str]) -> str:
        value = next(left[slot[1]])
        before = template[: slot.start()].rstrip()
        begins = not before or before[-1] in ".!?"
        return value[:1].upper() + value[1:] if begins else value

    return SLOT.sub(put, template)
