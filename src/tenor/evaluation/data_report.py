"""`DataReport`: what a dataset looks like to a text pipeline, and what is doubtful about it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from tenor.data.example import Dataset, Example
from tenor.evaluation.duplicates import Duplicates, Overlap, find_duplicates
from tenor.evaluation.metrics import Ints
from tenor.text.pipeline import TextPipeline
from tenor.text.tokens import Tokens

# Of each split: ids, and the number of tokens of each text before truncation, (N,).
Encoded = Mapping[str, tuple[Tokens, Ints]]

# From here on a share is worth a sentence. Rules of thumb of ours, no more.
_MUCH_CUT = 0.1
_MUCH_UNKNOWN = 0.1
_UNEVEN = 10  # the largest class of the training split against the smallest
_FEW_ROWS = 10  # rows of a class in the training split


@dataclass(frozen=True, slots=True)
class Lengths:
    """Lengths of the texts of a split, in tokens before truncation."""

    shortest: int
    median: float
    mean: float
    percentile_90: float
    percentile_99: float
    longest: int

    @classmethod
    def of(cls, lengths: Ints) -> "Lengths":
        """Summarize lengths (N,), N > 0."""
        median, ninety, ninety_nine = np.percentile(lengths, [50, 90, 99]).tolist()
        return cls(int(lengths.min()), median, float(lengths.mean()), ninety, ninety_nine, int(lengths.max()))


@dataclass(frozen=True, slots=True)
class SplitReport:
    """Figures of one split; shares lie between 0 and 1.

    `classes` counts rows, in the order of the dataset's classes. `lengths` is None without rows.
    `cut_tokens` and `cut_texts` are the shares lost to, and touched by, the maximum length;
    `unknown_tokens` is the share, among the tokens that are left, of those the vocabulary does not hold.
    """

    name: str
    rows: int
    classes: Mapping[str, int]
    unlabelled: int
    empty: int
    lengths: Lengths | None
    cut_texts: float
    cut_tokens: float
    unknown_tokens: float


@dataclass(frozen=True)
class DataReport:
    """Rows, lengths, vocabulary, duplicates and leaks of a dataset."""

    dataset: str
    classes: tuple[str, ...]
    splits: tuple[SplitReport, ...]
    duplicates: Duplicates
    vocabulary_size: int
    max_length: int | None
    truncation: str
    notes: tuple[str, ...]
    doubts: tuple[str, ...] = ()  # what reading the data warned of

    def to_json(self) -> dict[str, object]:
        """Return the report, with its warnings, as JSON-ready values."""
        return {
            "dataset": self.dataset,
            "classes": list(self.classes),
            "splits": [asdict(split) for split in self.splits],
            "duplicates": self.duplicates.to_json(),
            "vocabulary_size": self.vocabulary_size,
            "max_length": self.max_length,
            "truncation": self.truncation,
            "notes": list(self.notes),
            "warnings": self.warnings(),
        }

    def warnings(self) -> list[str]:
        """Return what is doubtful about the data, one plain sentence each, leaks first."""
        return [
            *self.doubts,
            *_duplicate_warnings(self.duplicates),
            *(sentence for split in self.splits for sentence in _class_warnings(split)),
            *(sentence for split in self.splits for sentence in _text_warnings(split, self.max_length)),
        ]


def encode_splits(dataset: Dataset, pipeline: TextPipeline) -> Encoded:
    """Return the ids of every split, with the number of tokens of each text before truncation."""
    return {
        name: pipeline.encode_with_lengths(example.text for example in examples)
        for name, examples in dataset.splits.items()
    }


def data_report(dataset: Dataset, pipeline: TextPipeline, encoded: Encoded) -> DataReport:
    """Describe a dataset as `pipeline`, made from its training split, reads it (`encode_splits`)."""
    return DataReport(
        dataset=dataset.name,
        classes=dataset.classes,
        splits=tuple(
            _split_report(name, rows, dataset.classes, pipeline, encoded[name])
            for name, rows in dataset.splits.items()
        ),
        duplicates=find_duplicates(dataset),
        vocabulary_size=len(pipeline.vocabulary),
        max_length=pipeline.max_length,
        truncation=pipeline.truncation,
        notes=dataset.notes,
        doubts=dataset.warnings,
    )


def _split_report(
    name: str,
    examples: Sequence[Example],
    classes: Sequence[str],
    pipeline: TextPipeline,
    encoded: tuple[Tokens, Ints],
) -> SplitReport:
    tokens, lengths = encoded
    limit = pipeline.max_length
    read = lengths if limit is None else np.minimum(lengths, limit)
    labels = Counter(example.label for example in examples)
    # A text without tokens is read as one unknown token, which is no word of anybody's.
    unknown = int((tokens.ids == pipeline.vocabulary.unknown).sum()) - int((lengths == 0).sum())
    return SplitReport(
        name=name,
        rows=len(examples),
        classes={label: labels[label] for label in classes},
        unlabelled=labels[None],
        empty=sum(not example.text.strip() for example in examples),
        lengths=Lengths.of(lengths) if len(lengths) else None,
        cut_texts=_share(int((read < lengths).sum()), len(lengths)),
        cut_tokens=_share(int((lengths - read).sum()), int(lengths.sum())),
        unknown_tokens=_share(unknown, int(read.sum())),
    )


def _duplicate_warnings(found: Duplicates) -> Iterator[str]:
    for one in found.texts:
        yield f"{_texts(one.rows, one.split)} also {_stand(one.rows)} in {one.other} ({_such_as(one)})"
    for one in found.groups:
        verb = "belongs to a group" if one.rows == 1 else "belong to groups"
        yield f"{_texts(one.rows, one.split)} {verb} that {one.other} has as well ({_such_as(one)})"
    conflicts = found.conflicts
    if conflicts.texts:
        yield (
            f"{_count(conflicts.texts, 'text')} {_stand(conflicts.texts)} there with different labels, in "
            f"{conflicts.rows:,} rows (such as {', '.join(conflicts.examples)})"
        )
    for split, rows in found.repeated.items():
        if rows:
            yield f"{_texts(rows, split)} {'repeats' if rows == 1 else 'repeat'} an earlier one of {split}"


def _class_warnings(split: SplitReport) -> Iterator[str]:
    if not split.rows:
        yield f"{split.name} has no texts"
        return
    if split.unlabelled:
        yield f"{_texts(split.unlabelled, split.name)} {'has' if split.unlabelled == 1 else 'have'} no label"
    if split.unlabelled == split.rows:
        return
    training = split.name == "train"
    for label, rows in split.classes.items():
        if rows == 0:
            yield f'no {split.name} text is labelled "{label}"'
        elif training and rows < _FEW_ROWS:
            yield f'only {_texts(rows, split.name)} {"is" if rows == 1 else "are"} labelled "{label}"'
    smallest, largest = (of(split.classes.values(), default=0) for of in (min, max))
    if training and smallest and largest >= _UNEVEN * smallest:
        yield (
            f"the largest class of {split.name} has {largest / smallest:.0f} times the texts of the "
            "smallest; look at macro figures, not at accuracy"
        )


def _text_warnings(split: SplitReport, max_length: int | None) -> Iterator[str]:
    if split.empty:
        yield f"{_texts(split.empty, split.name)} {'is' if split.empty == 1 else 'are'} empty"
    if split.cut_tokens >= _MUCH_CUT:
        yield (
            f"{split.cut_tokens:.0%} of the tokens of {split.name}, in {split.cut_texts:.0%} of its texts, "
            f"are cut off by the maximum length of {max_length}"
        )
    if split.unknown_tokens >= _MUCH_UNKNOWN:
        yield f"{split.unknown_tokens:.0%} of the tokens of {split.name} are not in the vocabulary"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _texts(number: int, split: str) -> str:
    return _count(number, f"{split} text")


def _stand(number: int) -> str:
    return "stands" if number == 1 else "stand"


def _such_as(overlap: Overlap) -> str:
    return f"such as {', '.join(overlap.examples)}"


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
