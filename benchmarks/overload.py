"""The service under five times what it can take, stopped and started again, and given new models under load.

    python benchmarks/overload.py        about 3 minutes

The engine is made slow on purpose (`slow_service.py` sleeps for every text), so that neither it nor the
clients take the processor from the service: refusing quickly is what is looked at. Requests come at random
times at a given rate, whether earlier ones are answered or not (`open_loop.py`), and each answer is compared
with what the model says when nobody else asks. First the capacity is measured. Overload: five times that,
then little, to see when it answers as before. Restarts: some requests are sent, a moment later SIGTERM, and
the service is started anew; clients that are turned away come again. Swaps: a new version is put into the
folder again and again.
"""

import argparse
import asyncio
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import linear_regression
from typing import Any

import latency
import measure
import record
from open_loop import OK, Clients, Known, Outcome, counted
from servers import Server

from tenor.data.builtin.corpus import load as corpus
from tenor.inference.predictor import load

BATCH, QUEUE = 16, 128  # texts: so few that what is accepted is answered within a second or two
SETTINGS = {"batch_texts": BATCH, "queue_texts": QUEUE, "poll_seconds": 0.5}
TIMES = 5  # the capacity
_LOW, _HIGH = 0.2, 0.5  # shares of the capacity at which nothing should queue, and at which something does
_LOOK = 0.5  # seconds between two looks, at memory and at what is served
_BURST_BEFORE = 0.05  # seconds from the burst to the signal
_MIB = 2**20


@dataclass(frozen=True)
class Sizes:
    """How long each part takes, in seconds, and how often."""

    text: float  # that the engine sleeps
    quiet: float
    capacity: float
    overload: float
    recovery: float
    restarts: int
    restart: float  # of load before the signal, and as much after it
    burst: int  # requests just before the signal
    swaps: int
    swap: float  # between a version that is served and the next one


FULL = Sizes(
    text=0.01, quiet=5, capacity=10, overload=60, recovery=5, restarts=5, restart=2, burst=64, swaps=4, swap=4
)
QUICK = Sizes(
    text=0.001,
    quiet=0.2,
    capacity=0.2,
    overload=0.5,
    recovery=0.5,
    restarts=1,
    restart=0.2,
    burst=8,
    swaps=1,
    swap=0.2,
)


def figures(models: Sequence[Path], texts: Sequence[str], sizes: Sizes) -> dict[str, Any]:
    """Return what became of all requests; in swaps the models take turns."""
    known = [_known(model, texts) for model in models]
    found: dict[str, Any] = {"seconds_a_text": sizes.text, "settings": SETTINGS, "times": TIMES}
    with _server(models[0], sizes.text) as server:
        clients = Clients(server.port, texts, {"1": known[0]})
        found |= asyncio.run(_overload(server, clients, sizes))
        rate = _HIGH * found["capacity"]
        found["restarts"] = asyncio.run(_restarts(server, clients, rate=rate, sizes=sizes))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(models[0], folder / "1")
        with _server(folder, sizes.text) as server:
            labels = {str(number + 1): known[number % len(known)] for number in range(sizes.swaps + 1)}
            clients = Clients(server.port, texts, labels)
            found["swaps"] = asyncio.run(_swaps(server, folder, models, clients, rate=rate, sizes=sizes))
    return found


async def _overload(server: Server, clients: Clients, sizes: Sizes) -> dict[str, Any]:
    quiet = await clients.load(_LOW / sizes.text, sizes.quiet)
    full = await clients.saturate(2 * BATCH, sizes.capacity)
    capacity = sum(one.status == OK for one in full) / (full[-1].ended - full[0].due)
    memory = asyncio.create_task(_memory(server, sizes.overload))
    loading = asyncio.create_task(clients.load(TIMES * capacity, sizes.overload))
    await asyncio.sleep(sizes.overload)
    calm = await clients.load(_LOW * capacity, sizes.recovery)  # while the last of the others wait
    loaded = await loading
    clients.close()
    return {
        "capacity": capacity,
        "quiet": counted(quiet),
        "full": counted(full),
        "overload": {
            "seconds": sizes.overload,
            "requests_per_second": len(loaded) / sizes.overload,
            **counted(loaded),
        },
        "memory": await memory,
        "recovery": {**counted(calm), **_recovery(quiet, loaded, calm)},
    }


async def _memory(server: Server, seconds: float) -> dict[str, Any]:
    """Return samples of the server's memory, in MiB, and how fast it grows in the second half."""
    clock = asyncio.get_running_loop().time
    start = clock()
    samples: list[tuple[float, float]] = []
    while (now := clock() - start) < seconds:
        if (resident := server.resident()) is not None:
            samples.append((now, resident / _MIB))
        await asyncio.sleep(_LOOK)
    settled = [(now, mib) for now, mib in samples if now >= seconds / 2]
    slope = 60 * linear_regression(*zip(*settled, strict=True)).slope if len(settled) > 2 else None
    return {"mib_per_minute": slope, "samples": samples}


def _recovery(
    quiet: Sequence[Outcome], loaded: Sequence[Outcome], calm: Sequence[Outcome]
) -> dict[str, float | None]:
    """Return the seconds from the end of the load to the first request taken, and to one in usual time."""
    end = max(one.due for one in loaded)
    usual = max(one.seconds for one in quiet)
    taken = [one for one in calm if one.status == OK]
    return {
        "taken_seconds": next((one.due - end for one in taken), None),
        "usual_seconds": next((one.due - end for one in taken if one.seconds <= usual), None),
    }


async def _restarts(server: Server, clients: Clients, *, rate: float, sizes: Sizes) -> dict[str, Any]:
    each = [await _restart(server, clients, rate, sizes) for _ in range(sizes.restarts)]
    clients.close()
    parts = ("before", "after")
    sums = {
        f"{part}_{key}": sum(one[part][key] for one in each)
        for part in parts
        for key in ("requests", "accepted", "wrong", "lost", "repeated")
    }
    times = measure.medians([{key: one[key] for key in ("ended_seconds", "down_seconds")} for one in each])
    return {"restarts": len(each), **sums, **times, "each": each}


async def _restart(server: Server, clients: Clients, rate: float, sizes: Sizes) -> dict[str, Any]:
    clock = asyncio.get_running_loop().time
    start = clock()
    steady = asyncio.create_task(clients.load(rate, 2 * sizes.restart, insist=True))
    await asyncio.sleep(sizes.restart - _BURST_BEFORE)
    burst = [asyncio.create_task(clients.insist(number, clock())) for number in range(sizes.burst)]
    await asyncio.sleep(start + sizes.restart - clock())
    signal = clock()
    server.terminate()
    if (status := await asyncio.to_thread(server.wait)) != 0:
        sys.exit(f"the service ended with {status} when it was asked to")
    ended = clock()
    await asyncio.to_thread(server.start)
    up = clock()
    outcomes = [*await asyncio.gather(*burst), *await steady]
    return {
        "ended_seconds": ended - signal,
        "down_seconds": up - ended,
        "before": _with_repeated([one for one in outcomes if one.due < signal]),
        "after": _with_repeated([one for one in outcomes if one.due >= signal]),
    }


def _with_repeated(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    return {**counted(outcomes), "repeated": sum(one.tries > 1 for one in outcomes)}


async def _swaps(
    server: Server, folder: Path, models: Sequence[Path], clients: Clients, *, rate: float, sizes: Sizes
) -> dict[str, Any]:
    async def put() -> None:
        for number in range(1, sizes.swaps + 1):
            await asyncio.sleep(sizes.swap)
            version = str(number + 1)
            # Beside the versions first, so that none is seen half written.
            await asyncio.to_thread(shutil.copytree, models[number % len(models)], folder / "new")
            (folder / "new").rename(folder / version)
            while (await asyncio.to_thread(_newest, server)) != version:
                await asyncio.sleep(_LOOK)
        await asyncio.sleep(sizes.swap)

    outcomes = await clients.load(rate, asyncio.create_task(put()))
    clients.close()
    versions = [one.version for one in sorted(outcomes, key=lambda one: one.sent) if one.status == OK]
    changes = sum(one != other for one, other in pairwise(versions))
    return {"swaps": sizes.swaps, "changes": changes, "versions": sorted(set(versions)), **counted(outcomes)}


def _server(model: Path, seconds_a_text: float) -> Server:
    settings = [part for key, value in SETTINGS.items() for part in ("--set", f"{key}={value}")]
    command = [sys.executable, "-m", "slow_service", str(seconds_a_text), "serve", f"model={model}"]
    return Server([*command, *settings], ready="/v1/models")


def _newest(server: Server) -> str:
    _, said = server.ask("/v1/models")
    version: str = said["models"][0]["version"]
    return version


def _known(model: Path, texts: Sequence[str]) -> list[Known]:
    return [Known(one.label, one.probability) for one in load(model).predictions(texts)]


def main() -> None:
    """Measure, print, write the JSON."""
    options: argparse.Namespace = record.parser(__doc__).parse_args()
    texts = [example.text for example in corpus("movies").splits["test"]]
    with tempfile.TemporaryDirectory() as name:
        models = [latency.trained(Path(name), record.MINGRU, seed=seed) for seed in (0, 1)]
        found = figures(models, texts, QUICK if options.quick else FULL)
    for part in ("overload", "recovery", "swaps"):
        shown = {key: value for key, value in found[part].items() if not isinstance(value, dict)}
        print(f"{part}: {', '.join(f'{key} {value}' for key, value in shown.items())}")
    restarts = {key: value for key, value in found["restarts"].items() if key != "each"}
    print(f"restarts: {', '.join(f'{key} {value}' for key, value in restarts.items())}")
    record.write("overload", found, record.target(options))


if __name__ == "__main__":
    main()
