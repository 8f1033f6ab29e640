"""The same recipes, untouched, on data sets of many sorts, beside TF-IDF, NB-SVM and fastText.

    python benchmarks/everywhere.py --choose --piece 35      validation data alone; again to go on
    python benchmarks/everywhere.py --piece 35               test data, each training read once
    python benchmarks/everywhere.py sst2 uci --recipe fast --recipe "wide=fast network.mingru.hidden_size=128"
    python benchmarks/everywhere.py movies products --choose
    python benchmarks/everywhere.py --quick                  parts of the built-in corpora

Three seeds; a linear model has one optimum. Every figure has its 95 % interval over texts and trainings. For
each set it is also said which recipe `tenor train` chooses by itself. Unless it is asked for, `deep` is left
out on IMDb, where an epoch of it takes minutes. Pieces are kept in benchmarks/results/pieces and done once;
every reading of a test split stands in benchmarks/results/test_readings.json. With some sets named, nothing
else is written.
"""

import argparse
import sys
from collections.abc import Sequence

import contestants
import judging
import pieces
import record
from contestants import Contestant
from data_sets import BUILTIN, DATA_SETS, IMDB, QUICK, DataSet, without
from judging import TEST, VALIDATION, Judge

from tenor.experiments.choosing import QUALITIES, RULES, choose

# Recipes that nobody asked for.
LEFT_OUT = {IMDB: ("deep",)}


def ruled() -> list[str]:
    """Return the recipes that the rules of the choice name."""
    return list(dict.fromkeys(rule.recipe(quality) for rule in RULES for quality in QUALITIES))


def measured(
    name: str, data: DataSet, compared: Sequence[Contestant], judge: Judge, seeds: int
) -> pieces.Figures:
    """Return the figures of every contestant on a data set, and print them."""
    dataset = data.read()
    lots = {name: dataset.split(judge.split)}
    given = without(dataset, TEST)
    print(f"\n{data.title}: {len(given.split('train')):,} training texts, {len(lots[name]):,} judged")
    models = {}
    for one in compared:
        predicted, seconds = judge.predicted(one, given, lots, about=name, seeds=seeds)
        models[one.name] = judging.figures(lots[name], dataset, predicted[name], seconds)
        print(judging.line(one.name, models[one.name][data.figure]), flush=True)
    return {
        "title": data.title,
        "figure": data.figure,
        "rows": {split: len(rows) for split, rows in dataset.splits.items()},
        "classes": len(dataset.classes),
        "chosen": {quality: choose(given, quality).recipe for quality in QUALITIES},
        "models": models,
    }


def main() -> None:
    """Go on with the pieces until all are there or time is up; then write the JSON."""
    parser = pieces.parser(__doc__)
    parser.add_argument(
        "names",
        nargs="*",
        metavar="SET",
        help=f"of {', '.join(DATA_SETS)}; none: all; or of {', '.join(BUILTIN)}",
    )
    contestants.add_recipes(parser)
    parser.add_argument(
        "--seeds", type=int, default=3, help="trainings of each, with seeds from 0; default: 3"
    )
    options: argparse.Namespace = parser.parse_args()
    known = QUICK if options.quick else {**DATA_SETS, **BUILTIN}
    if unknown := set(options.names) - set(known):
        sys.exit(f"unknown data set {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    split = VALIDATION if options.choose else TEST
    out = record.target(options)
    judge = Judge("everywhere", pieces.opened(options, "everywhere"), split, out)
    tried = contestants.recipes(options, ruled())
    compared: list[Contestant] = [
        *tried,
        *contestants.baselines(),
        *contestants.fasttext(quick=options.quick),
    ]

    def study() -> None:
        found = {}
        for name in options.names or (QUICK if options.quick else DATA_SETS):
            left_out = () if options.recipe else LEFT_OUT.get(name, ())
            models = [one for one in compared if one.name not in left_out]
            found[name] = measured(name, known[name], models, judge, 1 if options.quick else options.seeds)
        about = {"split": split, "recipes": {one.name: one.settings for one in tried}, "sets": found}
        record.write(
            "everywhere-validation" if options.choose else "everywhere", about, None if options.names else out
        )

    pieces.run(study)


if __name__ == "__main__":
    main()
