"""Streams of many connections: what comes together is read together, and none disturbs another."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest
import served

from tenor.inference.predictor import Predictor
from tenor.inference.stream import Streams
from tenor.service.executor import Executor
from tenor.service.streaming import SharedStreams, refusal


def run(work: Callable[[SharedStreams], Any], predictor: Predictor) -> Any:
    async def main() -> Any:
        executor = Executor("test")
        try:
            return await work(SharedStreams(predictor, executor))
        finally:
            executor.close()

    return asyncio.run(main())


def test_each_text_has_the_predictions_of_what_was_read() -> None:
    predictor = served.predictor()
    texts = {"x": ["a b", "c d", ""], "y": ["e", " f", " g"], "z": ["", "<b", ">h"]}

    async def work(shared: SharedStreams) -> dict[str, list[Any]]:
        async def fed(key: str, pieces: list[str]) -> list[Any]:
            return [(await shared.feed(key, piece)).prediction.probabilities for piece in pieces]

        return dict(zip(texts, await asyncio.gather(*(fed(*one) for one in texts.items())), strict=True))

    found = run(work, predictor)
    for key, pieces in texts.items():
        so_far = ["".join(pieces[: number + 1]) for number in range(3)]
        for one, expected in zip(found[key], predictor.predict_proba(so_far), strict=True):
            assert list(one.values()) == pytest.approx(expected.tolist(), abs=1e-5)


def test_what_comes_meanwhile_is_read_together(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[set[str]] = []
    entered, let_go = threading.Event(), threading.Event()
    feed = Streams.feed

    def slow(self: Streams, texts: dict[str, str]) -> Any:
        entered.set()
        let_go.wait()
        read.append(set(texts))
        return feed(self, texts)

    monkeypatch.setattr(Streams, "feed", slow)

    async def work(shared: SharedStreams) -> None:
        first = asyncio.create_task(shared.feed("first", "a"))
        await asyncio.to_thread(entered.wait)
        others = [asyncio.create_task(shared.feed(key, "b")) for key in "xyz"]
        await asyncio.sleep(0)
        let_go.set()
        await asyncio.gather(first, *others)

    run(work, served.predictor())
    assert read == [{"first"}, {"x", "y", "z"}]


def test_a_text_can_begin_anew_and_leaves_nothing_behind() -> None:
    predictor = served.predictor()

    async def work(shared: SharedStreams) -> list[Any]:
        await shared.feed("x", "a b c d")
        anew = await shared.feed("x", "e f", anew=True)
        shared.close("x")
        await shared.feed("y", "g")
        again = await shared.feed("x", "e f")
        shared.close("never")
        return [anew, again]

    for progress in run(work, predictor):
        assert progress.tokens == 2
        expected = predictor.predict_proba(["e f"])[0].tolist()
        assert list(progress.prediction.probabilities.values()) == pytest.approx(expected, abs=1e-5)


def test_a_long_piece_lets_others_have_their_turn() -> None:
    done: list[str] = []

    async def work(shared: SharedStreams) -> Any:
        async def fed(key: str, text: str) -> Any:
            progress = await shared.feed(key, text)
            done.append(key)
            return progress

        return await asyncio.gather(fed("long", "a b " * 10_000), fed("short", "a"))

    predictor = served.predictor()
    long, _ = run(work, predictor)
    assert done == ["short", "long"]
    assert long.tokens == 20_000
    expected = predictor.predict_proba(["a b " * 10_000])[0].tolist()
    assert list(long.prediction.probabilities.values()) == pytest.approx(expected, abs=1e-5)


def test_an_error_reaches_who_asked_and_no_one_later(monkeypatch: pytest.MonkeyPatch) -> None:
    async def work(shared: SharedStreams) -> int:
        with monkeypatch.context() as broken:
            broken.setattr(Streams, "feed", lambda *_: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                await shared.feed("x", "a")
        return (await shared.feed("y", "a")).tokens

    assert run(work, served.predictor()) == 1


def test_why_a_model_cannot_stream_is_one_sentence() -> None:
    assert refusal(served.predictor()) is None
    assert "two-directional" in str(refusal(served.predictor(bidirectional=True)))
    assert "transformer" in str(refusal(served.predictor("transformer")))
