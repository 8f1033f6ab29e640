"""What each part of a recipe adds: the recipe without it, on validation texts alone, three seeds.

    python benchmarks/ablation.py --piece 35                                IMDb and the built-in corpora
    python benchmarks/ablation.py movies --variant "wide=network.mingru.hidden_size=128"
    python benchmarks/ablation.py movies --recipe short --variant "one direction=network.bidirectional=false"
    python benchmarks/ablation.py --quick                                   parts of the corpora, tiny

The recipe is the one that `tenor train` chooses for the data; a variant has some settings changed. Its
accuracy is compared with that of the whole recipe on the same texts, by the paired bootstrap over texts and
trainings, p corrected for the number of variants (Holm); so are the linear models. Beside all validation
texts these are looked at apart: texts with words of negation, of contrast, of either and of neither
(`evaluation.wording`), and the kinds of the built-in corpora.
No test split is read.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace

import contestants
import judging
import numpy as np
import numpy.typing as npt
import pieces
import record
from contestants import Contestant, Recipe
from data_sets import BUILTIN, DATA_SETS, IMDB, QUICK, DataSet, without
from judging import TEST, VALIDATION, Judge

from tenor.config.load import assignments, merge
from tenor.data.example import Example
from tenor.evaluation.intervals import wilson
from tenor.evaluation.paired import holm, paired_bootstrap
from tenor.evaluation.wording import wording
from tenor.experiments.choosing import choose

# Variants: name -> what is changed.
_DROPOUT = {
    "without dropout of embeddings": "network.embedding_dropout=0.0",
    "without dropout of words": "network.word_dropout=0.0",
    "without dropout of the output": "network.output_dropout=0.0",
}
_COMMON = {
    "without n-grams": "ensemble.ngrams.use=false",
    "words in no order": "network.encoder=bag",
    "left to right only": "network.bidirectional=false",
    "without log-count ratios": "network.ratios.use=false",
}
LONG = {
    **_COMMON,
    "five networks": "ensemble.members=5",
    "gates that see one word": "network.mingru.width=1",
    **_DROPOUT,
    "without weight decay": "training.weight_decay=0.0",
}
DEEP = {
    **_COMMON,
    "one layer": "network.mingru.layers=1",
    "without dropout": "network.embedding_dropout=0.0 network.word_dropout=0.0 network.output_dropout=0.0",
}
# By recipe; one that is not there has those of long texts.
VARIANTS: Mapping[str, Mapping[str, str]] = {"fast-ngrams": LONG, "deep": DEEP}
ALL, HARD, EASY = "all", "all kinds but plain", "plain"
Masks = dict[str, npt.NDArray[np.bool_]]  # slice -> which texts are in it, (N,)


def slices(examples: Sequence[Example]) -> Masks:
    """Return the slices that some texts are in, all of them first."""
    words = np.array(wording(one.text for one in examples))
    found = {
        ALL: np.ones(len(examples), bool),
        "negation": np.isin(words, ("negation", "both")),
        "contrast": np.isin(words, ("contrast", "both")),
        "negation or contrast": words != "neither",
        "neither": words == "neither",
    }
    kinds = np.array([one.columns.get("kind", "") for one in examples])
    if all(kinds):
        found[HARD] = kinds != EASY
        found |= {f"kind: {kind}": kinds == kind for kind in sorted(set(kinds.tolist()))}
    return {name: mask for name, mask in found.items() if mask.any()}


def variant(recipe: Recipe, text: str) -> Recipe:
    """Return the recipe with what "NAME=KEY=VALUE KEY=VALUE ..." changes, under that name."""
    name, _, settings = text.partition("=")
    return replace(recipe, name=name, settings=merge(recipe.settings, assignments(settings.split())))


def compared(
    right: Mapping[str, npt.NDArray[np.bool_]], whole: str, mask: npt.NDArray[np.bool_]
) -> dict[str, pieces.Figures]:
    """Return accuracy on a slice, and how far each is from the whole recipe, by name.

    `right` holds (S, N), the texts that each training reads right.
    """
    inside = {name: rows[:, mask] for name, rows in right.items()}
    found: dict[str, pieces.Figures] = {}
    for name, rows in inside.items():
        shares = rows.mean(1)
        own = wilson(float(shares.mean()) * rows.shape[1], rows.shape[1])
        found[name] = {"accuracy": own.to_json(), "seeds": shares.tolist()}
    others = [name for name in inside if name != whole]
    tests = [
        paired_bootstrap(inside[name], inside[whole], resamples=judging.RESAMPLES, seed=0) for name in others
    ]
    for name, (difference, _), p in zip(others, tests, holm([p for _, p in tests]), strict=True):
        found[name] |= {"difference": difference.to_json(), "p": p}
    return found


def measured(
    name: str, data: DataSet, models: Sequence[Contestant], judge: Judge, seeds: int
) -> pieces.Figures:
    """Return the figures of a data set by slice and model, the whole recipe first, and print them."""
    dataset = without(data.read(), TEST)
    lot = dataset.split(VALIDATION)
    classes = judging.indices(lot, dataset)
    right, seconds = {}, {}
    for one in models:
        predicted, seconds[one.name] = judge.predicted(one, dataset, {name: lot}, about=name, seeds=seeds)
        right[one.name] = predicted[name] == classes
    masks = slices(lot)
    found = {part: compared(right, models[0].name, mask) for part, mask in masks.items()}
    for part, by_model in found.items():
        print(f"\n{data.title}, {part}: {int(masks[part].sum()):,} texts")
        for model, figures in by_model.items():
            print(_line(model, figures))
    return {
        "title": data.title,
        "rows": {part: int(mask.sum()) for part, mask in masks.items()},
        "slices": found,
        "seconds": seconds,
    }


def taken_apart(data: DataSet, options: argparse.Namespace) -> tuple[Recipe, list[Recipe]]:
    """Return a recipe and its variants: those of the options, or what `tenor train` chooses for the data."""
    (recipe,) = contestants.recipes(options, (choose(without(data.read(), TEST)).recipe,))
    changes = VARIANTS.get(recipe.name, LONG)
    texts = options.variant or [f"{name}={changed}" for name, changed in changes.items()]
    return recipe, [variant(recipe, text) for text in (texts[:2] if options.quick else texts)]


def _line(name: str, figures: Mapping[str, pieces.Figures]) -> str:
    shown = f"{name:32} {figures['accuracy']['value']:.2%}"
    if "difference" in figures:
        one = figures["difference"]
        shown += f"  {100 * one['value']:+.2f} ({100 * one['low']:+.2f} to {100 * one['high']:+.2f})"
    return shown


def main() -> None:
    """Go on with the pieces until all are there or time is up; then write the JSON."""
    known = {IMDB: DATA_SETS[IMDB], **BUILTIN}
    parser = pieces.parser(__doc__, tests=False)
    parser.add_argument("names", nargs="*", metavar="SET", help=f"of {', '.join(known)}; none: all")
    contestants.add_recipes(parser)
    parser.add_argument(
        "--variant",
        action="append",
        metavar="VARIANT",
        help='"NAME=KEY=VALUE [KEY=VALUE ...]"; again for more',
    )
    parser.add_argument(
        "--seeds", type=int, default=3, help="trainings of each, with seeds from 0; default: 3"
    )
    options: argparse.Namespace = parser.parse_args()
    known = dict(QUICK) if options.quick else known
    if unknown := set(options.names) - set(known):
        sys.exit(f"unknown data set {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    if len(options.recipe or []) > 1:
        sys.exit("an ablation is of one recipe; give --recipe once, and --variant for each change")
    judge = Judge("ablation", pieces.opened(options, "ablation"), VALIDATION)

    def study() -> None:
        seeds = 1 if options.quick else options.seeds
        found = {}
        for name in options.names or known:
            recipe, variants = taken_apart(known[name], options)
            models: list[Contestant] = [recipe, *variants, *contestants.baselines()]
            figures = measured(name, known[name], models, judge, seeds)
            settings = {one.name: one.settings for one in (recipe, *variants)}
            found[name] = {"recipe": recipe.name, "settings": settings, **figures}
        record.write("ablation", {"sets": found}, None if options.names else record.target(options))

    pieces.run(study)


if __name__ == "__main__":
    main()
