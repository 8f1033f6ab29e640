"""`Filling`: the words and sentences of the training texts, and how frames are filled with them."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tenor.data.augment.polarity import Polarity
from tenor.data.augment.sentences import Sentence, clear_sentences
from tenor.data.augment.templates import CON, CON_WORD, PRO, PRO_WORD, Frame, Templates
from tenor.data.example import Example
from tenor.data.templates import Template, Words

# The list holds adjectives that speak for one side or the other, so that little is enough to tell which.
_ERRORS = 1.6

ByLabel = Mapping[str, Sequence[Sentence]]


@dataclass(frozen=True, slots=True)
class Variant:
    """A made text: its label, the kind of its frame, the group and the ids of the rows it was made of."""

    text: str
    label: str
    kind: str
    group: str | None = None
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Filling:
    """What frames are filled with: adjectives and sentences by label.

    `opposed` has the sentences once more, each with those it may stand beside: of grouped rows only sentences
    of one group stand in one variant, so that it belongs to that group; else all may.
    """

    words: Words  # by label
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

    def can(self, frame: Frame, label: str) -> bool:
        """Tell whether there is enough to fill the frame with, for a text of this label."""
        other = self._other(label)
        there = {
            PRO: len(self.sentences[label]),
            CON: len(self.sentences[other]),
            PRO_WORD: len(self.words[label]),
            CON_WORD: len(self.words[other]),
        }
        enough = all(there[name] >= count for name, count in frame.takes.items())
        return enough and bool(self.opposed or not {PRO, CON} <= frame.takes.keys())

    def fill(self, frame: Frame, label: str, rng: random.Random) -> Variant:
        """Fill a frame (`can`) so that the text has this label."""
        other = self._other(label)
        chosen: dict[str, Sentence] = {}
        if {PRO, CON} <= frame.takes.keys():
            there = rng.choice(self.opposed)
            chosen = {PRO: rng.choice(there[label]), CON: rng.choice(there[other])}
        elif PRO in frame.takes:
            chosen = {PRO: rng.choice(self.sentences[label])}
        elif CON in frame.takes:
            chosen = {CON: rng.choice(self.sentences[other])}
        words = {PRO_WORD: self.words[label], CON_WORD: self.words[other]}
        made = Template.of(
            (frame.text,), {**words, **{name: (one.text,) for name, one in chosen.items()}}, frame.kind
        )
        groups = {one.group for one in chosen.values()}
        return Variant(
            text=made.filled(rng.randrange(made.count))[0],
            label=label,
            kind=frame.kind,
            group=groups.pop() if groups else None,
            sources=tuple(one.source for one in chosen.values()),
        )

    def _other(self, label: str) -> str:
        return next(name for name in self.words if name != label)


def _by_label(sentences: Sequence[Sentence], classes: tuple[str, str]) -> ByLabel:
    return {label: [one for one in sentences if one.label == label] for label in classes}
