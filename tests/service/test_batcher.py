"""Batches: what waits together is computed together, nothing waits in vain, nothing is computed in vain."""

import asyncio

import pytest
from serving import PATIENCE, Gated, Lying, opened

from tenor.service.errors import ServiceError


def batcher(service):
    return service.registry.get().batcher


def scenario(service, steps):
    async def whole():
        return await asyncio.wait_for(steps(batcher(service)), PATIENCE)

    try:
        return asyncio.run(whole())
    finally:
        service.close()


def labels(predictions):
    return [one.label for one in predictions]


async def settle() -> None:
    """Let tasks that can go on do so."""
    for _ in range(10):
        await asyncio.sleep(0)


def test_what_came_while_a_batch_was_computed_is_the_next_batch() -> None:
    engine = Gated()

    async def steps(batcher):
        engine.gate.clear()
        first = asyncio.create_task(batcher.predictions(["a"]))
        await engine.is_entered()
        others = [asyncio.create_task(batcher.predictions([text])) for text in ("b", "a a", "b b", "a b a")]
        await settle()
        engine.gate.set()
        return [labels(await one) for one in (first, *others)]

    assert scenario(opened(engine), steps) == [["yes"], ["no"], ["yes"], ["no"], ["yes"]]
    assert engine.batches == [1, 4]


def test_with_two_threads_two_batches_are_computed_at_once() -> None:
    engine = Gated()

    async def steps(batcher):
        engine.gate.clear()
        first = asyncio.create_task(batcher.predictions(["a"]))
        await engine.is_entered()
        second = asyncio.create_task(batcher.predictions(["b"]))
        await engine.is_entered()  # though the first is not done
        others = [asyncio.create_task(batcher.predictions([text])) for text in ("a a", "b b", "a")]
        await settle()
        assert engine.batches == [1, 1]
        engine.gate.set()
        return [labels(await one) for one in (first, second, *others)]

    assert scenario(opened(engine, threads=2), steps) == [["yes"], ["no"], ["yes"], ["no"], ["yes"]]
    assert sum(engine.batches) == 5


def test_a_lone_request_does_not_wait_for_others() -> None:
    """With a delay longer than the test may take, requests one by one are answered all the same."""
    engine = Gated()

    async def steps(batcher):
        for _ in range(3):
            assert labels(await batcher.predictions(["a"])) == ["yes"]
        many = await asyncio.gather(*(batcher.predictions(["a"]) for _ in range(3)))
        assert len(many) == 3

    scenario(opened(engine, batch_delay=1.0), steps)
    assert engine.batches[:3] == [1, 1, 1]


def test_clients_that_were_answered_together_are_awaited_together() -> None:
    """The first of them to come back waits for the others, so that they do not fall apart into 1 and 3."""
    engine = Gated()

    async def steps(batcher):
        engine.gate.clear()
        begun = [asyncio.create_task(batcher.predictions(["a"])) for _ in range(5)]
        await engine.is_entered()
        engine.gate.set()
        await asyncio.gather(*begun)
        usual = engine.batches[-1]
        again = []
        for _ in range(usual):
            again.append(asyncio.create_task(batcher.predictions(["b"])))
            await settle()
        await asyncio.gather(*again)
        assert engine.batches[-1] == usual

    scenario(opened(engine, batch_delay=1.0), steps)


def test_after_many_requests_a_lone_one_waits_for_the_delay_at_most() -> None:
    engine = Gated()

    async def steps(batcher):
        await asyncio.gather(*(batcher.predictions(["a"]) for _ in range(4)))
        assert labels(await batcher.predictions(["b"])) == ["no"]

    scenario(opened(engine, batch_delay=0.001), steps)


def test_many_texts_of_one_client_do_not_hold_up_single_ones() -> None:
    engine = Gated()

    async def steps(batcher):
        engine.gate.clear()
        first = asyncio.create_task(batcher.predictions(["a"]))
        await engine.is_entered()
        many = [asyncio.create_task(batcher.predictions(["a", "b"] * 50)) for _ in range(3)]
        single = asyncio.create_task(batcher.predictions(["b"]))
        await settle()
        engine.gate.set()
        await first
        assert labels(await single) == ["no"]
        assert sum(engine.batches) <= 1 + 2 * 16  # it was in the next batch; one more may have begun
        for one in many:
            assert labels(await one) == ["yes", "no"] * 50

    scenario(opened(engine, batch_texts=16), steps)
    assert max(engine.batches) <= 16
    assert sum(engine.batches) == 302


def test_a_batch_ends_at_its_characters() -> None:
    engine = Gated()

    async def steps(batcher):
        await batcher.predictions(["a a a a a"] * 6)

    scenario(opened(engine, batch_characters=10), steps)
    assert engine.batches == [2, 2, 2]


def test_a_full_queue_refuses_at_once_and_recovers() -> None:
    engine = Gated()

    async def steps(batcher):
        engine.gate.clear()
        accepted = [asyncio.create_task(batcher.predictions(["a"]))]
        await engine.is_entered()
        accepted += [asyncio.create_task(batcher.predictions(["a", "b"])) for _ in range(2)]
        await settle()
        with pytest.raises(ServiceError) as refused:
            await batcher.predictions(["a"])
        assert refused.value.status == 503
        assert int(refused.value.headers["Retry-After"]) >= 1
        engine.gate.set()
        assert [len(await one) for one in accepted] == [1, 2, 2]
        assert labels(await batcher.predictions(["b"] * 9)) == ["no"] * 9  # an idle one takes any

    scenario(opened(engine, queue_texts=4), steps)


def test_texts_of_who_gives_up_are_not_computed() -> None:
    engine = Gated()
    service = opened(engine)

    async def steps(batcher):
        engine.gate.clear()
        first = asyncio.create_task(batcher.predictions(["a"]))
        await engine.is_entered()
        dropped = asyncio.create_task(batcher.predictions(["b"] * 7))
        kept = asyncio.create_task(batcher.predictions(["a"]))
        await settle()
        assert service.metrics.queue.labels("toy")._value.get() == 8
        dropped.cancel()
        await settle()
        engine.gate.set()
        assert labels(await kept) == labels(await first) == ["yes"]

    scenario(service, steps)
    assert engine.batches == [1, 1]
    assert service.metrics.queue.labels("toy")._value.get() == 0


def test_one_text_that_fails_fails_alone() -> None:
    class Breaking:
        def __init__(self) -> None:
            self.gated = Gated()

        def logits(self, tokens):
            found = self.gated.logits(tokens)
            if tokens.lengths.max() == 3:
                raise ValueError("three tokens")
            return found

    engine = Breaking()

    async def steps(batcher):
        engine.gated.gate.clear()
        first = asyncio.create_task(batcher.predictions(["a"]))
        await engine.gated.is_entered()
        others = [asyncio.create_task(batcher.predictions([text])) for text in ("b", "a a a", "a")]
        await settle()
        engine.gated.gate.set()
        assert labels(await first) == ["yes"]
        return await asyncio.gather(*others, return_exceptions=True)

    good, broken, other = scenario(opened(engine), steps)
    assert labels(good) == ["no"]
    assert isinstance(broken, ValueError)
    assert labels(other) == ["yes"]


def test_no_texts_need_no_batch() -> None:
    engine = Gated()
    assert scenario(opened(engine), lambda batcher: batcher.predictions([])) == []
    assert engine.batches == []


def test_models_take_turns() -> None:
    """While one model has a queue of its own, another one is answered after a batch of it or two."""
    slow, quick = Gated(), Gated()
    sources = [Lying("slow", v1="slow"), Lying("quick", v1="quick")]
    service = opened(sources=sources, engines={"slow": slow, "quick": quick}, batch_texts=2)

    async def steps(_):
        slow.gate.clear()
        busy = asyncio.create_task(service.registry.get("slow").batcher.predictions(["a"] * 10))
        await slow.is_entered()
        other = asyncio.create_task(service.registry.get("quick").batcher.predictions(["b"]))
        await settle()
        slow.gate.set()
        assert labels(await other) == ["no"]
        assert len(slow.batches) <= 2
        assert len(await busy) == 10

    scenario(service, steps)
