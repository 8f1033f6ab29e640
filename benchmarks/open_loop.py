"""Clients who ask when it is time, whether earlier answers are there or not, and check what they are told.

A generator in a closed loop asks less often once a server is slow; overload is when the world does not. This
one speaks HTTP/1.1 over plain sockets, since at some hundred requests a second a library would need a core.
"""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

OK, UNAVAILABLE = 200, 503
_AGAIN = 0.1  # seconds until a client that was turned away tries again
_TOLERANCE = 1e-5  # of probabilities; in batches of other sizes sums come in another order


@dataclass(frozen=True, slots=True)
class Known:
    """What a model says of a text when nobody else asks."""

    label: str
    probability: float

    def agrees(self, said: Mapping[str, Any]) -> bool:
        """Whether an answer's prediction says the same."""
        near = abs(float(said["probability"]) - self.probability) < _TOLERANCE
        return bool(said["label"] == self.label and near)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a request. Times are seconds of the event loop's clock."""

    due: float  # when it was to be sent
    sent: float  # when it was; whatever lies between is the generator's fault
    ended: float
    status: int | None = None  # None: no answer
    refused: bool = False  # there was no connection; nothing was sent
    retry_after: bool = False  # the answer says when to come again
    version: str | None = None
    right: bool = False
    tries: int = 1

    @property
    def lost(self) -> bool:
        """Whether it was sent and never answered."""
        return self.status is None and not self.refused

    @property
    def seconds(self) -> float:
        """From when it was due to the end of the answer."""
        return self.ended - self.due


class Clients:
    """As many clients as there are requests on their way; a connection that is free is used again."""

    def __init__(self, port: int, texts: Sequence[str], known: Mapping[str, Sequence[Known]]) -> None:
        """Take the texts, and for each version of the model what is right for each of them."""
        self._port = port
        self._requests = [_request(text) for text in texts]
        self._known = known
        self._free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def ask(self, number: int, due: float) -> Outcome:
        """Send a request; return what became of it."""
        clock = asyncio.get_running_loop().time
        text = number % len(self._requests)
        try:
            reader, writer = await self._connection()
        except OSError:
            return Outcome(due, clock(), clock(), refused=True)
        sent = clock()
        try:
            writer.write(self._requests[text])
            status, headers, body = await _response(reader)
        except (OSError, asyncio.IncompleteReadError):
            writer.close()
            return Outcome(due, sent, clock())
        ended = clock()
        if headers.get("connection", "").lower() == "close":
            writer.close()
        else:
            self._free.append((reader, writer))
        said = json.loads(body) if status == OK else {}
        version: str | None = said.get("version")
        known = self._known.get(version or "")
        right = known is not None and known[text].agrees(said["predictions"][0])
        return Outcome(
            due, sent, ended, status, retry_after="retry-after" in headers, version=version, right=right
        )

    async def insist(self, number: int, due: float) -> Outcome:
        """Send a request again and again while it is turned away; one that was lost is not sent again."""
        first = found = await self.ask(number, due)
        tries = 1
        while found.refused or found.status == UNAVAILABLE:
            await asyncio.sleep(_AGAIN)
            found = await self.ask(number, due)
            tries += 1
        return replace(found, sent=first.sent, tries=tries)

    async def load(
        self, rate: float, lasts: "float | asyncio.Task[None]", *, insist: bool = False
    ) -> list[Outcome]:
        """Send `rate` requests a second, as if nobody knew of the others; wait for all answers.

        It lasts so many seconds, or until a task is done.
        """
        clock = asyncio.get_running_loop().time
        chance = random.Random(0)
        ask = self.insist if insist else self.ask
        due = start = clock()
        tasks: list[asyncio.Task[Outcome]] = []
        while not lasts.done() if isinstance(lasts, asyncio.Task) else due < start + lasts:
            if (wait := due - clock()) > 0:
                await asyncio.sleep(wait)
            tasks.append(asyncio.create_task(ask(len(tasks), due)))
            due += chance.expovariate(rate)
        return list(await asyncio.gather(*tasks))

    async def saturate(self, clients: int, seconds: float) -> list[Outcome]:
        """Have so many clients ask one request after another for so long."""
        clock = asyncio.get_running_loop().time
        end = clock() + seconds

        async def client(first: int) -> list[Outcome]:
            found: list[Outcome] = []
            while (now := clock()) < end:
                found.append(await self.ask(first + clients * len(found), now))
            return found

        return [one for each in await asyncio.gather(*map(client, range(clients))) for one in each]

    def close(self) -> None:
        """Close what is open."""
        for _, writer in self._free:
            writer.close()
        self._free.clear()

    async def _connection(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        while self._free:
            reader, writer = self._free.pop()
            if not (reader.at_eof() or writer.is_closing()):
                return reader, writer
            writer.close()
        return await asyncio.open_connection("127.0.0.1", self._port)


def counted(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Return how many requests ended how, and how long the two usual kinds of answer took."""
    accepted = [one for one in outcomes if one.status == OK]
    busy = [one for one in outcomes if one.status == UNAVAILABLE]
    others = Counter(str(one.status) for one in outcomes if one.status not in (None, OK, UNAVAILABLE))
    return {
        "requests": len(outcomes),
        "accepted": len(accepted),
        "wrong": sum(not one.right for one in accepted),
        "lost": sum(one.lost for one in outcomes),
        "refused": sum(one.refused for one in outcomes),
        "busy": len(busy),
        "busy_without_retry_after": sum(not one.retry_after for one in busy),
        "other_statuses": dict(others),
        "accepted_ms": milliseconds([one.seconds for one in accepted]),
        "busy_ms": milliseconds([one.seconds for one in busy]),
        "generator_late_ms": milliseconds([one.sent - one.due for one in outcomes]),
    }


def milliseconds(seconds: Sequence[float]) -> dict[str, float] | None:
    """Return median, 99th percentile and largest of some times; None of none."""
    if not seconds:
        return None
    ordered = sorted(seconds)
    last = len(ordered) - 1
    return {
        name: 1e3 * ordered[min(int(share * len(ordered)), last)]
        for name, share in (("p50", 0.5), ("p99", 0.99), ("largest", 1.0))
    }


def _request(text: str) -> bytes:
    body = json.dumps({"text": text}).encode()
    head = (
        "POST /v1/predict HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _response(reader: asyncio.StreamReader) -> tuple[int, dict[str, str], bytes]:
    """Read an answer: status, headers by their names in small letters, body."""
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {}
    for line in lines[1:-2]:
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return int(lines[0].split()[1]), headers, body
