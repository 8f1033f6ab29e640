"""Accuracy by the number of labelled reviews: IMDb, from 50 to all of them, beside TF-IDF and NB-SVM.

    python benchmarks/few_labels.py --choose --piece 35      what validation reviews choose; again to go on
    python benchmarks/few_labels.py --piece 35               the same, then test
    python benchmarks/few_labels.py --recipe "semi=fast unlabelled.sources=[UNLABELLED]" --recipe ...
    python benchmarks/few_labels.py --quick                  the built-in movies, tiny

Draws of the labels are stratified and nested: the 50 reviews of a draw are among its 100. A network has them
alone, nothing is held out, so its last epoch counts. Recipes of one name are candidates: for each number the
validation reviews, of other films, choose among them, by the mean over the draws; of all reviews the first
one is trained. They choose the penalty of the linear models, too, at each draw. Then each draw is read on
test once.

`UNLABELLED` stands for a file of the training reviews without their labels and of those that never had any;
reviews that stand in test, and films held out for validation, are not among them.
"""

import argparse
import json
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import mean
from typing import Any

import contestants
import judging
import pieces
import record
from contestants import Contestant, Recipe
from data_sets import DATA_SETS, IMDB, QUICK, without
from judging import TEST, VALIDATION, Judge
from unlabelled import unlabelled_file

from tenor.data.example import Dataset, Example

PICTURE = record.ROOT / "docs" / "few-labels.png"
SIZES = (50, 100, 500, 1_000, 5_000)
# Steps are what few labels lack. Of recipes with one name validation chooses at each number of labels.
RECIPES = (
    "fast-ngrams=fast-ngrams",
    "fast-ngrams=few training.epochs=5",
    "fast-ngrams=few training.epochs=10 training.batch_size=8",
    '"network alone=fast"',
    '"network alone=few" ensemble.ngrams.use=false training.epochs=5',
    '"network alone=few" ensemble.ngrams.use=false training.epochs=10 training.batch_size=8',
)
# The same with unlabelled text: a language model read it first.
_LANGUAGE = (
    "unlabelled.objective.virtual_adversarial=0 training.average=null transfer.source=LANGUAGE_MODEL "
    "text.max_length=400"
)
PRETRAINED = (
    f'"from a language model=semi-supervised" {_LANGUAGE} training.epochs=3',
    f'"from a language model=semi-supervised" {_LANGUAGE} training.epochs=8 training.batch_size=16',
)
_QUICK_SIZES = (20,)


def drawn(train: Sequence[Example], classes: Sequence[str], labels: int, draw: int) -> tuple[Example, ...]:
    """Return so many labelled examples, of each class alike; fewer of the same draw are among them."""
    generator = random.Random(draw)
    found: list[Example] = []
    for name in classes:
        of_class = [one for one in train if one.label == name]
        generator.shuffle(of_class)
        found += of_class[: labels // len(classes)]
    return tuple(found)


class Curves:
    """Accuracy by number of labels, of everything that is compared."""

    def __init__(
        self,
        name: str,
        dataset: Dataset,
        recipes: Mapping[str, Sequence[Recipe]],
        *,
        sizes: Sequence[int],
        draws: int,
    ) -> None:
        self._name = name
        self._dataset = dataset
        self._recipes = recipes
        self._sizes = [size for size in sizes if size < len(dataset.split("train"))]
        self._draws = draws

    @property
    def sizes(self) -> dict[str, int]:
        """The numbers of labels by their names in the results."""
        return {**{str(size): size for size in self._sizes}, "all": len(self._dataset.split("train"))}

    def chosen(self, judge: Judge) -> dict[str, dict[str, Recipe]]:
        """Return the candidate of each recipe that validation chooses, by number of labels."""
        found: dict[str, dict[str, Recipe]] = {}
        for name, candidates in self._recipes.items():
            found[name] = {"all": candidates[0]}
            for size in self._sizes:
                means = [mean(self.accuracies(one, str(size), judge)) for one in candidates]
                found[name][str(size)] = candidates[means.index(max(means))]
        return found

    def accuracies(self, contestant: Contestant, size: str, judge: Judge) -> list[float]:
        """Return the accuracy of each draw on what is judged; of all reviews, of each seed."""
        lots = {self._name: self._dataset.split(judge.split)}
        right = judging.indices(lots[self._name], self._dataset)
        found: list[float] = []
        # A draw is a data set of its own, so each is trained with one seed of its own.
        for draw in range(self._draws if size != "all" or contestant.random else 1):
            given = self._given(contestant, size, draw)
            part = judge.once(contestant, given, lots, about=f"{size}-draw-{draw}", seed=draw)
            found.append(float((part.classes[self._name] == right).mean()))
        return found

    def _given(self, contestant: Contestant, size: str, draw: int) -> Dataset:
        given = without(self._dataset, TEST)
        train = given.split("train")
        if size != "all":
            train = drawn(train, given.classes, int(size), draw)
        given = replace(given, splits={**given.splits, "train": train})
        return given if isinstance(contestant, contestants.Baseline) else without(given, VALIDATION)


def families(recipes: Sequence[Recipe], texts: Path | None) -> dict[str, list[Recipe]]:
    """Return the recipes by name, those of one name in their order, with the file of texts without labels."""
    found: dict[str, list[Recipe]] = {}
    for one in recipes:
        found.setdefault(one.name, []).append(replace(one, unlabelled=texts))
    return found


def draw_picture(
    accuracy: Mapping[str, Mapping[str, Sequence[float]]], sizes: Mapping[str, int], path: Path
) -> None:
    """Draw mean accuracy against the number of labels, with every draw as a point."""
    from tenor.report.pictures import BLUE, GREEN, MUTED, ORANGE, SMALL, canvas, plain, png

    figure = canvas(230)
    axes = figure.subplots()
    plain(axes)
    styles = [(BLUE, "o"), (ORANGE, "s"), (GREEN, "D"), (MUTED, "v")]
    for place, (name, by_size) in enumerate(accuracy.items()):
        colour, marker = styles[place % len(styles)]
        shown = "-" if place < len(styles) else "--"
        x = [sizes[size] for size in sizes if size in by_size]
        means = [100 * mean(by_size[size]) for size in sizes if size in by_size]
        axes.plot(x, means, shown, color=colour, marker=marker, markersize=4, label=name)
        for size, shares in by_size.items():
            points = [100 * share for share in shares]
            axes.plot([sizes[size]] * len(points), points, ".", color=colour, alpha=0.5, markersize=3)
    axes.set(xscale="log", xlabel="labelled reviews", ylabel="test accuracy, %")
    axes.legend(fontsize=SMALL, frameon=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    png(figure, path)


def lines(accuracy: Mapping[str, Mapping[str, Sequence[float]]], sizes: Mapping[str, int]) -> Iterator[str]:
    """Yield a table for the screen."""
    yield f"{'':16}" + "".join(f"{size:>10,}" for size in sizes.values())
    for name, by_size in accuracy.items():
        yield f"{name:16}" + "".join(f"{mean(by_size[size]):>10.2%}" for size in sizes)


def main() -> None:
    """Go on with the pieces until all are there or time is up; then print, write the JSON, draw."""
    parser = pieces.parser(__doc__)
    contestants.add_recipes(parser)
    parser.add_argument("--draws", type=int, default=3, help="of the labelled reviews; default: 3")
    options: argparse.Namespace = parser.parse_args()
    name = "movies" if options.quick else IMDB
    dataset = (QUICK if options.quick else DATA_SETS)[name].read()
    kept = pieces.opened(options, "few-labels")
    out = record.target(options)
    if not (options.quick or options.recipe or contestants.LANGUAGE_MODEL.is_dir()):
        sys.exit("the language model is not there; python benchmarks/language_model.py imdb makes it")
    tried = contestants.recipes(options, (*RECIPES, *PRETRAINED))
    texts = unlabelled_file(name, dataset) if any(one.wants_unlabelled for one in tried) else None
    recipes = families(tried, texts)
    sizes, draws = (_QUICK_SIZES, 2) if options.quick else (SIZES, options.draws)
    curves = Curves(name, dataset, recipes, sizes=sizes, draws=draws)

    def study() -> None:
        choosing, last = (Judge("few-labels", kept, split, out) for split in (VALIDATION, TEST))
        chosen = curves.chosen(choosing)
        said = {
            recipe: {size: recipes[recipe].index(one) for size, one in by_size.items()}
            for recipe, by_size in chosen.items()
        }
        print("candidates that validation chose, by number of labels:", json.dumps(said))
        if options.choose:
            return
        accuracy: dict[str, dict[str, list[float]]] = {
            recipe: {size: curves.accuracies(by_size[size], size, last) for size in curves.sizes}
            for recipe, by_size in chosen.items()
        }
        for one in contestants.baselines():
            accuracy[one.name] = {size: curves.accuracies(one, size, last) for size in curves.sizes}
        for line in lines(accuracy, curves.sizes):
            print(line)
        settings = {recipe: [one.settings for one in family] for recipe, family in recipes.items()}
        figures: dict[str, Any] = {
            "sizes": curves.sizes,
            "recipes": settings,
            "chosen": said,
            "accuracy": accuracy,
        }
        record.write("few-labels", figures, out)
        if out is not None:
            draw_picture(accuracy, curves.sizes, PICTURE if out == record.RESULTS else out / PICTURE.name)

    pieces.run(study)


if __name__ == "__main__":
    main()
