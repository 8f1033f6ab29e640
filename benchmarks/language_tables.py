"""The tables of language models: perplexity on IMDb, and what a softmax costs."""

from contextlib import suppress

from results import MissingResultError, Results, table

_SOFTMAX = {
    "full": "over all words",
    "adaptive": "in clusters, word vectors shared",
    "torch-adaptive": "torch's adaptive softmax, vectors not shared",
}


def language_model(results: Results) -> str:
    """Perplexity of the network and of models that count, on the same reviews."""
    found = results.figures("language-model-imdb")
    rows = []
    for name, figures in found["test"].items():
        shown = figures["perplexity"]
        rows.append((name, f"{shown['value']:.1f} ({shown['low']:.1f}-{shown['high']:.1f})"))
    last = found["test"][name]
    with suppress(MissingResultError):
        both = results.figures("language-model-both-ways")
        shown, minutes = both["test"]["lstm"]["perplexity"], f"{both['training_seconds'] / 60:.0f} minutes"
        rows += [
            (
                f"lstm of two that read both ways, {minutes}: on",
                f"{shown['value']:.1f} ({shown['low']:.1f}-{shown['high']:.1f})",
            ),
            ("the other: back", f"{both['back']['perplexity']:.1f}"),
        ]
    facts = (
        f"{found['rows']['train']:,} reviews trained on for {found['training_seconds'] / 60:.0f} minutes at "
        f"{found['tokens_per_second']:,.0f} words a second; {last['texts']:,} reviews of other films "
        f"foretold, {last['tokens']:,} words, of which {100 * last['unknown_share']:.1f} % are not among the "
        f"{found['vocabulary']:,} of the vocabulary."
    )
    made = table(("model", "perplexity of a word"), rows)
    return f"{made}\n\n{facts}\n\n{results.measured('language-model-imdb')}"


def softmax(results: Results) -> str:
    """Time of a step by way of each softmax."""
    found = results.figures("language-model-softmax")
    rows = [(_SOFTMAX[name], f"{1000 * seconds:.0f}") for name, seconds in found["seconds"].items()]
    head = (f"softmax, {found['words']:,} words, {found['tokens']:,} tokens", "ms a step")
    return f"{table(head, rows)}\n\n{results.measured('language-model-softmax')}"


TABLES = {"language-model": language_model, "language-model-softmax": softmax}
