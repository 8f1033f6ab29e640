"""The tables of the studies: many data sets, few labels, across domains, parts, readings of test splits."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import mean
from typing import Any

from results import Results, table

FIGURES = {"accuracy": "accuracy", "macro_f1": "macro-F1"}
BASELINES = {
    "tfidf": "TF-IDF uni- and bigrams",
    "nbsvm": "NB-SVM, 1- to 3-grams",
    "fasttext-unigrams": "fastText unigrams",
    "fasttext-bigrams": "fastText bigrams",
}
_ABSENT = "-"
_LEVEL = 0.05


def everywhere(name: str) -> Callable[[Results], str]:
    """Every model on every data set, by the figure that counts there."""

    def make(results: Results) -> str:
        sets = results.figures(name)["sets"].values()
        rows = [
            (_shown(model), *(_figure(one["models"].get(model), one["figure"]) for one in sets))
            for model in _names(one["models"] for one in sets)
        ]
        head = [f"{one['title']}, {FIGURES[one['figure']]} %" for one in sets]
        return f"{table(('', *head), rows)}\n\n{results.measured(name)}"

    return make


def chosen(results: Results) -> str:
    """The recipe that is chosen for each data set, and how far it is from the best."""
    rows = []
    for one in results.figures("everywhere")["sets"].values():
        models = {name: found[one["figure"]]["value"] for name, found in one["models"].items()}
        recipes = {name: value for name, value in models.items() if name not in BASELINES}
        best = max(recipes, key=recipes.__getitem__)
        cells = []
        for recipe in one["chosen"].values():
            behind = f" ({100 * (recipes[recipe] - recipes[best]):+.1f})" if recipe in recipes else ""
            cells.append(f"{recipe}{behind}")
        rows.append((one["title"], *cells, best))
    qualities = next(iter(results.figures("everywhere")["sets"].values()))["chosen"]
    return table(("", *qualities, "best recipe"), rows, left=len(qualities) + 2)


def few_labels(results: Results) -> str:
    """Accuracy by the number of labels."""
    found = results.figures("few-labels")
    sizes = found["sizes"]
    rows = [
        (_shown(name), *(_spread(by_size[size]) for size in sizes))
        for name, by_size in found["accuracy"].items()
    ]
    made = table(("test accuracy %", *(f"{size:,} reviews" for size in sizes.values())), rows)
    picture = "![Test accuracy against the number of labelled reviews](few-labels.png)"
    return f"{made}\n\n{picture}\n\n{results.measured('few-labels')}"


def across_domains(results: Results) -> str:
    """Accuracy by what was trained on and what was asked about."""
    found = results.figures("across-domains")
    titles = found["titles"]
    models = found["models"]
    pairs = dict.fromkeys(
        (source, target)
        for by_source in models.values()
        for source in by_source
        for target in by_source[source]
    )
    rows = [
        (
            titles[source],
            titles.get(target, target),
            *(_figure(by_source[source].get(target), "accuracy") for by_source in models.values()),
        )
        for source, target in pairs
    ]
    head = ("trained on", "asked about", *(f"{_shown(name)}, %" for name in models))
    return f"{table(head, rows, left=2)}\n\n{results.measured('across-domains')}"


def ablation(results: Results) -> str:
    """A table for each data set: variants down, slices across."""
    found = results.figures("ablation")
    parts = []
    for one in found["sets"].values():
        slices = one["slices"]
        rows = [
            (_shown(name), *(_difference(by_model[name]) for by_model in slices.values()))
            for name in next(iter(slices.values()))
        ]
        head = (f"{one['title']}, validation", *(f"{part} ({one['rows'][part]:,})" for part in slices))
        parts.append(table(head, rows))
    return "\n\n".join([*parts, results.measured("ablation")])


def readings(results: Results) -> str:
    """How often each test split was read by what, and what was seen."""
    found: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for one in results.figures("test_readings"):
        about = "" if one["about"] == one["data"] else one["about"]
        found.setdefault((one["study"], one["data"], about, _shown(one["contestant"])), []).append(one)
    rows = [
        (
            *key,
            f"{len(each)}",
            f"{min(one['time'] for one in each)[:10]}",
            ", ".join(f"{100 * one['accuracy']:.1f}" for one in each),
        )
        for key, each in found.items()
    ]
    head = ("study", "test split", "trained on", "model", "readings", "first", "accuracy %, each")
    return table(head, rows, left=4)


def _names(models: Iterable[Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(name for one in models for name in one))


def _shown(name: str) -> str:
    return BASELINES.get(name, f"**{name}**")


def _figure(found: Mapping[str, Any] | None, figure: str) -> str:
    if found is None:
        return _ABSENT
    one, both = found[figure], found[figure]["both"]
    return f"{100 * one['value']:.1f} ({100 * both['low']:.1f}-{100 * both['high']:.1f})"


def _spread(shares: Sequence[float]) -> str:
    return f"{100 * mean(shares):.1f} ({100 * min(shares):.1f}-{100 * max(shares):.1f})"


def _difference(found: Mapping[str, Any]) -> str:
    """The accuracy of the whole recipe, and of others how far they are from it."""
    if "difference" not in found:
        return f"{100 * found['accuracy']['value']:.1f} %"
    one = found["difference"]
    shown = f"{100 * one['value']:+.1f} ({100 * one['low']:+.1f} to {100 * one['high']:+.1f})"
    return f"**{shown}**" if found["p"] < _LEVEL else shown


TABLES: dict[str, Callable[[Results], str]] = {
    "everywhere": everywhere("everywhere"),
    "everywhere-validation": everywhere("everywhere-validation"),
    "everywhere-chosen": chosen,
    "few-labels": few_labels,
    "across-domains": across_domains,
    "ablation": ablation,
    "test-readings": readings,
}
