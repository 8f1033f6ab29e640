"""Answers requests for predictions; standard library only, since fastText's environment has little else."""

import json
import sys
import time
from collections.abc import Callable, Sequence

_WARM = 100  # single texts before the first that is timed


def serve(predict: Callable[[list[str]], Sequence[object]], texts: list[str], **about: object) -> None:
    """Say that all is ready, then time `predict` (raw texts -> labels) as each request has it.

    {"kind": "all"}: all texts at once. {"kind": "single", "texts": n}: the first n, one at a time.
    """
    _say({"ready": True, **about})
    for line in sys.stdin:
        request = json.loads(line)
        if request["kind"] == "all":
            seconds = _seconds(predict, texts)
            _say({"seconds": seconds, "texts_per_second": len(texts) / seconds})
        else:
            for text in texts[:_WARM]:
                predict([text])
            times = sorted(_seconds(predict, [text]) for text in texts[: request["texts"]])
            _say({"p50_ms": 1e3 * _quantile(times, 0.50), "p99_ms": 1e3 * _quantile(times, 0.99)})


def _seconds(predict: Callable[[list[str]], Sequence[object]], texts: list[str]) -> float:
    start = time.perf_counter()
    labels = predict(texts)
    seconds = time.perf_counter() - start
    if len(labels) != len(texts):
        sys.exit(f"{len(labels)} labels came out of {len(texts)} texts")
    return seconds


def _quantile(ordered: list[float], share: float) -> float:
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def _say(answer: dict[str, object]) -> None:
    print(json.dumps(answer), flush=True)
