"""The table of pretraining: accuracy by the number of labelled reviews, with and without a language model."""

from statistics import mean

from results import Results, table

RECIPES = {
    "pretrained": "**{network}, from the language model**",
    "scratch": "{network}, from a random start",
    "nbsvm": "NB-SVM, 1- to 3-grams",
    "tfidf": "TF-IDF uni- and bigrams",
}
NETWORKS = {"lstm": "LSTM", "mingru": "minGRU"}


def pretraining(results: Results) -> str:
    """Mean test accuracy over the seeds, with the lowest and the highest."""
    found = results.figures("pretraining")
    sizes = found["sizes"]
    rows = []
    for recipe, shown in RECIPES.items():
        by_size = found["accuracy"][recipe]
        cells = [
            f"{100 * mean(by_size[size]):.1f} ({100 * min(by_size[size]):.1f}-{100 * max(by_size[size]):.1f})"
            for size in sizes
        ]
        rows.append((shown.format(network=NETWORKS[found["network"]]), *cells))
    made = table(("test accuracy %", *(f"{size:,} reviews" for size in sizes.values())), rows)
    picture = "![Test accuracy against the number of labelled reviews](pretraining.png)"
    perplexity = found["language_model"]["metrics"]["validation"]["perplexity"]["value"]
    said = (
        f"The language model was trained for {found['minutes']:g} minutes; its perplexity on held-out "
        f"reviews is {perplexity:,.1f}."
    )
    ways = ", ".join(
        f"{size:,}: {found['chosen']['pretrained'][name]['rate']:g}"
        + (", layer by layer" if found["chosen"]["pretrained"][name]["gradual"] else ", all at once")
        for name, size in sizes.items()
    )
    said += f" Learning rates and unfreezing that were chosen for it: {ways}."
    return f"{made}\n\n{picture}\n\n{said}\n\n{results.measured('pretraining')}"


TABLES = {"pretraining": pretraining}
