"""Trained on films, asked about products, and back: each domain's test reviews, whatever was trained on.

    python benchmarks/across_domains.py --choose --piece 35      validation reviews alone; again to go on
    python benchmarks/across_domains.py --piece 35               test
    python benchmarks/across_domains.py --recipe fast --recipe "semi=fast unlabelled.sources=[UNLABELLED]"
    python benchmarks/across_domains.py --quick                  the built-in films and products

IMDb and the four Amazon domains, three seeds, beside TF-IDF and NB-SVM. Where a domain meets its own reviews
its products or films stand in one split. A recipe with `UNLABELLED` is trained anew for each target, whose
training reviews it reads without their labels.
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import contestants
import judging
import numpy as np
import pieces
import record
from contestants import Contestant, Lots, Recipe, Taught
from data_sets import AMAZON, DATA_SETS, DOMAINS, IMDB, QUICK, without
from judging import TEST, VALIDATION, Judge
from unlabelled import unlabelled_file

from tenor.data.example import Dataset, Example
from tenor.evaluation.seeds import ACCURACY

RECIPES = ("fast-ngrams", '"with unlabelled text=fast-ngrams" unlabelled.sources=[UNLABELLED]')
TAUGHT = "taught on the target"
PRODUCTS = tuple(f"{AMAZON}{domain}" for domain in DOMAINS)
ALL = "all products"  # the targets of IMDb together


def trainings(
    one: Contestant, source: str, domains: Mapping[str, Dataset], split: str
) -> Iterator[tuple[Contestant, Lots]]:
    """Yield what is trained on a source, and what it is asked about.

    Texts without labels are those of one target, so with them there is a training for each target.
    """
    lots = {name: dataset.split(split) for name, dataset in domains.items()}
    if not (isinstance(one, Recipe | Taught) and one.wants_unlabelled):
        yield one, lots
        return
    for target in domains:
        if target != source:
            yield replace(one, unlabelled=unlabelled_file(target, domains[target])), {target: lots[target]}


def measured(
    domains: Mapping[str, Dataset], one: Contestant, judge: Judge, seeds: int
) -> dict[str, dict[str, pieces.Figures]]:
    """Return the figures of a contestant by source and target, and print them."""
    found: dict[str, dict[str, pieces.Figures]] = {}
    for source, dataset in domains.items():
        lots: dict[str, Sequence[Example]] = {}
        predicted: judging.Predicted = {}
        seconds: list[float] = []
        for given, asked in trainings(one, source, domains, judge.split):
            about = source if len(asked) > 1 else f"{source}-for-{next(iter(asked))}"
            said, took = judge.predicted(given, without(dataset, TEST), asked, about=about, seeds=seeds)
            lots, predicted, seconds = {**lots, **asked}, {**predicted, **said}, [*seconds, *took]
        if source == IMDB:
            lots[ALL] = [text for name in PRODUCTS for text in lots[name]]
            predicted[ALL] = np.concatenate([predicted[name] for name in PRODUCTS], axis=1)
        found[source] = {
            target: judging.figures(lot, dataset, predicted[target], seconds) for target, lot in lots.items()
        }
        for target, figures in found[source].items():
            print(judging.line(f"{one.name}: {source} -> {target}", figures[ACCURACY], 56), flush=True)
    return found


def main() -> None:
    """Go on with the pieces until all are there or time is up; then write the JSON."""
    parser = pieces.parser(__doc__)
    contestants.add_recipes(parser)
    parser.add_argument(
        "--seeds", type=int, default=3, help="trainings of each, with seeds from 0; default: 3"
    )
    options: argparse.Namespace = parser.parse_args()
    out = record.target(options)
    sets = QUICK if options.quick else {name: DATA_SETS[name] for name in (IMDB, *PRODUCTS)}
    domains = {name: one.read() for name, one in sets.items()}
    split = VALIDATION if options.choose else TEST
    judge = Judge("across-domains", pieces.opened(options, "across-domains"), split, out)
    tried = contestants.recipes(options, RECIPES)

    def study() -> None:
        compared: list[Contestant] = [*tried, Taught(TAUGHT, tried[0]), *contestants.baselines()]
        seeds = 1 if options.quick else options.seeds
        figures = {
            "split": split,
            "titles": {name: one.title for name, one in sets.items()},
            "recipes": {one.name: one.settings for one in tried},
            "models": {one.name: measured(domains, one, judge, seeds) for one in compared},
        }
        record.write("across-domains-validation" if options.choose else "across-domains", figures, out)

    pieces.run(study)


if __name__ == "__main__":
    main()
