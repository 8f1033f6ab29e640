"""The goals of the project, each with what was measured; missed ones stand there like the others."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from results import MissingResultError, Results, table

Judged = tuple[str, bool]  # what was measured, and whether it is what was wanted


@dataclass(frozen=True)
class Goal:
    """What should be possible."""

    work: str
    goal: str
    judge: Callable[[Results], Judged]


def goals(results: Results) -> str:
    """Return the table of the goals."""
    rows = []
    for goal in GOALS:
        try:
            shown, reached = goal.judge(results)
            verdict = "yes" if reached else "no"
        except MissingResultError:
            shown, verdict = "not measured yet", ""
        rows.append((goal.work, goal.goal, shown, verdict))
    return table(("work", "goal", "measured", "reached"), rows, left=4)


def faster(group: str, ours: str, theirs: str, times: float) -> Callable[[Results], Judged]:
    """Judge a ratio of training speeds."""

    def judge(results: Results) -> Judged:
        contestants = results.figures(f"training-speed-{group}")["contestants"]
        if ours not in contestants:
            raise MissingResultError(f"training-speed-{group}")
        rates = [contestants[name]["texts_per_second"] for name in (ours, theirs)]
        shown = f"{rates[0] / rates[1]:,.0f}x ({rates[0]:,.1f} against {rates[1]:,.1f} reviews/s)"
        return shown, rates[0] >= times * rates[1]

    return judge


def _accuracy(results: Results) -> Judged:
    found = results.figures("accuracy-and-wall")["contestants"]
    ours, theirs = found["tenor"], found["tfidf-bigrams"]
    wall, other = ours["median"]["wall_seconds"], theirs["median"]["wall_seconds"]
    shares = f"{ours['accuracy']:.2%} against {theirs['accuracy']:.2%}"
    shown = f"{shares}; {wall:.1f} s, {wall / other:.1f}x the peer's"
    return shown, ours["accuracy"] > theirs["accuracy"] and wall <= 60 and wall <= 2.5 * other


def _predicting(results: Results) -> Judged:
    found = results.figures("predicting")["contestants"]
    rates = {name: values["all"]["texts_per_second"] for name, values in found.items()}
    ours, linear = rates["tenor"], rates["tfidf-bigrams"]
    fasttext = rates.get("fasttext-bigrams")
    beside = "fastText absent" if fasttext is None else f"fastText bigrams {fasttext:,.0f}"
    accurate = _accurate(results)
    shown = f"{ours:,.0f} ({beside}; {ours / linear:.1f}x TF-IDF bigrams, {linear:,.0f})"
    return shown, accurate and ours > (fasttext or 0.0) and ours >= 4 * linear


def _single(results: Results) -> Judged:
    found = results.figures("predicting")["contestants"]["tenor"]["single"]
    p50, p99 = found["p50_ms"], found["p99_ms"]
    return f"{p50:.2f} / {p99:.2f} ms", p50 <= 0.3 and p99 <= 1.0


def _process(results: Results) -> Judged:
    found = results.figures("latency")
    if "tenor predict, fast model" not in found:
        raise MissingResultError("latency")
    seconds = found["tenor predict, fast model"]["seconds"]
    return f"{seconds:.2f} s", seconds < 0.7


def _torch_process(results: Results) -> Judged:
    found = results.figures("latency")
    torch = found["import torch"]["seconds"]
    cells = {cell: found[f"tenor predict, {cell}"]["seconds"] - torch for cell in ("LSTM", "GRU")}
    shown = ", ".join(f"{cell} {more:+.2f} s" for cell, more in cells.items())
    return f"{shown} on torch's {torch:.2f} s", max(cells.values()) <= 0.5


def _size(results: Results) -> Judged:
    megabytes = results.figures("accuracy-and-wall")["contestants"]["tenor"]["median"]["model_bytes"] / 1e6
    return f"{megabytes:.1f} MB", megabytes < 10 and _accurate(results)


def _training_memory(results: Results) -> Judged:
    peak = results.figures("memory-training")["peak_mib"]
    return f"{peak:,.0f} MiB", peak <= 2048


def _predicting_memory(results: Results) -> Judged:
    rows: list[Any] = results.figures("memory-fast")
    shown = ", ".join(f"{row['peak_mib']:,.0f} MiB for {row['rows']:,}" for row in rows)
    peaks = [row["peak_mib"] for row in rows]
    return shown, max(peaks) <= 1024 and peaks[-1] <= 1.1 * peaks[0]


def _growth(results: Results) -> Judged:
    found = results.figures("growth")
    exponents = {
        what: [curve["exponent"] for curves in found[what].values() for curve in curves.values()]
        for what in ("rows", "length")
    }
    shown = "; ".join(
        f"{what} {min(found):.2f} to {max(found):.2f}"
        for what, found in zip(("exponents by rows", "by length"), exponents.values(), strict=True)
    )
    return shown, all(exponent <= 1.1 for found in exponents.values() for exponent in found)


def _accurate(results: Results) -> bool:
    return bool(results.figures("accuracy-and-wall")["contestants"]["tenor"]["accuracy"] >= 0.9)


_LARGE, _SMALL = "bilstm 2x256: notebook", "lstm 20/64: notebook"

GOALS = (
    Goal(
        "training BiLSTM 2 x 256, float32, against the notebook way",
        "40x",
        faster("large", "bilstm 2x256: tenor float32", _LARGE, 40),
    ),
    Goal("the same, bfloat16", "80x", faster("large", "bilstm 2x256: tenor bfloat16", _LARGE, 80)),
    Goal(
        "training LSTM 20/64 against the notebook way",
        "30x",
        faster("small", "lstm 20/64: tenor float32", _SMALL, 30),
    ),
    Goal(
        "training bidirectional minGRU 128 against the notebook's LSTM 20/64",
        "150x",
        faster("small", "bimingru 128: tenor float32", _SMALL, 150),
    ),
    Goal(
        "raw text of IMDb to a tested model",
        "above TF-IDF bigrams' accuracy, 60 s, 2.5x their time",
        _accuracy,
    ),
    Goal(
        "predicting from raw text at 90 % accuracy, reviews/s",
        "above fastText bigrams and 4x TF-IDF bigrams; aim 20,000",
        _predicting,
    ),
    Goal("one review from raw text, p50 / p99", "0.3 / 1 ms", _single),
    Goal("`tenor predict MODEL TEXT` as a process", "under 0.7 s", _process),
    Goal("the same for LSTM and GRU", "torch's import + 0.5 s", _torch_process),
    Goal("size of the model folder at 90 % accuracy", "under 10 MB", _size),
    Goal("peak memory of training on IMDb", "2 GiB", _training_memory),
    Goal("peak memory of predicting 1,000,000 rows", "1 GiB, flat", _predicting_memory),
    Goal("growth of time", "linear (exponents up to 1.1)", _growth),
)
