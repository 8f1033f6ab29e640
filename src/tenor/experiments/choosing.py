"""`choose`: the recipe for a data set when nobody names one, and why it is that one.

What is looked at is of the training split alone: how many texts, how long, how many classes, how balanced.
`RULES` is the whole of the choice; changing one is changing its line.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Literal, get_args

from tenor.config.classification import ClassificationConfig
from tenor.config.load import merge, parse, read
from tenor.data.example import Dataset
from tenor.errors import ConfigError, DataError
from tenor.report.numbers import count, percent

Quality = Literal["fast", "balanced", "best"]
QUALITIES: tuple[Quality, ...] = get_args(Quality)
DEFAULT: Quality = "balanced"

_SAMPLE = 10_000  # texts whose words are counted
_LONG = 60  # words
_FEW = 5_000  # texts


@dataclass(frozen=True)
class Look:
    """What of a training split decides."""

    rows: int
    words: float  # of the median text, as spaces part them
    classes: int
    rarest: float  # share of the rows that the rarest class has

    @classmethod
    def at(cls, dataset: Dataset) -> "Look":
        """Look at the training split. Raises `DataError` where it is empty."""
        examples = dataset.split("train")
        if not examples:
            raise DataError(f"{dataset.name} has no training examples; give a file or split that holds some")
        step = -(-len(examples) // _SAMPLE)
        words = median(len(example.text.split()) for example in examples[::step])
        labels = Counter(example.label for example in examples)
        rarest = min(labels[name] for name in dataset.classes) / len(examples)
        return cls(len(examples), words, len(dataset.classes), rarest)

    @property
    def total(self) -> float:
        """About how many words there are."""
        return self.rows * self.words

    @property
    def long(self) -> bool:
        """Whether texts are longer than a few sentences."""
        return self.words >= _LONG

    @property
    def few(self) -> bool:
        """Whether two epochs of large batches are too few steps."""
        return self.rows < _FEW

    def __str__(self) -> str:
        texts, words = count(self.rows, "training text"), count(round(self.words), "word")
        classes = count(self.classes, "class", "classes")
        return f"{texts}, half of them of {words} or more, {classes}, the rarest with {percent(self.rarest)}"


@dataclass(frozen=True)
class Rule:
    """Data of some sort, and the recipe that each quality takes for it."""

    sort: str
    holds: Callable[[Look], bool]
    fast: str
    balanced: str
    best: str

    def recipe(self, quality: Quality) -> str:
        """Return the recipe of a quality."""
        found: str = getattr(self, quality)
        return found


# The first that holds decides; what a recipe is good for, its file says. Set by the validation figures of ten
# data sets and the built-in corpora (`benchmarks/everywhere.py --choose`); how many words the first has is an
# estimate of where n-grams take gigabytes.
RULES: tuple[Rule, ...] = (
    #     the data            when                                      fast     balanced       best
    Rule("very many texts",   lambda look: look.total > 3e7,            "fast",  "fast",        "fast"),
    Rule("many classes",      lambda look: look.classes > 20,           "fast",  "fast",        "fast"),
    Rule("few long texts",    lambda look: look.long and look.few,      "few",   "few",         "few"),
    Rule("long texts",        lambda look: look.long,                   "fast",  "fast-ngrams", "accurate"),
    Rule("many short texts",  lambda look: look.total > 3e6,            "fast",  "fast-ngrams", "deep"),
    Rule("short texts",       lambda look: True,                        "few",   "deep",        "deep"),
)  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """A recipe, and what it was chosen for."""

    recipe: str
    quality: Quality
    sort: str
    look: Look

    @property
    def reason(self) -> str:
        """Why it is this one, in a line."""
        return f"recipe {self.recipe} for {self.sort} (quality {self.quality}): {self.look}"

    @property
    def config(self) -> ClassificationConfig:
        """The recipe; which data it was made for is left out, and the description says that it was chosen."""
        values = read(self.recipe)
        own = str(values.get("description", "")).strip()
        values.pop("data", None)
        return parse(merge(values, {"description": f"Chosen by itself: {self.reason}\n{own}\n"}))

    def to_json(self) -> dict[str, object]:
        """Return what was chosen as JSON-ready values."""
        return {"recipe": self.recipe, "quality": self.quality, "reason": self.reason}


def choose(dataset: Dataset, quality: str = DEFAULT) -> Choice:
    """Return the recipe for this data.

    Raises:
        ConfigError: there is no such quality.
        DataError: there are no training texts.
    """
    known = quality_of(quality)
    look = Look.at(dataset)
    rule = next(rule for rule in RULES if rule.holds(look))
    return Choice(rule.recipe(known), known, rule.sort, look)


def quality_of(name: str) -> Quality:
    """Return the quality of that name; `ConfigError` where there is none."""
    for quality in QUALITIES:
        if quality == name:
            return quality
    raise ConfigError(f"unknown quality {name!r}; there are {', '.join(QUALITIES)}")
