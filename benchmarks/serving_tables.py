"""The tables of docs/benchmarks.md about the service: under load, under more than it can take, and fuzzed."""

from collections.abc import Mapping
from typing import Any

from results import Results, table
from wrk import errors

CONTESTANTS = {
    "tenor": "**Tenor**",
    "tenor one by one": "Tenor, one text a batch",
    "fastapi def": "FastAPI, `def`",
    "fastapi async": "FastAPI, `async def`",
    "litserve": "LitServe",
}


def serving(results: Results) -> str:
    """Every service by model and clients."""
    found = results.figures("serving")["models"]
    versions = results.value("serving", "versions")
    parts = []
    for model, services in found.items():
        rows = [
            (f"{clients}", CONTESTANTS[name], f"{one['texts_per_second']:,.0f}",
             ", ".join(f"{each['texts_per_second']:,.0f}".replace(",", " ") for each in one["each"]),
             f"{one['p50_ms']:,.1f}", f"{one['p99_ms']:,.1f}",
             f"{sum(map(errors, one['each']))}", f"{one['generator_cores']:.2f}")
            for clients in next(iter(services.values())) for name, by_clients in services.items()
            for one in (by_clients[clients],)
        ]  # fmt: skip
        head = ("clients", f"{model}, served by", "texts/s", "each reading", "p50 ms", "p99 ms", "errors",
                "wrk, cores")  # fmt: skip
        parts.append(table(head, rows, left=2))
    if absent := [
        shown for name, shown in CONTESTANTS.items() if any(name not in one for one in found.values())
    ]:
        parts.append(f"Absent, since it could not be installed: {', '.join(absent)}.")
    said = ", ".join(f"{name} {version}" for name, version in versions.items())
    return "\n\n".join([*parts, f"{said}.", results.measured("serving")])


def overload(results: Results) -> str:
    """What became of all requests, and how soon."""
    found = results.figures("overload")
    load, memory, recovery = found["overload"], found["memory"], found["recovery"]
    restarts, swaps = found["restarts"], found["swaps"]
    rows = [
        ("capacity, with an engine that sleeps "
         f"{1e3 * found['seconds_a_text']:.0f} ms a text", f"{found['capacity']:,.1f} texts/s"),
        (f"requests in {load['seconds']:.0f} s at {found['times']}x capacity",
         f"{load['requests']:,} ({load['requests_per_second']:,.0f}/s)"),
        ("accepted", f"{load['accepted']:,}"),
        ("of these answered wrongly", f"{load['wrong']}"),
        ("never answered", f"{load['lost'] + load['refused']}"),
        ("refused with 503, of these without Retry-After",
         f"{load['busy']:,}, {load['busy_without_retry_after']}"),
        ("other answers", _others(load["other_statuses"])),
        ("time of a 503, p50 / p99 / longest", _times(load["busy_ms"])),
        ("time of an accepted request, p50 / p99 / longest", _times(load["accepted_ms"])),
        ("the clients sent late by, p50 / p99 / longest", _times(load["generator_late_ms"])),
        ("memory at the beginning and at the end", _ends(memory["samples"])),
        ("growth of memory in the second half", _growth(memory["mib_per_minute"])),
        (f"after the load, with up to {found['settings']['queue_texts']} texts still waiting: first request "
         "accepted, first one in usual time",
         f"{_seconds(recovery['taken_seconds'])}, {_seconds(recovery['usual_seconds'])}"),
        (f"{restarts['restarts']} restarts: sent before the signal, wrong, never answered",
         f"{restarts['before_requests']:,}, {restarts['before_wrong']}, {restarts['before_lost']}"),
        ("sent after the signal, of these turned away at first, wrong, never answered",
         f"{restarts['after_requests']:,}, {restarts['after_repeated']}, {restarts['after_wrong']}, "
         f"{restarts['after_lost']}"),
        ("from the signal to the end, from there until it serves again",
         f"{restarts['ended_seconds']:.2f} s, {restarts['down_seconds']:.2f} s"),
        (f"{swaps['swaps']} new versions under load: requests, wrong for their version, never answered",
         f"{swaps['requests']:,}, {swaps['wrong']}, {swaps['lost'] + swaps['refused']}"),
        ("changes of the version in answers, in the order of requests", f"{swaps['changes']}"),
    ]  # fmt: skip
    return f"{table(('', 'measured'), rows)}\n\n{results.measured('overload')}"


def _others(statuses: Mapping[str, int]) -> str:
    return ", ".join(f"{count} x {status}" for status, count in statuses.items()) or "none"


def _times(milliseconds: Mapping[str, float] | None) -> str:
    return "-" if milliseconds is None else f"{' / '.join(f'{one:,.1f}' for one in milliseconds.values())} ms"


def _ends(samples: Any) -> str:
    return f"{samples[0][1]:,.1f} MiB, {samples[-1][1]:,.1f} MiB" if samples else "-"


def _growth(slope: float | None) -> str:
    return "-" if slope is None else f"{slope:+.2f} MiB a minute"


def _seconds(value: float | None) -> str:
    return "not within the time looked at" if value is None else f"{value:.2f} s"


def fuzzing(results: Results) -> str:
    """Return the table of statuses by operation, of requests made up from the OpenAPI document."""
    operations = results.figures("fuzzing")["operations"]
    statuses = sorted({status for found in operations.values() for status in found})
    rows = [
        [f"`{name}`", *(f"{found[status]:,}" if status in found else "" for status in statuses)]
        for name, found in operations.items()
    ]
    totals = (sum(found.get(status, 0) for found in operations.values()) for status in statuses)
    rows.append(["all", *(f"{total:,}" for total in totals)])
    return f"{table(('operation', *statuses), rows)}\n\n{results.measured('fuzzing')}"


TABLES = {"serving": serving, "overload": overload, "fuzzing": fuzzing}
