"""The overload benchmark runs, and its clients see what was wrong, lost, refused or turned away."""

import asyncio
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import toy

from tenor.experiments.classification import fit

Script = Callable[[str], ModuleType]
Answer = Callable[[asyncio.StreamWriter, dict[str, Any]], None]


@pytest.fixture
def small_models(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the script train nothing that takes long."""

    def trained(folder: Path, name: str, *, seed: int = 0) -> Path:
        out = folder / f"{name}-{seed}"
        fit(
            toy.dataset(), toy.config(network={"encoder": "mingru"}, training={"seed": seed, "epochs": 1})
        ).model.save(out)
        return out

    monkeypatch.setattr(script("latency"), "trained", trained)


@pytest.mark.usefixtures("small_models")
def test_quick_loses_nothing(
    script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["overload.py", "--quick", "--out", str(tmp_path)])
    script("overload").main()
    found = json.loads((tmp_path / "overload.json").read_text("utf-8"))["figures"]
    for part in ("quiet", "full", "overload", "recovery", "swaps"):
        counts = found[part]
        assert counts["requests"] > 0
        assert counts["wrong"] == counts["lost"] == counts["busy_without_retry_after"] == 0
    restarts = found["restarts"]
    assert restarts["before_requests"] >= 8
    for when in ("before", "after"):
        assert restarts[f"{when}_accepted"] == restarts[f"{when}_requests"]
        assert restarts[f"{when}_wrong"] == restarts[f"{when}_lost"] == 0
    assert found["swaps"]["versions"] == ["1", "2"]
    assert "restarts: restarts 1" in capsys.readouterr().out
    made = script("serving_tables").overload(script("results").Results.read(tmp_path))
    assert "| of these answered wrongly | 0 |" in made


def test_clients_see_what_went_wrong(script: Script) -> None:
    def answer(status: str, value: dict[str, Any], *headers: str) -> Answer:
        body = json.dumps(value).encode()
        head = "\r\n".join((f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""))
        return lambda writer, _: writer.write(head.encode() + body)

    def said(probability: float) -> dict[str, Any]:
        return {"version": "1", "predictions": [{"label": "good", "probability": probability}]}

    async def ask(answer: Answer) -> Any:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            size = next(int(line.split()[1]) for line in head.split("\r\n") if line.startswith("Content-L"))
            answer(writer, json.loads(await reader.readexactly(size)))
            writer.close()

        async with await asyncio.start_server(serve, "127.0.0.1") as server:
            port = server.sockets[0].getsockname()[1]
            clients = script("open_loop").Clients(
                port, ["fine"], {"1": [script("open_loop").Known("good", 0.75)]}
            )
            return await clients.ask(0, asyncio.get_running_loop().time())

    close = "Connection: close"
    outcomes = [
        asyncio.run(ask(one))
        for one in (
            answer("200 OK", said(0.75), close),
            answer("200 OK", said(0.7), close),
            answer("503 Service Unavailable", {}, "Retry-After: 1", close),
            answer("503 Service Unavailable", {}, close),
            answer("504 Gateway Timeout", {}, close),
            lambda writer, request: None,
        )
    ]
    counted = script("open_loop").counted(outcomes)
    expected = {"requests": 6, "accepted": 2, "wrong": 1, "lost": 1, "refused": 0, "busy": 2}
    assert {name: counted[name] for name in expected} == expected
    assert counted["busy_without_retry_after"] == 1
    assert counted["other_statuses"] == {"504": 1}
    assert counted["accepted_ms"]["p50"] > 0


def test_nobody_there_is_refused_not_lost(script: Script) -> None:
    port = script("servers")._free_port()
    outcome = asyncio.run(script("open_loop").Clients(port, ["fine"], {}).ask(0, 0.0))
    assert outcome.refused
    assert not outcome.lost


def test_recovery_is_told_from_the_end_of_the_load(script: Script) -> None:
    outcome = script("open_loop").Outcome
    quiet = [outcome(due=0.0, sent=0.0, ended=0.2, status=200)]
    loaded = [
        outcome(due=9.0, sent=9.0, ended=9.5, status=503),
        outcome(due=10.0, sent=10.0, ended=19.0, status=200),
    ]
    calm = [
        outcome(due=10.0 + late, sent=10.0 + late, ended=10.0 + late + seconds, status=status)
        for late, seconds, status in ((0.5, 0.0, 503), (1.0, 0.9, 200), (1.5, 0.1, 200), (2.0, 0.1, 200))
    ]
    recovery = script("overload")._recovery
    assert recovery(quiet, loaded, calm) == {"taken_seconds": 1.0, "usual_seconds": 1.5}
    never = [replace(one, status=503) for one in calm]
    assert recovery(quiet, loaded, never) == {"taken_seconds": None, "usual_seconds": None}
