"""The data sets of the studies, each read and split as what comes with it demands, the same every time.

Splits that are given stay as they are. Elsewhere a fifth of the rows becomes test and a tenth of the rest
validation, by film or product where that is known; texts that stand twice leave the earlier split.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import record

from tenor.config.data import DataConfig
from tenor.data.example import Dataset, Example
from tenor.data.load import load
from tenor.data.readers import read_rows
from tenor.data.splits import hold_out
from tenor.evaluation.seeds import ACCURACY, MACRO_F1

DOMAINS = ("books", "dvd", "electronics", "kitchen")
IMDB, AMAZON = "imdb", "amazon-"  # the second is the beginning of a name
_TEST, _VALIDATION, _SEED = 0.2, 0.1, 0
_QUICK_STEP = 12  # one text in so many is enough to see that a script runs


@dataclass(frozen=True)
class DataSet:
    """Labelled texts in the splits train, validation and test, and the figure that counts."""

    title: str
    read: Callable[[], Dataset]
    figure: str = ACCURACY


def _loaded(place: str, **settings: object) -> Callable[[], Dataset]:
    def read() -> Dataset:
        folder = record.data_folder()
        given = {name: value for name, value in settings.items() if name != "test"}
        if "test" in settings:
            given["test"] = str(folder / str(settings["test"]))
        return load(replace(DataConfig(source=str(folder / place)), **given))  # type: ignore[arg-type]

    return read


def _split_here(place: str, **settings: object) -> Callable[[], Dataset]:
    return _loaded(place, test_fraction=_TEST, duplicates="drop", **settings)


def _amazon(domain: str) -> Callable[[], Dataset]:
    """Return what reads the reviews of a domain, without those marked as repeats, whole products apart."""

    def read() -> Dataset:
        names = ("negative", "positive")
        rows = read_rows(record.data_folder() / "amazon_multidomain" / "all.parquet")
        examples = [
            Example(str(row["text"]), names[int(str(row["label"]))], f"{domain}-{number}", str(row["asin"]))
            for number, row in enumerate(rows)
            if row["domain"] == domain and not row["dup"]
        ]
        rest, test = _held_out(examples, _TEST, "test")
        train, validation = _held_out(rest, _VALIDATION, "validation")
        return Dataset(f"{AMAZON}{domain}", names, {"train": train, "validation": validation, "test": test})

    return read


def _held_out(
    examples: Sequence[Example], share: float, name: str
) -> tuple[tuple[Example, ...], tuple[Example, ...]]:
    labels, products = [str(one.label) for one in examples], [one.group for one in examples]
    parts = hold_out(labels, share, seed=_SEED, stratify=True, groups=products, name=name)
    stay, held = (tuple(examples[row] for row in rows.tolist()) for rows in parts)
    return stay, held


DATA_SETS: Mapping[str, DataSet] = {
    IMDB: DataSet("IMDb", _loaded("imdb", group_by="imdb_id")),
    **{f"{AMAZON}{domain}": DataSet(f"Amazon, {domain}", _amazon(domain)) for domain in DOMAINS},
    "sst2": DataSet("SST-2", _loaded("sst2")),
    "sst5": DataSet("SST-5", _loaded("sst5")),
    "airline": DataSet(
        "airline tweets",
        _split_here("airline_tweets/all.parquet", label_names=("negative", "neutral", "positive")),
        MACRO_F1,
    ),
    # The training sample holds descriptions only, so they alone are read of the test rows, too.
    "ag_news": DataSet(
        "AG News",
        _loaded("ag_news/train_sample_10k.parquet", test="ag_news/test.parquet", text_column="description"),
    ),
    "uci": DataSet("short sentences", _split_here("uci_sentences/all.parquet")),
}


def _builtin(name: str, step: int = 1) -> Callable[[], Dataset]:
    def read() -> Dataset:
        dataset = load(DataConfig(source=name))
        return replace(dataset, splits={split: rows[::step] for split, rows in dataset.splits.items()})

    return read


BUILTIN: Mapping[str, DataSet] = {name: DataSet(name, _builtin(name)) for name in ("movies", "products")}
# In place of all of them with --quick.
QUICK: Mapping[str, DataSet] = {name: DataSet(name, _builtin(name, _QUICK_STEP)) for name in BUILTIN}


def without(dataset: Dataset, *splits: str) -> Dataset:
    """Return the data set without some of its splits, so that nothing can read them."""
    return replace(
        dataset, splits={name: rows for name, rows in dataset.splits.items() if name not in splits}
    )
