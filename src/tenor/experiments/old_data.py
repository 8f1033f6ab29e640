"""`OldData`: what a classifier was trained on, as far as it is still at hand, and how new data joins it.

Every text keeps the part it had: one that the old model was trained on is trained on, with its newest label,
and never tests; one of the old validation or test split stays there, and leaves the new data.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tenor.data.duplicates import digest
from tenor.data.example import Dataset, Example
from tenor.data.fingerprint import fingerprint
from tenor.data.growing import growing_order
from tenor.data.load import Trained, load
from tenor.errors import DataError, TenorError
from tenor.model import Model
from tenor.report.numbers import count

_HELD = ("validation", "test")


@dataclass(frozen=True)
class OldData:
    """The splits of an earlier training, and digests of all texts that any training before has seen."""

    dataset: Dataset
    seen: frozenset[bytes]

    @classmethod
    def of(cls, model: Model) -> "OldData":
        """Read it again where it is said to be; of a model that went on from another, also the data of that.

        Raises:
            DataError: it is not said, not there, or no longer what it was.
        """
        stored = (model.data or {}).get("fingerprint")
        if stored is None:
            raise DataError("the model does not say what it was trained on")
        try:
            found = cls._read(model)
        except TenorError as error:
            raise DataError(str(error)) from error
        if found.dataset.provenance.get("fingerprint") != stored or found.dataset.classes != model.classes:
            raise DataError(f"{model.config.data.source} is not what it was when the model was trained")
        return found

    @classmethod
    def _read(cls, model: Model) -> "OldData":
        config = model.config
        if not config.transfer.head or config.transfer.source is None:
            dataset = load(config.data)
            return cls(dataset, frozenset(_digests(dataset.split("train"))))
        before = Model.load(Path(config.transfer.source).expanduser())
        if before.digest != config.transfer.digest:
            raise DataError(f"{config.transfer.source} is not the model that training went on from")
        new = load(config.data, trained_on(before))
        try:
            earlier = cls.of(before)
        except DataError:
            if config.transfer.replay:  # it was there then
                raise
            return cls(new, frozenset(_digests(new.split("train"))))
        joined = earlier.joined(new, config.transfer.replay, config.training.seed)
        return cls(joined, earlier.seen | frozenset(_digests(joined.split("train"))))

    def joined(self, new: Dataset, replay: float, seed: int) -> Dataset:
        """Return both as one data set; of the old training texts a share `replay`, drawn with `seed`."""
        fresh, notes = self.apart(new)
        relabelled = set(_digests(fresh["train"]))
        old = [one for one in self.dataset.split("train") if digest(one.text) not in relabelled]
        kept = _drawn(old, replay, seed)
        splits = {
            "train": (*kept, *fresh["train"]),
            **{name: (*self.dataset.split(name), *fresh.get(name, ())) for name in _HELD},
        }
        splits = {name: rows for name, rows in splits.items() if rows}
        notes = (
            f"Of the old data {count(len(kept), 'training text')} of {len(old):,} are trained on again.",
            *notes,
        )
        return Dataset(
            new.name,
            new.classes,
            splits,
            (*new.notes, *notes),
            {
                **new.provenance,
                "rows": {name: len(rows) for name, rows in splits.items()},
                "replayed": len(kept),
                "fingerprint": fingerprint(splits["train"]),
            },
            new.warnings,
        )

    def apart(self, new: Dataset) -> tuple[dict[str, tuple[Example, ...]], tuple[str, ...]]:
        """Return the splits of new data as they can be used beside the old, and a sentence on each change."""
        homes = dict.fromkeys(self.seen, "train")
        for name in ("train", *_HELD):
            homes |= dict.fromkeys(_digests(self.dataset.split(name)), name)
        splits: dict[str, list[Example]] = {name: [] for name in ("train", *_HELD)}
        moved, left = Counter[str](), Counter[str]()
        for name, rows in new.splits.items():
            for row in rows:
                home = homes.get(digest(row.text) or b"")
                if home in _HELD:
                    left[home] += 1
                elif home == "train" and name != "train":
                    moved[name] += 1
                    splits["train"].append(row)
                else:
                    splits[name].append(row)
        if not splits["train"]:
            raise DataError(
                f"{new.name} has no text to train on that is not in validation or test of the old data; "
                "give other data"
            )
        notes = [
            f"{count(number, 'text')} of {name}, which the old model was trained on, went to training."
            for name, number in moved.items()
        ]
        notes += [
            f"{count(number, 'text')} of the new data left out, being in {name} of the old data."
            for name, number in left.items()
        ]
        return {name: tuple(rows) for name, rows in splits.items()}, tuple(notes)


def trained_on(model: Model) -> Trained:
    """Return what new data is read by, so that it says the classes of a model."""
    data = model.data or {}
    return Trained(model.classes, data.get("text_column"), data.get("label_column"))


def _drawn(rows: Sequence[Example], share: float, seed: int) -> list[Example]:
    """Return a share of the rows, of every class alike, in their order."""
    if not rows:
        return []
    order = growing_order([str(row.label) for row in rows], seed=seed)
    return [rows[place] for place in sorted(order[: round(share * len(rows))].tolist())]


def _digests(rows: Iterable[Example]) -> set[bytes]:
    return {key for row in rows if (key := digest(row.text))}
