"""The tables of docs/benchmarks.md, each from the results that it is about."""

from collections.abc import Callable, Mapping
from typing import Any

import architecture_tables
import behaviour_tables
import confidence_tables
import exporting_tables
import faithfulness_tables
import forecasting_tables
import language_tables
import learning_tables
import pretraining_table
import reference_tables
import serving_tables
import study_tables
from goals import goals
from mistake_table import mistakes
from results import MissingResultError, Results, table

RECIPES = {
    "session": "session on `movies`",
    "session-gru": "session-gru on `products`",
    "chapter": "chapter on IMDb",
    "chapter-bilstm": "chapter-bilstm on IMDb",
    "packed": "packed on IMDb",
    "packed-rnn": "packed-rnn on IMDb",
    "airline": "short on airline tweets, 3 classes",
    "ag-news": "short on AG News, 4 classes",
}
PEERS = {
    "tenor": "**Tenor**",
    "tenor-ngrams": "**Tenor, `fast-ngrams`**",
    "tenor lstm 20/64": "Tenor, LSTM 20/64 (chapter)",
    "tfidf-unigrams": "TF-IDF unigrams, logistic regression",
    "tfidf-bigrams": "TF-IDF uni- and bigrams, logistic regression",
    "nb-svm": "NB-SVM, 1- to 3-grams",
    "fasttext-unigrams": "fastText unigrams",
    "fasttext-bigrams": "fastText bigrams",
}


NETWORKS = {"lstm": "LSTM", "mingru": "minGRU"}


def kinds(results: Results) -> str:
    """Accuracy of baselines and networks by kind of text."""
    from kinds import ALL, HARD

    from tenor.data.builtin.kinds import KINDS

    found = results.figures("kinds")
    names = [name for name in ("movies", "products") if name in found]
    networks = {key: shown for key, shown in NETWORKS.items() if all(key in found[name] for name in names)}
    rows = []
    for source in ("grammar", "written"):
        for kind in (*KINDS, HARD, ALL):
            cells = [f"{source}: {kind}"]
            for name in names:
                cells += [_percent(found[name][column][source][kind]) for column in ("words", "length")]
                for network in networks:
                    shares = [run[source][kind] for run in found[name][network]]
                    shown = _percent(sum(shares) / len(shares))
                    cells.append(f"**{shown}**" if kind in (HARD, ALL) else shown)
            rows.append(cells)
    head = ["kind"]
    for name in names:
        head += [f"{name}: unigram", "length only", *networks.values()]
    return _with(results, table(head, rows), "kinds")


def recipes(results: Results) -> str:
    """What became of every recipe."""
    names = [name for name in RECIPES if results.has(f"recipe-{name}")]
    if not names:
        raise MissingResultError("recipe-")
    rows = []
    for name in names:
        run = results.figures(f"recipe-{name}")
        accuracy, runtime = run["test_accuracy"], run["runtime"]
        threads = f"{runtime['threads']} thread{'s' if runtime['threads'] > 1 else ''}"
        rows.append((
            RECIPES[name], f"{run['test_rows']:,}",
            f"{_percent(accuracy['value'])} ({_percent(accuracy['low'])}-{_percent(accuracy['high'])})",
            _percent(run["test_macro_f1"]["value"]), _percent(run["best_validation_accuracy"]),
            f"{run['epochs']}", f"{run['training_minutes']:.1f}", f"{run['tokens_per_second']:,.0f}",
            f"{run['peak_memory_mib']:,.0f}", f"{runtime['precision']}, {threads}",
        ))  # fmt: skip
    head = ("run", "test texts", "accuracy %", "macro-F1 %", "best validation %", "epochs",
            "training, min", "tokens/s (median epoch)", "peak MiB", "computed")  # fmt: skip
    return _with(results, table(head, rows), *(f"recipe-{name}" for name in names))


def sentences(results: Results) -> str:
    """What the IMDb models say."""
    names = [name for name in ("chapter", "packed") if results.has(f"recipe-{name}")]
    if not names:
        raise MissingResultError("recipe-")
    said = {name: results.figures(f"recipe-{name}")["sentences"] for name in names}
    texts = [one["text"] for one in said[names[0]]]
    rows = [(name, *(f"{one['positive']:.3f}" for one in said[name])) for name in names]
    return table(("", *(f'"{text}"' for text in texts)), rows)


def training_speed(group: str) -> Callable[[Results], str]:
    """Who trains how fast, and that it is the same network."""

    def make(results: Results) -> str:
        found = results.figures(f"training-speed-{group}")
        base = next(iter(found["contestants"].values()))["texts_per_second"]
        rows = [
            (who.replace(": ", ", "), f"{values['texts_per_second']:,.1f}",
             f"{values['texts_per_second'] / base:,.1f}x",
             _each(values, lambda one: one["tokens"] / one["seconds"]))
            for who, values in found["contestants"].items()
        ]  # fmt: skip
        speed = table(("network and contestant", "reviews/s", "", "tokens/s, each reading"), rows)
        same = [
            (name, dtype, f"{values['loss']:.4f}", f"{values['loss_difference']:.0e}",
             f"{values['largest_gradient']:.0e}", f"{values['gradient_difference']:.0e}")
            for name, case in found["cases"].items() for dtype, values in case.get("same", {}).items()
        ]  # fmt: skip
        head = ("network", "", "loss", "differs by", "largest gradient", "gradients differ by at most")
        about = "; ".join(
            f"{name}: {case['texts']:,} reviews, {case['tokens_a_text']:.0f} tokens each on average, "
            f"batches of {case['batch_size']}, weights after {case.get('warm_steps', 0)} steps"
            for name, case in found["cases"].items()
        )
        return _with(
            results, f"{speed}\n\n{about}.\n\n{table(head, same, left=2)}", f"training-speed-{group}"
        )

    return make


def gru_cost(results: Results) -> str:
    """Real tokens a second of each cell, by size, threads and work."""
    found = results.figures("gru_cost")
    names = list(found[0]["tokens_per_second"])
    rows = [
        (one["size"], f"{one['threads']}", one["work"],
         *(f"{one['tokens_per_second'][name]:,}" for name in names))
        for one in found
    ]  # fmt: skip
    return _with(results, table(("tokens/s", "threads", "", *names), rows), "gru_cost")


def accuracy(results: Results) -> str:
    """Accuracy, wall time, memory and size of whole processes."""
    found = results.figures("accuracy-and-wall")
    rows = []
    for name, values in found["contestants"].items():
        middle, first = values["median"], values["each"][0]
        size = f"{middle['model_bytes'] / 1e6:.1f}" if "model_bytes" in middle else ""
        rows.append((
            PEERS[name], f"{values['accuracy']:.2%}",
            f"{_percent(first['low'])}-{_percent(first['high'])}",
            ", ".join(f"{one['value']:.2%}" for one in values["each"]),
            f"{middle['wall_seconds']:.1f}", _each(values, lambda one: one["wall_seconds"], ".1f"),
            f"{middle['peak_mib']:,.0f}", size,
        ))  # fmt: skip
    head = ("from Parquet to a tested model", "accuracy", "95 % of the first", "each", "wall, s", "each",
            "peak MiB", "model, MB")  # fmt: skip
    return _with(results, table(head, rows) + _absent(found), "accuracy-and-wall")


def predicting(results: Results) -> str:
    """Reviews a second and times of single reviews."""
    found = results.figures("predicting")
    accuracies: Mapping[str, Any] = {}
    if results.has("accuracy-and-wall"):
        accuracies = results.figures("accuracy-and-wall")["contestants"]
    rows = []
    for name, values in found["contestants"].items():
        known = f"{accuracies[name]['accuracy']:.2%}" if name in accuracies else ""
        single = values["single"]
        rows.append((
            PEERS[name], known, f"{values['all']['texts_per_second']:,.0f}",
            _each(values["all"], lambda one: one["texts_per_second"]),
            f"{single['p50_ms']:.2f}", f"{single['p99_ms']:.2f}",
        ))  # fmt: skip
    head = ("from raw text to labels", "test accuracy", "reviews/s", "each reading", "one review, p50 ms",
            "p99 ms")  # fmt: skip
    return _with(results, table(head, rows) + _absent(found), "predicting")


def latency(results: Results) -> str:
    """Whole processes."""
    rows = [
        (f"`{what}`" if "import" in what else what, f"{values['seconds']:.2f}",
         ", ".join(f"{seconds:.2f}" for seconds in values["each"]))
        for what, values in results.figures("latency").items()
    ]  # fmt: skip
    return _with(results, table(("process", "seconds", "each"), rows), "latency")


def streaming(results: Results) -> str:
    """Texts read as they come, by network."""
    rows = []
    for name, one in results.figures("streaming").items():
        many, cuts = one["together"], one["cuts"]
        resident = many["bytes_resident"]
        rows.append((
            name, f"{one['alone']['microseconds_per_token']:,.0f}",
            f"{many['streams']:,}", f"{many['tokens_per_second']:,.0f}", f"{many['bytes_state']:,}",
            f"{many['bytes_saved']:,}", "-" if resident is None else f"{resident:,.0f}",
            f"{cuts['cuts']:,}", f"{cuts['largest_difference']:.1e}",
        ))  # fmt: skip
    head = ("network", "alone, µs/token", "together", "tokens/s", "bytes of state", "saved", "resident",
            "cuts", "largest difference")  # fmt: skip
    return _with(results, table(head, rows), "streaming")


def memory(results: Results) -> str:
    """Peak memory of predicting files, by model."""
    names = [name for name in ("memory-fast", "memory") if results.has(name)]
    if not names:
        raise MissingResultError("memory")
    model = {"memory-fast": "fast recipe", "memory": "default network"}
    rows = [
        (model[name], f"{row['rows']:,}", f"{row['seconds']:.1f}", f"{row['rows_per_second']:,.0f}",
         f"{row['peak_mib']:,.0f} MiB")
        for name in names for row in results.figures(name)
    ]  # fmt: skip
    return _with(results, table(("model", "rows", "seconds", "rows/s", "peak memory"), rows), *names)


def memory_training(results: Results) -> str:
    """Peak memory of training the fast recipe."""
    found = results.figures("memory-training")
    made = table(
        ("training on IMDb, one epoch", "seconds", "peak memory"),
        [(found["recipe"], f"{found['seconds']:.1f}", f"{found['peak_mib']:,.0f} MiB")],
    )
    return _with(results, made, "memory-training")


def growth(results: Results) -> str:
    """Exponents and the picture."""
    found = results.figures("growth")
    rows = []
    for what, label in (("rows", "reviews"), ("length", "words a text")):
        for name, curves in found[what].items():
            for work, curve in curves.items():
                times = zip(curve["x"], curve["seconds"], strict=True)
                shown = ", ".join(f"{x:,}: {seconds:.3g} s" for x, seconds in times)
                rows.append((f"{name}, {work}", label, f"{curve['exponent']:.2f}", shown))
    made = table(("work", "by", "exponent", "median seconds (of a text, where by words)"), rows, left=2)
    picture = "![Time over the number of reviews and over the words of a text](growth.png)"
    return _with(results, f"{picture}\n\n{made}", "growth")


def roofline(results: Results) -> str:
    """Rates beside the limits of the machine."""
    found = results.figures("roofline")
    rows = []
    for name, values in found["rates"].items():
        memory_bound = name in {"copy", "triad"} or name.startswith("scan")
        rows.append((
            name, f"{values['rate']:,.1f} {'GB/s' if memory_bound else 'Gflop/s'}", f"{values['share']:.0%}",
            "copy" if memory_bound else f"product {name.rpartition(' ')[2]}",
        ))  # fmt: skip
    made = table(("work", "rate", "share", "of"), rows)
    return _with(results, f"{made}\n\n{found['threads']} threads.", "roofline")


def text_to_ids(results: Results) -> str:
    """Megabytes a second by tokenizer."""
    rows = [
        (name, f"{one['texts']:,}", f"{one['reference']['megabytes_per_second']:,.1f}",
         f"{one['fast']['megabytes_per_second']:,.1f}",
         f"{one['fast']['megabytes_per_second'] / one['reference']['megabytes_per_second']:.1f}x",
         f"{one['vocabulary']['megabytes_per_second']:,.1f}")
        for name, one in results.figures("text-to-ids").items()
    ]  # fmt: skip
    head = ("tokenizer", "reviews", "reference, MB/s", "fast path, MB/s", "", "making the vocabulary, MB/s")
    return _with(results, table(head, rows), "text-to-ids")


TABLES: dict[str, Callable[[Results], str]] = {
    "goals": goals,
    "training-speed-small": training_speed("small"),
    "training-speed-large": training_speed("large"),
    "gru-cost": gru_cost,
    "accuracy": accuracy,
    "predicting": predicting,
    "latency": latency,
    "streaming": streaming,
    "memory": memory,
    "memory-training": memory_training,
    "growth": growth,
    "roofline": roofline,
    "text-to-ids": text_to_ids,
    "recipes": recipes,
    "sentences": sentences,
    "kinds": kinds,
    "mistakes": mistakes,
    **architecture_tables.TABLES,
    **faithfulness_tables.TABLES,
    **forecasting_tables.TABLES,
    **behaviour_tables.TABLES,
    **confidence_tables.TABLES,
    **exporting_tables.TABLES,
    **serving_tables.TABLES,
    **pretraining_table.TABLES,
    **language_tables.TABLES,
    **reference_tables.TABLES,
    **study_tables.TABLES,
    **learning_tables.TABLES,
}


def _with(results: Results, made: str, *names: str) -> str:
    return f"{made}\n\n{results.measured(*names)}"


def _absent(found: Mapping[str, Any]) -> str:
    names = ", ".join(PEERS[name] for name in found["absent"])
    return f"\n\nAbsent, since it could not be installed: {names}." if names else ""


def _each(values: Mapping[str, Any], figure: Callable[[Any], float], spec: str = ",.0f") -> str:
    return ", ".join(format(figure(one), spec).replace(",", " ") for one in values["each"])


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"
