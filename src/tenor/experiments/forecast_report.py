"""What the page of a forecasting run is made of: the values of forecast.json."""

from typing import TYPE_CHECKING, Any

import numpy as np

from tenor.config.load import to_values
from tenor.data.series.parts import NAMES
from tenor.data.series.preparing import Prepared
from tenor.data.series.series import Series, notes_of
from tenor.evaluation.metrics import Floats
from tenor.experiments.judging import errors_of, measured
from tenor.experiments.machine import environment

if TYPE_CHECKING:
    from tenor.experiments.forecasting import ForecastRun

_SHOWN_STEPS = 120  # steps of a picture, about
_SHOWN_TARGETS = 4


def report_values(run: "ForecastRun") -> dict[str, Any]:
    """Return what forecast.json holds, beside what the training cost; of the series only what is drawn."""
    prepared, series = run.prepared, run.prepared.series
    every = [member.series for member in prepared.members]
    return {
        "config": to_values(run.config),
        "history": [dict(row) for row in run.history.rows],
        "judged": run.judged.to_json(),
        "series": {
            "where": run.config.data.source,
            "step": str(series.step),
            "steps": sum(len(one) for one in every),
            "first": _shown(series, min(one.time(0) for one in every)),
            "last": _shown(series, max(one.time(len(one) - 1) for one in every)),
            "ids": [one.id for one in every if one.id],
            "columns": list(series.columns),
            "targets": list(series.targets),
            "classes": list(series.classes),
            "periods": list(prepared.periods),
            "season": prepared.season,
            "notes": list(notes_of(every)),
            "parts": [_part(prepared, name) for name in NAMES],
        },
        "by_series": _by_series(run),
        "pictures": []
        if series.classes
        else pictures(prepared, run.judged.said, run.config.output.quantiles),
        "environment": environment(),
    }


def pictures(prepared: Prepared, said: Floats, levels: tuple[float, ...]) -> list[dict[str, Any]]:
    """Return, for the first series and targets, the last test windows that do not overlap.

    `said` are the test quantiles (N, H, K, Q).
    """
    shown: list[dict[str, Any]] = []
    for number, member in enumerate(prepared.members):
        for place in range(len(member.series.targets)):
            if len(shown) < _SHOWN_TARGETS:
                shown.append(_picture(prepared, number, place, said, levels))
    return shown


def _picture(
    prepared: Prepared, number: int, place: int, said: Floats, levels: tuple[float, ...]
) -> dict[str, Any]:
    member, windows = prepared.members[number], prepared.windows["test"]
    series, horizon = member.series, windows.horizon
    rows = np.flatnonzero(prepared.member_of("test") == number)[::-1]
    ends = windows.ends - member.offset
    # Every horizon-th window from the last on, as far as none was left out between them.
    rows = rows[(ends[rows[0]] - ends[rows]) % horizon == 0][: max(1, _SHOWN_STEPS // horizon)][::-1]
    first = int(ends[rows[0]]) + 1
    last = int(ends[rows[-1]]) + 1 + horizon
    quantiles = said[rows][:, :, place]  # (n, H, Q)
    target = series.targets[place]
    return {
        "target": f"{target} of {series.id}" if series.id else target,
        "times": [series.shown(step) for step in range(first, last)],
        "values": [None if np.isnan(v) else float(v) for v in series.values[first:last, place]],
        "starts": [int(ends[row]) + 1 - first for row in rows],
        "levels": list(levels),
        "quantiles": quantiles.tolist(),
    }


def _by_series(run: "ForecastRun") -> list[dict[str, Any]]:
    """Return steps, test windows and mean error of each of several series; one alone has none of its own."""
    prepared = run.prepared
    if len(prepared.members) == 1:
        return []
    of = prepared.member_of("test")
    errors = errors_of(run.judged.said, prepared, run.config).sum(axis=1)
    counts = measured(prepared).sum(axis=1)
    return [
        {
            "id": member.series.id,
            "steps": len(member.series),
            "windows": int((of == number).sum()),
            "error": float(errors[of == number].sum() / max(counts[of == number].sum(), 1)),
        }
        for number, member in enumerate(prepared.members)
    ]


def _part(prepared: Prepared, name: str) -> dict[str, Any]:
    bounds = [(member.series, *member.parts.bounds(name)) for member in prepared.members]
    series = prepared.series
    return {
        "name": name,
        "first": _shown(series, min(one.time(first) for one, first, _ in bounds)),
        "last": _shown(series, max(one.time(last - 1) for one, _, last in bounds)),
        "steps": sum(last - first for _, first, last in bounds),
        "windows": len(prepared.windows[name]),
    }


def _shown(series: Series, time: int) -> str:
    return series.clock.show(time)
