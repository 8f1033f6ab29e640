"""`augment`: contrast and negation variants of the training rows; `augmented`: a dataset that has them."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tenor.config.augmentation import AugmentConfig
from tenor.data.augment.filling import Filling, Variant
from tenor.data.augment.sentences import LONGEST, SHORTEST
from tenor.data.augment.templates import Frame, Templates
from tenor.data.duplicates import digest
from tenor.data.example import Dataset, Example
from tenor.data.fingerprint import fingerprint
from tenor.data.suggestion import listed
from tenor.errors import ConfigError, DataError

_TRIES = 50  # in a row that make nothing new, until a kind of template counts as used up


@dataclass(frozen=True)
class Augmentation:
    """Variants as examples, and what they were made from.

    The columns of an example: `kind`, the kind of its template, and `source`, the ids of the rows whose
    sentences it holds. `wanted` is how many were asked for.
    """

    examples: tuple[Example, ...]
    wanted: int
    rows: int  # of the training split, without variants
    filling: Filling
    config: AugmentConfig

    @property
    def kinds(self) -> dict[str, dict[str, int]]:
        """Variants by kind and label."""
        counts = Counter((example.columns["kind"], str(example.label)) for example in self.examples)
        kinds = dict.fromkeys(kind for kind, _ in counts)
        return {kind: {label: counts[kind, label] for label in self.filling.words} for kind in kinds}

    @property
    def notes(self) -> tuple[str, ...]:
        """What was made, in plain sentences."""
        each = ", ".join(f"{kind} {sum(counts.values()):,}" for kind, counts in self.kinds.items())
        found = [
            f"Train: {len(self.examples):,} variants of its {self.rows:,} rows were made ({each}; "
            f"seed {self.config.seed})."
        ]
        if len(self.examples) < self.wanted:
            found.append(
                f"{self.wanted:,} variants were wanted; the templates and {self.filling} make no more "
                "different ones with the labels in balance."
            )
        return tuple(found)

    def to_json(self) -> dict[str, object]:
        """Return what a run stores: figures, no texts."""
        return {
            "share": self.config.share,
            "templates": self.config.templates,
            "seed": self.config.seed,
            "rows": len(self.examples),
            "wanted": self.wanted,
            "kinds": self.kinds,
            "adjectives": {label: list(some) for label, some in self.filling.words.items()},
            "sentences": {label: len(some) for label, some in self.filling.sentences.items()},
            "fingerprint": fingerprint(self.examples),
        }


def augmented(dataset: Dataset, config: AugmentConfig) -> Dataset:
    """Return the dataset with variants at the end of its training split, as `config` says; other splits stay.

    Raises:
        ConfigError, DataError: as `augment`; templates are named, and a share of 0.
    """
    if not config.share:
        if config.templates is not None:
            raise ConfigError(
                f"data.augment.templates is {config.templates}, and data.augment.share is 0, so it would not "
                "be used; give a share (--augment 0.3), or no templates"
            )
        return dataset
    made = augment(dataset, config)
    return replace(
        dataset,
        splits={**dataset.splits, "train": (*dataset.split("train"), *made.examples)},
        notes=(*dataset.notes, *made.notes),
        provenance={**dataset.provenance, "augment": made.to_json()},
    )


def augment(dataset: Dataset, config: AugmentConfig) -> Augmentation:
    """Make variants of the training split: `config.share` times its rows, with the labels in its proportion.

    Only training rows are read for what goes into a variant. The texts of all splits are left out, and no
    text is made twice. Equal arguments make equal variants.

    Raises:
        ConfigError: the templates cannot be used.
        DataError: not two classes, or nothing to fill templates with.
    """
    templates = Templates.read(config.templates)
    rows = dataset.split("train")
    shares = _shares(dataset)
    first, second = shares
    filling = Filling.of(rows, (first, second), templates)
    wanted = round(config.share * len(rows))
    kinds: dict[str, list[Frame]] = {}
    for frame in templates.frames:
        if all(filling.can(frame, label) for label in shares):
            kinds.setdefault(frame.kind, []).append(frame)
    rng = random.Random(f"augment {config.seed}")  # noqa: S311 - not for secrets
    seen = {digest(row.text) for split in dataset.splits.values() for row in split}
    found = _made(filling, kinds, shares, wanted, rng, seen=seen)
    if not found:
        raise DataError(_nothing(dataset, wanted, filling))
    return Augmentation(
        examples=tuple(_example(number, one) for number, one in enumerate(found, start=1)),
        wanted=wanted,
        rows=len(rows),
        filling=filling,
        config=config,
    )


def _shares(dataset: Dataset) -> dict[str, float]:
    """Return the share of each of the two classes in training."""
    if len(dataset.classes) != 2:
        raise DataError(
            f"{dataset.name} has {len(dataset.classes)} classes ({listed(dataset.classes)}), and variants "
            "need two that are each other's opposite, such as negative and positive; leave augmenting out, "
            "or make two classes of ratings with --positive-from and --negative-to"
        )
    counts = Counter(row.label for row in dataset.split("train"))
    if missing := [label for label in dataset.classes if not counts[label]]:
        raise DataError(
            f"{dataset.name} has no training row of class {missing[0]!r}, and variants are made of both"
        )
    return {label: counts[label] / counts.total() for label in dataset.classes}


def _made(
    filling: Filling,
    kinds: Mapping[str, Sequence[Frame]],
    shares: Mapping[str, float],
    wanted: int,
    rng: random.Random,
    *,
    seen: set[bytes | None],
) -> list[Variant]:
    """Make up to `wanted` variants, of each kind in turn.

    Each kind has the labels by their shares, or its frames would tell the label. One that makes no more of
    the label that is due is done.
    """
    found: list[Variant] = []
    left = dict(kinds)
    counts: Counter[tuple[str, str]] = Counter()  # by kind and label
    while left and len(found) < wanted:
        for kind, frames in list(left.items())[: wanted - len(found)]:
            _, due = min(((1 + counts[kind, label]) / share, label) for label, share in shares.items())
            new = _new(filling, frames, due, rng, seen)
            if new is None:
                del left[kind]
            else:
                found.append(new)
                counts[kind, due] += 1
    return found


def _new(
    filling: Filling, frames: Sequence[Frame], label: str, rng: random.Random, seen: set[bytes | None]
) -> Variant | None:
    """Return a variant that was not seen yet, if a few tries make one."""
    for _ in range(_TRIES):
        variant = filling.fill(rng.choice(frames), label, rng)
        key = digest(variant.text)
        if key not in seen:
            seen.add(key)
            return variant
    return None


def _example(number: int, variant: Variant) -> Example:
    columns = {"kind": variant.kind, "source": " + ".join(variant.sources)}
    return Example(variant.text, variant.label, f"augment-{number}", variant.group, columns)


def _nothing(dataset: Dataset, wanted: int, filling: Filling) -> str:
    rows = len(dataset.split("train"))
    if not wanted:
        return f"so small a share of {rows:,} training rows is no variant at all; give a larger one"
    return (
        f"no variants can be made of the {rows:,} training rows of {dataset.name}: they hold {filling} that "
        f"are clear enough (sentences are plain statements of {SHORTEST} to {LONGEST} words, adjectives "
        "those of the templates' list), and templates need some of both labels; give more rows, or templates "
        "of your own (--templates)"
    )
