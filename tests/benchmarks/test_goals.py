"""The table of goals says yes and no by the figures."""

from types import ModuleType
from typing import Any

import pytest

VERSIONS = {"torch": "1", "numpy": "1"}
PLACE = {"time": "2000-01-01", "cores": 1, "processor": "any", "python": "3", "versions": VERSIONS}


def results(good: bool) -> dict[str, Any]:
    times = 1000.0 if good else 2.0
    peers = {name: _peer(0.9, 10.0) for name in ("tfidf-bigrams", "fasttext-bigrams")}
    figures = {
        "training-speed-small": _training(
            {"lstm 20/64: notebook": 1.0, "lstm 20/64: tenor float32": times,
             "bimingru 128: tenor float32": times}
        ),
        "training-speed-large": _training(
            {"bilstm 2x256: notebook": 1.0, "bilstm 2x256: tenor float32": times,
             "bilstm 2x256: tenor bfloat16": times}
        ),
        "accuracy-and-wall": {
            "absent": [],
            "contestants": {"tenor": _peer(0.92, 20.0) if good else _peer(0.85, 30.0), **peers},
        },
        "predicting": {
            "absent": [],
            "contestants": {
                "tenor": _served(20_000 if good else 3000, 0.1 if good else 2.0),
                "tfidf-bigrams": _served(1000, 1.0),
                "fasttext-bigrams": _served(9000, 0.1),
            },
        },
        "latency": {
            "import torch": _once(1.0),
            "tenor predict, fast model": _once(0.5 if good else 0.9),
            "tenor predict, LSTM": _once(1.4 if good else 1.6),
            "tenor predict, GRU": _once(1.4),
        },
        "memory-training": {"recipe": "any", "seconds": 1.0, "peak_mib": 100.0 if good else 3000.0},
        "memory-fast": [
            {"rows": rows, "seconds": 1.0, "rows_per_second": rows, "peak_mib": peak}
            for rows, peak in ((10, 100.0), (100, 101.0 if good else 200.0))
        ],
        "growth": {
            what: {"any": {"work": {"x": [1, 2], "seconds": [1, 2], "exponent": 1.0 if good else 1.9}}}
            for what in ("rows", "length")
        },
    }  # fmt: skip
    return {name: {"environment": PLACE, "figures": found} for name, found in figures.items()}


@pytest.mark.parametrize(("good", "verdict"), [(True, "yes"), (False, "no")])
def test_every_goal_is_judged(good: bool, verdict: str, publish: ModuleType) -> None:
    table = publish.TABLES["goals"](publish.Results(results(good)))
    rows = [line.strip("| ").split(" | ") for line in table.splitlines()[2:]]
    assert {row[-1] for row in rows} == {verdict}, [row for row in rows if row[-1] != verdict]


def test_every_other_table_is_made_of_its_figures(publish: ModuleType) -> None:
    found = publish.Results(results(good=True))
    for name in ("training-speed-small", "accuracy", "predicting", "latency", "memory", "growth"):
        made = publish.TABLES[name](found)
        assert made.startswith(("|", "!["))
        assert "Measured 2000-01-01" in made


def _training(rates: dict[str, float]) -> dict[str, Any]:
    same = {"loss": 0.7, "loss_difference": 0.0, "largest_gradient": 1.0, "gradient_difference": 0.0}
    case = {"texts": 8, "tokens_a_text": 2.0, "batch_size": 4, "same": {"float32": same}}
    each = [{"tokens": 4, "seconds": 2.0}]
    return {
        "cases": {name.partition(":")[0]: case for name in rates},
        "contestants": {name: {"texts_per_second": rate, "each": each} for name, rate in rates.items()},
    }


def _peer(accuracy: float, wall: float) -> dict[str, Any]:
    figures = {"wall_seconds": wall, "peak_mib": 10.0, "model_bytes": 1e6}
    each = [{**figures, "value": accuracy, "low": accuracy, "high": accuracy}]
    return {"accuracy": accuracy, "median": figures, "each": each}


def _served(rate: float, milliseconds: float) -> dict[str, Any]:
    single = {"p50_ms": milliseconds, "p99_ms": milliseconds}
    return {"all": {"texts_per_second": rate, "each": [{"texts_per_second": rate}]}, "single": single}


def _once(seconds: float) -> dict[str, Any]:
    return {"seconds": seconds, "each": [seconds]}
