"""The table of pretraining: accuracy by the number of labelled reviews, with and without a language model."""

from statistics import mean

from results import Results, table

RECIPES = {
    "pretrained": "**LSTM, from the language model**",
    "scratch": "LSTM, from a random start",
    "nbsvm": "NB-SVM, 1- to 3-grams",
    "tfidf": "TF-IDF uni- and bigrams",
}


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
        rows.append((shown, *cells))
    made = table(("test accuracy %", *(f"{size:,} reviews" for size in sizes.values())), rows)
    picture = "![Test accuracy against the number of labelled reviews](pretraining.png)"
    ways = ", ".join(
        f"{size:,}: {found['chosen']['pretrained'][name]['rate']:g}"
        + (", layer by layer" if found["chosen"]["pretrained"][name]["gradual"] else ", all at once")
        for name, size in sizes.items()
    )
    said = f"Learning rates and unfreezing that were chosen for the language model's: {ways}."
    return f"{made}\n\n{picture}\n\n{said}\n\n{results.measured('pretraining')}"


TABLES = {"pretraining": pretraining}
