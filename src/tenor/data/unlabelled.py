"""`Unlabelled`: texts without labels that are learned beside the labelled ones, none of which is held out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tenor.config.language_model import TextsConfig
from tenor.data.duplicates import digest
from tenor.data.example import Dataset, Example
from tenor.data.texts import load_texts
from tenor.errors import DataError

# A text that stands in several of these counts for the first.
_SPLITS = ("test", "validation", "train")


@dataclass(frozen=True)
class Unlabelled:
    """Texts to learn from, and how many were left out because a split of the data has them, by split."""

    examples: tuple[Example, ...] = ()
    left_out: Mapping[str, int] | None = None

    @classmethod
    def read(
        cls, sources: Sequence[str], dataset: Dataset, *, text_column: str | None, encoding: str
    ) -> "Unlabelled":
        """Read the training texts of `sources`; leave out those that `dataset` has in any split.

        Texts are the same when they are equal but for case and white space.

        Raises:
            DataError: a source cannot be read or holds no text, or none is left.
            MissingExtraError: a source needs a library that is not installed.
        """
        if not sources:
            return cls()
        found = load_texts(
            TextsConfig(
                sources=tuple(sources),
                text_column=text_column,
                validation_fraction=0.0,
                test_fraction=0.0,
                duplicates="keep",
                encoding=encoding,
            )
        ).split("train")
        home: dict[bytes, str] = {}
        for split in _SPLITS:
            for example in dataset.split(split):
                if (key := digest(example.text)) is not None:
                    home.setdefault(key, split)
        homes = [home.get(digest(example.text) or b"") for example in found]
        examples = tuple(one for one, split in zip(found, homes, strict=True) if split is None)
        if not examples:
            raise DataError(
                f"every text of {', '.join(sources)} stands in {dataset.name} as well, so none is left to "
                "learn from; give other texts without labels"
            )
        there = Counter(split for split in homes if split is not None)
        return cls(examples, {split: there[split] for split in _SPLITS if there[split]})

    def __len__(self) -> int:
        return len(self.examples)

    @property
    def note(self) -> str | None:
        """One sentence on what was read and left out; None where there was nothing to read."""
        if not self.examples:
            return None
        left_out = self.left_out or {}
        said = f"Unlabelled: {len(self):,} texts"
        if not left_out:
            return f"{said}."
        where = ", ".join(f"{split} {number:,}" for split, number in left_out.items())
        return f"{said}; {sum(left_out.values()):,} left out, since the data has them as well ({where})."
